/** The question before what cannot be taken back, in each client and era. */
import { describe, expect, test } from 'vitest';
import { connect, type HarnessOptions } from '../harness.ts';

const ERAS = ['v1', 'legacy', 'modern'] as const;
const NUMBER = '+14155550142';
const SEND = { to: [NUMBER], text: 'Hello' };

/** A stage with one contact that has opted out, and what the person was asked. */
async function asked(
  era: (typeof ERAS)[number],
  answer?: 'accept' | 'decline' | 'cancel',
  options: HarnessOptions = {},
) {
  const questions: string[] = [];
  const set = await connect({
    era,
    ...options,
    ...(answer && {
      onQuestion: (message) => {
        questions.push(message);
        return { action: answer, ...(answer === 'accept' && { content: { confirm: true } }) };
      },
    }),
  });
  const contact = set.simulator.book.add(NUMBER);
  const mutations = () =>
    set.simulator.requests.filter(({ method }) => method !== 'GET').map(({ method }) => method);
  return { ...set, questions, contact, mutations };
}

/** The acts that ask, the question, and whether they have been done. */
const ACTS = [
  [
    'send_message',
    SEND,
    `Send this text to 1 person on the channel that Sent chooses? It cannot be taken back.\n\n“Hello”\n\nTo: ${NUMBER}\n\nCountries: United States 1`,
  ],
  [
    'delete_contact',
    { phone_number: NUMBER },
    `Delete the contact ${NUMBER} for good? Its consent history goes with it; opting out keeps it.`,
  ],
  [
    'update_contact',
    { phone_number: NUMBER, opt_out: false },
    `Opt ${NUMBER} back in to messages on every channel? They opted out; go on only with their consent.`,
  ],
] as const;

describe.each(ERAS)('the %s client', (era) => {
  describe.each(ACTS)('%s', (tool, args, question) => {
    const ready = async (...rest: [('accept' | 'decline' | 'cancel')?, HarnessOptions?]) => {
      const set = await asked(era, ...rest);
      if (tool === 'update_contact') set.simulator.book.change(set.contact, { opt_out: true });
      return set;
    };

    test('asks once and goes on after a yes', async () => {
      const { call, questions, mutations } = await ready('accept');
      expect((await call(tool, args)).isError).toBe(false);
      expect(questions).toEqual([question]);
      expect(mutations()).toHaveLength(1);
    });

    test.each([
      ['decline', /^cancelled: The person was asked and said no, so nothing was done\.\nNext: Do not try/],
      [
        'cancel',
        /^cancelled: The question was closed without an answer, so nothing was done\.\nNext: .*SENT_CONFIRM/,
      ],
    ] as const)('does nothing after a %s, and says so', async (answer, words) => {
      const { call, questions, mutations } = await ready(answer);
      const { text, isError } = await call(tool, args);
      expect(isError).toBe(true);
      expect(text).toMatch(words);
      expect(questions).toHaveLength(1);
      expect(mutations()).toEqual([]);
    });

    test('goes on unasked where nobody can be asked (auto), and is refused there (always)', async () => {
      const free = await ready();
      expect((await free.call(tool, args)).isError).toBe(false);
      expect(free.mutations()).toHaveLength(1);
      const strict = await ready(undefined, { env: { SENT_CONFIRM: 'always' } });
      const { text } = await strict.call(tool, args);
      expect(text).toMatch(/^forbidden: .*cannot ask.*\nNext: Nothing was done\..*SENT_CONFIRM/);
      expect(strict.mutations()).toEqual([]);
    });

    test('asks in always, not in never', async () => {
      const always = await ready('accept', { env: { SENT_CONFIRM: 'always' } });
      expect((await always.call(tool, args)).isError).toBe(false);
      expect(always.questions).toEqual([question]);
      const never = await ready('decline', { env: { SENT_CONFIRM: 'never' } });
      expect((await never.call(tool, args)).isError).toBe(false);
      expect(never.questions).toEqual([]);
    });

    test('never asks for a dry run', async () => {
      const { call, questions, simulator } = await ready('decline', { env: { SENT_CONFIRM: 'always' } });
      expect((await call(tool, { ...args, sandbox: true })).data.sandbox).toBe(true);
      expect(questions).toEqual([]);
      expect(simulator.messages).toEqual([]);
      expect(simulator.book.byPhone(NUMBER)).toBeDefined();
    });
  });

  test('a preview never asks, and nothing is asked about what cannot be sent', async () => {
    const { call, questions, mutations } = await asked(era, 'accept');
    expect((await call('send_message', { ...SEND, preview: true })).data.status).toBe('preview');
    expect((await call('send_message', { ...SEND, text: ' ' })).text).toMatch(/^invalid_input/);
    expect((await call('update_contact', { phone_number: NUMBER, opt_out: true })).isError).toBe(false);
    expect((await call('create_contact', { phone_number: '+14155550143' })).isError).toBe(false);
    expect(questions).toEqual([]);
    expect(mutations()).toEqual(['PATCH', 'POST']);
  });

  test('a form sent back with its box cleared is a no', async () => {
    const set = await connect({ era, onQuestion: () => ({ action: 'accept', content: { confirm: false } }) });
    expect((await set.call('send_message', SEND)).text).toMatch(/^cancelled/);
    expect(set.simulator.messages).toEqual([]);
  });

  test.each([undefined, {}])('a form left empty is a no: %j', async (content) => {
    const set = await connect({ era, onQuestion: () => ({ action: 'accept', ...(content && { content }) }) });
    expect((await set.call('send_message', SEND)).text).toMatch(/^cancelled/);
    expect(set.simulator.messages).toEqual([]);
  });

  test('each send is asked about by itself; the same one, done, is not asked about again', async () => {
    const { call, questions, simulator } = await asked(era, 'accept');
    await call('send_message', SEND);
    await call('send_message', SEND);
    await call('send_message', { ...SEND, text: 'Goodbye' });
    expect(questions).toHaveLength(2);
    await call('send_message', { ...SEND, again: true });
    expect(questions).toHaveLength(3);
    const keys = simulator.requests.map(({ headers }) => headers['idempotency-key']).filter(Boolean);
    expect(new Set(keys).size).toBe(3);
    expect(simulator.messages).toHaveLength(3);
  });

  test('a yes holds for the plan, and for nobody who opted out while the person read', async () => {
    const questions: string[] = [];
    const other = '+14155550143';
    const set = await connect({
      era,
      onQuestion: (message) => {
        questions.push(message);
        const contact = set.simulator.book.byPhone(other);
        if (contact) set.simulator.book.change(contact, { opt_out: true });
        set.advance(60_000);
        return { action: 'accept', content: { confirm: true } };
      },
    });
    set.simulator.book.add(NUMBER);
    set.simulator.book.add(other);
    const { data } = await set.call('send_message', { to: [NUMBER, other], text: 'Hello' });
    expect(questions).toEqual([expect.stringMatching(/^Send this text to 2 people/)]);
    expect(data).toMatchObject({ messages: [{ to: NUMBER }], skipped: [{ to: other, reason: 'opted_out' }] });
    expect(set.simulator.messages).toHaveLength(1);
  });

  test('a plan is asked about when it is to be done, and what is left of it when it goes on', async () => {
    const { call, questions, simulator } = await asked(era, 'accept');
    const people = [...simulator.book.page(1, 30, {}).contacts]
      .filter(({ opt_out, e164 }) => !opt_out && e164 !== NUMBER)
      .slice(0, 4);
    const args = { to: people.map(({ e164 }) => e164), text: 'Hi {name}', preview: true };
    const { data } = await call('send_message', args);
    expect(questions).toEqual([]);
    simulator.faults.add({ path: /messages$/, kind: { status: 403 }, after: 1 });
    expect((await call('send_message', { plan: data.plan })).data.accepted).toBe(1);
    simulator.faults.clear();
    expect((await call('send_message', { plan: data.plan })).data.accepted).toBe(4);
    expect(questions.map((question) => /to (.*?) on/.exec(question)?.[1])).toEqual([
      '4 people',
      'the remaining 3 people of 4',
    ]);
  });
});

