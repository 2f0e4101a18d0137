/** Twelve things that people ask of their contacts, each as the calls that an assistant makes of it. */
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';

export type TaskCall = { text: string; data: Record<string, unknown>; isError: boolean };
export type TaskClient = {
  call(name: string, args: Record<string, unknown>): Promise<TaskCall>;
  /** The text of a resource. */
  read(uri: string): Promise<string>;
};

/** What a task took: calls, and tokens of arguments and answers, the larger of text and structure of each. */
export type Cost = { calls: number; tokens: number };

/** Does a task and counts what it takes; a call that fails fails the task. */
export async function measured(client: TaskClient, task: Task): Promise<Cost> {
  const cost: Cost = { calls: 0, tokens: 0 };
  await task.run({
    read: client.read,
    async call(name, args) {
      const answer = await client.call(name, args);
      if (answer.isError) throw new Error(`${task.name}: ${name} failed: ${answer.text}`);
      cost.calls++;
      const [text, data] = [answer.text, JSON.stringify(answer.data)].map((shown) => countTokens(shown));
      cost.tokens += countTokens(JSON.stringify(args)) + Math.max(text ?? 0, data ?? 0);
      return answer;
    },
  });
  return cost;
}

export type Task = { name: string; run(client: TaskClient): Promise<void> };

/** Goes on until nothing remains; each further call is the same as the one before. */
async function toTheEnd({ call }: TaskClient, tool: string, plan: unknown): Promise<TaskCall> {
  for (;;) {
    const answer = await call(tool, { plan });
    if (!answer.data.remaining) return answer;
  }
}

const search = async ({ call }: TaskClient, question: Record<string, unknown>): Promise<string> =>
  (await call('search_contacts', { ...question, limit: 0 })).data.selection as string;

/** A change to everybody who fits: found, shown, done. */
const changeAll =
  (tool: string, question: Record<string, unknown>, change: Record<string, unknown>) =>
  async (client: TaskClient): Promise<void> => {
    const selection = await search(client, question);
    const { data } = await client.call(tool, { selection, ...change });
    await toTheEnd(client, tool, data.plan);
  };

const WELCOME = { name: 'welcome', parameters: { name: '{name|friend}' } };

export const TASKS: readonly Task[] = [
  {
    name: 'message the WhatsApp users of a country',
    async run(client) {
      const selection = await search(client, { country: 'Portugal', channel: 'whatsapp', opt_out: false });
      const { data } = await client.call('send_message', {
        to: [selection],
        template: WELCOME,
        channels: ['whatsapp'],
        preview: true,
      });
      await client.call('send_message', { plan: data.plan });
    },
  },
  {
    name: 'change the default channel for a filter',
    run: changeAll('update_contact', { country: 'Norway', only_channel: 'sms' }, { default_channel: 'sms' }),
  },
  {
    name: 'delete those who opted out in a country',
    run: changeAll('delete_contact', { country: 'Spain', opt_out: true }, {}),
  },
  {
    name: 'opt out everyone whose number ends in 99',
    run: changeAll('update_contact', { query: 'ends in 99' }, { opt_out: true }),
  },
  {
    name: 'who of those in a country did not get it',
    async run(client) {
      const selection = await search(client, { country: 'Sweden' });
      const { data } = await client.call('send_message', {
        to: [selection],
        template: WELCOME,
        preview: true,
      });
      await client.call('send_message', { plan: data.plan });
      await client.call('get_message', { plan: data.plan });
    },
  },
  {
    name: 'the contacts of a country as CSV',
    async run(client) {
      const selection = await search(client, { country: 'Italy' });
      const csv = await client.read(`sent://selections/${selection}`);
      if (!csv.startsWith('phone_number,')) throw new Error('not a CSV');
    },
  },
  {
    name: 'how many per country, and how many of them opted out',
    run: async ({ call }) => void (await call('search_contacts', { group_by: 'country,opt_out' })),
  },
  {
    name: 'who came in the last month',
    run: async ({ call }) =>
      void (await call('search_contacts', { created_after: '1mo', sort: 'newest', limit: 10 })),
  },
  {
    name: 'how many can only be reached by SMS in three countries',
    run: async ({ call }) =>
      void (await call('search_contacts', {
        country: ['Brazil', 'Mexico', 'Colombia'],
        only_channel: 'sms',
        group_by: 'country',
      })),
  },
  {
    name: 'note that everybody in a city is invited',
    run: changeAll('update_contact', { metadata: { city: 'Porto' } }, { metadata: { invited: 'yes' } }),
  },
  {
    name: 'opt out one person, found by name',
    async run({ call }) {
      const { data } = await call('search_contacts', { query: 'maria', limit: 3 });
      const [person] = data.contacts as { phone_number: string }[];
      await call('update_contact', { phone_number: person?.phone_number, opt_out: true });
    },
  },
  {
    name: 'when was somebody last written to, and on what',
    async run({ call }) {
      const { data } = await call('search_contacts', { country: 'Norway', limit: 1 });
      const [person] = data.contacts as { phone_number: string }[];
      await call('get_contact', { phone_number: person?.phone_number, include_engagement: true });
    },
  },
];
