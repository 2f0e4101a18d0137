import { ProtocolError, ProtocolErrorCode, type Server } from '@modelcontextprotocol/server';
import { catchErrors } from './boundary.ts';
import { quoted } from './text.ts';
import type { Services } from './tool.ts';

export type Prompt = {
  name: string;
  title: string;
  description: string;
  /** The tools without which it would make no sense. */
  needs: readonly string[];
  /** All of them must be given, as text. */
  arguments: readonly string[];
  /** Offers values for what was typed of an argument. */
  complete?: Readonly<Record<string, (typed: string, services: Services) => Promise<string[]>>>;
  text(args: Record<string, string | undefined>): string;
};

/** Short, and safe in the order of their steps. */
export const PROMPTS: readonly Prompt[] = [
  {
    name: 'find_contacts',
    title: 'Find contacts',
    description: 'Answer a question about the contacts.',
    needs: ['search_contacts'],
    arguments: ['question'],
    text: ({ question }) =>
      `Answer this question about the contacts of the Sent account: ${quoted(question ?? '', MAX_CHARS)}
Use search_contacts: group_by for counts, filters for lists; get_contact for one person. Say how many match, how the question was read (read_as), and whether the answer is complete.`,
  },
  {
    name: 'message_audience',
    title: 'Message an audience',
    description: 'Send a template to a group, with a preview first.',
    needs: ['search_contacts', 'list_templates', 'send_message', 'get_message'],
    arguments: ['audience', 'template'],
    complete: { template: templateNames },
    text: ({ audience, template }) =>
      `Prepare a message with the template ${quoted(template ?? '', MAX_CHARS)} to ${quoted(audience ?? '', MAX_CHARS)}.
1. Find the template with list_templates and ask me for its variables.
2. Find the people with search_contacts, opt_out: false, limit: 5; tell me how many there are and how it was read.
3. Call send_message with to: [the selection], the template and preview: true; show me the plan: how many, on which channels, who is skipped and why.
4. Only after I say yes call send_message with plan alone. If it is cut off, make that same call again, never a new one.
5. Say how many were accepted, which is not delivered. Later get_message with the plan says who was not reached.`,
  },
  {
    name: 'review_opt_outs',
    title: 'Review opt-outs',
    description: 'Who opted out, where, and who did lately.',
    needs: ['search_contacts'],
    arguments: [],
    text: () =>
      'Review who opted out: search_contacts with opt_out: true and group_by: country for the counts, then with sort: recently_updated, limit: 10 for the latest. Change nothing: opting somebody back in needs their consent.',
  },
];

/** The prompts whose tools are all published. */
export const promptsFor = (tools: readonly string[]): Prompt[] =>
  PROMPTS.filter(({ needs }) => needs.every((tool) => tools.includes(tool)));

/** @throws ProtocolError for a name that no prompt has. */
export function promptNamed(prompts: readonly Prompt[], name: string): Prompt {
  const found = prompts.find((prompt) => prompt.name === name);
  if (found === undefined)
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Prompt ${name} not found`);
  return found;
}

export function servePrompts(server: Server, prompts: readonly Prompt[]): void {
  server.setRequestHandler('prompts/list', () => ({
    prompts: prompts.map(({ name, title, description, arguments: names }) => ({
      name,
      title,
      description,
      arguments: names.map((name) => ({ name, required: true })),
    })),
  }));
  server.setRequestHandler('prompts/get', ({ params }) => {
    const prompt = promptNamed(prompts, params.name);
    const given: Readonly<Record<string, string | undefined>> = params.arguments ?? {};
    const missing = prompt.arguments.filter((name) => given[name] === undefined);
    if (missing.length > 0) {
      const message = `The prompt ${prompt.name} needs ${missing.join(' and ')}`;
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, message);
    }
    return { messages: [{ role: 'user', content: { type: 'text', text: prompt.text(given) } }] };
  });
}

/** The names of templates that can be sent. */
function templateNames(typed: string, { messages }: Services): Promise<string[]> {
  return catchErrors(
    async () => {
      const filter = { limit: 100, status: 'APPROVED' };
      const { templates } = await messages.templates.list(filter, AbortSignal.timeout(5_000));
      return [...new Set(templates.map(({ name }) => name))].filter((name) => name.startsWith(typed));
    },
    () => [], // A suggestion that cannot be made is no failure of what is being typed.
  );
}

/** Longest words of the person that a prompt takes over, in characters. */
const MAX_CHARS = 1000;
