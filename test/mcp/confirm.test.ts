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
    `Send the text “Hello” to ${NUMBER} on the channel that Sent chooses? It cannot be taken back.`,
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

    test.each(['decline', 'cancel'] as const)('does nothing after a %s, and says so', async (answer) => {
      const { call, questions, mutations } = await ready(answer);
      const { text, isError } = await call(tool, args);
      expect(isError).toBe(true);
      expect(text).toMatch(
        /^cancelled: The person was asked and did not agree, so nothing was done\.\nNext: /,
      );
      expect(questions).toHaveLength(1);
      expect(mutations()).toEqual([]);
    });

    test('goes on unasked where nobody can be asked (auto), and is refused there (always)', async () => {
      const free = await ready();
      expect((await free.call(tool, args)).isError).toBe(false);
      expect(free.mutations()).toHaveLength(1);
      const strict = await ready(undefined, { env: { SENT_CONFIRM: 'always' } });
      const { text } = await strict.call(tool, args);
      expect(text).toMatch(/^forbidden: .*cannot ask.*\nNext: Nothing was done\./);
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

  test('a yes without a form counts, since nothing in it was required', async () => {
    const set = await connect({ era, onQuestion: () => ({ action: 'accept' }) });
    expect((await set.call('send_message', SEND)).isError).toBe(false);
    expect(set.simulator.messages).toHaveLength(1);
  });

  test('each send is asked about by itself, under a key of its own', async () => {
    const { call, questions, simulator } = await asked(era, 'accept');
    await call('send_message', SEND);
    await call('send_message', SEND);
    await call('send_message', { ...SEND, text: 'Goodbye' });
    expect(questions).toHaveLength(3);
    const keys = simulator.requests.map(({ headers }) => headers['idempotency-key']).filter(Boolean);
    expect(new Set(keys).size).toBe(3);
    expect(simulator.messages).toHaveLength(3);
  });
});

test('the question names how many, which template and values, and on which channels', async () => {
  const { call, questions, simulator } = await asked('v1', 'decline');
  simulator.book.add('+14155550143');
  await call('send_message', {
    to: [NUMBER, '+14155550143'],
    template: { name: 'welcome', parameters: { name: 'Ada\u202e\u001b[31m' } },
    channels: ['sms', 'whatsapp'],
  });
  expect(questions).toEqual([
    'Send the template “welcome” (name: Ada) to 2 people on sms and whatsapp, 4 messages in all? It cannot be taken back.',
  ]);
});

test('a yes counts only for the very question: if the plan has changed meanwhile, it is asked anew', async () => {
  const questions: string[] = [];
  const other = '+14155550143';
  const set = await connect({
    era: 'modern',
    onQuestion: (message) => {
      questions.push(message);
      // While the person reads, one of the two opts out.
      const contact = set.simulator.book.byPhone(other);
      if (contact) set.simulator.book.change(contact, { opt_out: true });
      return { action: 'accept', content: { confirm: true } };
    },
  });
  set.simulator.book.add(NUMBER);
  set.simulator.book.add(other);
  const { data } = await set.call('send_message', { to: [NUMBER, other], text: 'Hello' });
  expect(questions.map((question) => /to (.*?) on/.exec(question)?.[1])).toEqual(['2 people', NUMBER]);
  expect(data).toMatchObject({ messages: [{ to: NUMBER }], skipped: [{ to: other, reason: 'opted_out' }] });
  expect(set.simulator.messages).toHaveLength(1);
});