test('nothing is asked about a plan of which somebody may get the words by a send that was begun since', async () => {
  const { call, questions, simulator } = await asked('v1', 'accept');
  const { data } = await call('send_message', { ...SEND, to: [NUMBER, '+14155550143'], preview: true });
  simulator.faults.add({ path: /messages$/, kind: 'lost-after' });
  expect((await call('send_message', SEND)).text).toMatch(/^unknown_outcome/);
  simulator.faults.clear();
  expect((await call('send_message', { plan: data.plan })).text).toMatch(/^conflict: The same words/);
  expect(questions).toHaveLength(1);
});

test('the question shows the whole text, who, where, and what is not certain', async () => {
  const { call, questions, simulator } = await asked('v1', 'decline', {
    env: { SENT_DEFAULT_COUNTRY: 'US' },
  });
  const [known] = [...simulator.book.page(1, 30, {}).contacts].filter(
    ({ opt_out, e164 }) => !opt_out && e164 !== NUMBER,
  );
  const text = `Hello\u202e {name}\n${'x'.repeat(3_000)}`;
  await call('send_message', {
    to: [NUMBER, known?.e164, '+99912345678'],
    text: text.replace('{name}', 'you'),
  });
  expect(questions).toHaveLength(1);
  expect(questions[0]).toContain(`“Hello you\n${'x'.repeat(3_000)}”`);
  expect(questions[0]).toMatch(/Send this text to 3 people/);
  expect(questions[0]).toContain(`${known?.metadata?.name} (${known?.e164})`);
  expect(questions[0]).toMatch(/Countries: .*United States/);
  expect(questions[0]).toContain('Not certain: No numbering plan knows +99912345678: check with the user.');
});

test('the question names the template with its values, and how many messages it makes', async () => {
  const { call, questions, simulator } = await asked('v1', 'decline');
  simulator.book.add('+14155550143');
  await call('send_message', {
    to: [NUMBER, '+14155550143'],
    template: { name: 'welcome', parameters: { name: 'Ada\u202e\u001b[31m' } },
    channels: ['sms', 'whatsapp'],
  });
  expect(questions).toEqual([
    'Send this template to 2 people on sms and whatsapp, 4 messages in all? It cannot be taken back.\n\nTemplate “welcome”\nname: Ada\n\nTo: +14155550142, +14155550143\n\nCountries: United States 2',
  ]);
});

describe.each(['v1', 'legacy'] as const)('an answer that none can read, of the %s client', (era) => {
  test.each([
    { action: 'perhaps' },
    {},
    { action: 'accept', content: 'yes' },
    { action: 'accept', content: { confirm: 'yes' } },
  ])('%j is no yes, and is told in our two lines', async (answer) => {
    const set = await connect({ era, onQuestion: () => answer as never });
    set.simulator.book.add(NUMBER);
    const { text, isError } = await set.call('delete_contact', { phone_number: NUMBER });
    expect(isError).toBe(true);
    expect(text).toMatch(/^cancelled: .*, so nothing was done\.\nNext: [^\n]+$/);
    expect(set.simulator.book.byPhone(NUMBER)).toBeDefined();
  });
});
