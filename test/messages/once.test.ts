/** Once means once: the same send again, by whoever, and sends that are nearly the same. */
import { describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../src/state/index.ts';
import { type Outcome, stage as onStage } from '../faults/stage.ts';

const stage = (options: Parameters<typeof onStage>[0] = {}) =>
  onStage({ ...options, env: { SENT_CONFIRM: 'never', ...options.env } });
const A = '+14155550142';
const B = '+14155550143';
const C = '+14155550144';
const DAY_MS = 24 * 3_600_000;
const HI = { to: [A, B], text: "Don't miss it - tomorrow" };
/** How often each has got a message. */
const counts = (messages: readonly { to: string }[]) =>
  Object.fromEntries([...new Set(messages.map(({ to }) => to))].map((to) => [to, messages.filter((one) => one.to === to).length])); // biome-ignore format: one table
const planIn = ({ text }: Outcome) => /plan: (send_\w{16})/.exec(text)?.[1];

describe('the same send again', () => {
  test.each([
    ['as it was', HI],
    ['in another order', { ...HI, to: [B, A, A] }],
    ['with other marks and blanks', { ...HI, text: ' Don’t miss it –\ntomorrow ' }],
    ['with the channel that Sent chooses', { ...HI, channels: ['sent'] }],
    ['under a key', { ...HI, idempotency_key: 'mine' }],
  ])('%s: nothing goes out, and the first is told with its time', async (_name, args) => {
    const { call, simulator, clock } = await stage();
    const first = await call('send_message', HI);
    clock.advance(DAY_MS - 60_000);
    const again = await call('send_message', args);
    expect(again.data).toMatchObject({
      status: 'accepted',
      plan: first.data.plan,
      messages: first.data.messages,
    });
    expect(again.text).toContain('done at 2026-11-23T12:00:00Z: nothing went out now');
    expect(simulator.messages).toHaveLength(2);
  });

  test('after a day it is another, and again: true makes another at once', async () => {
    const { call, simulator, clock } = await stage();
    await call('send_message', HI);
    const second = await call('send_message', { ...HI, again: true });
    expect(second.data.status).toBe('accepted');
    expect(second.text).toContain('2 of them got the same words before');
    expect(simulator.messages).toHaveLength(4);
    await call('send_message', HI);
    expect(simulator.messages).toHaveLength(4);
    clock.advance(DAY_MS);
    await call('send_message', HI);
    expect(simulator.messages).toHaveLength(6);
  });

  test('by many calls at once in several processes: one send, and all tell of it', async () => {
    const first = await stage();
    const others = [await stage({ beside: first }), await stage({ beside: first })];
    const calls = [first, ...others].flatMap(({ call }) => [
      call('send_message', HI),
      call('send_message', HI),
    ]);
    const ends = await Promise.all(calls);
    expect(ends.map(({ data }) => data.accepted)).toEqual([2, 2, 2, 2, 2, 2]);
    expect(new Set(ends.map(({ data }) => data.plan)).size).toBe(1);
    expect(counts(first.simulator.messages)).toEqual({ [A]: 1, [B]: 1 });
  });

  test('cut off less than a day ago: finished under its own keys, by another process', async () => {
    const first = await stage();
    first.simulator.faults.add({ path: /messages$/, kind: 'hang-after' });
    const cut = await first.call('send_message', HI);
    expect(cut.code).toBe('unknown_outcome');
    first.simulator.faults.clear();
    first.clock.advance(23 * 3_600_000);
    const second = await stage({ beside: first });
    expect((await second.call('send_message', HI)).data).toMatchObject({ status: 'accepted', accepted: 2 });
    expect(counts(first.simulator.messages)).toEqual({ [A]: 1, [B]: 1 });
  });

  test('cut off longer ago: never finished silently; who has it, who has not, of whom it is unknown', async () => {
    const set = await stage();
    const { call, simulator, clock } = set;
    const to = Array.from({ length: 2_001 }, (_, index) => `+346${String(index).padStart(8, '0')}`);
    simulator.faults.add({ path: /messages$/, kind: 'hang', after: 1 });
    await call('send_message', { to, text: 'Hi' });
    simulator.faults.clear();
    clock.advance(30 * 3_600_000);
    const calls = [
      await call('send_message', { to, text: 'Hi' }),
      await call('send_message', { to, text: 'Hi' }),
    ];
    for (const { data, text } of calls) {
      expect(data).toMatchObject({
        status: 'partial',
        accepted: 1_000,
        selection: expect.stringMatching(/^sel_/),
      });
      expect(data.unknown).toHaveLength(1_000);
      expect(data.not_sent).toHaveLength(1);
      expect(text).toContain('nothing went out now');
    }
    expect(simulator.messages).toHaveLength(1_000);
    const shown = await call('send_message', { to: [calls[1]?.data.selection], text: 'Hi' });
    expect((await call('send_message', { plan: shown.data.plan })).data.accepted).toBe(1);
    expect(new Set(simulator.messages.map((message) => message.to)).size).toBe(1_001);
    expect((await call('send_message', { to, text: 'Hi', again: true })).data.accepted).toBe(2_001);
  });

  test('what had reached nobody stands in nobody’s way', async () => {
    const { call, simulator, clock } = await stage();
    simulator.faults.add({ path: /messages$/, kind: { status: 429, code: 'BUSINESS_002', retryAfter: 90 } });
    expect((await call('send_message', HI)).code).toBe('rate_limited');
    simulator.faults.clear();
    clock.advance(90_000);
    expect((await call('send_message', { ...HI, to: [A] })).data.accepted).toBe(1);
    expect(counts(simulator.messages)).toEqual({ [A]: 1 });
  });
});

describe('of what nobody knows, nothing but an acceptance tells', () => {
  const REFUSED = [
    { status: 400, code: 'VALIDATION_001' },
    { status: 404, code: 'RESOURCE_002' },
    { status: 409, code: 'RESOURCE_007' },
    { status: 422, code: 'BUSINESS_003' },
  ];
  test.each(REFUSED)(
    'a lost answer, then $status $code: the plan goes on until Sent gives its answer',
    async (refusal) => {
      const { call, simulator } = await stage();
      const at = { path: /messages$/, method: 'POST' };
      simulator.faults.add({ ...at, times: 1, kind: 'lost-after' });
      simulator.faults.add({ ...at, times: 3, kind: { ...refusal, acts: false } });
      const first = await call('send_message', HI);
      expect(first.text).toMatch(/^unknown_outcome: A repetition was refused \(/);
      const plan = planIn(first);
      for (const args of [{ plan }, HI]) {
        const { code, text } = await call('send_message', args);
        expect([code, planIn({ text } as Outcome)]).toEqual(['unknown_outcome', plan]);
      }
      expect((await call('send_message', { plan })).data).toMatchObject({ status: 'accepted', accepted: 2 });
      expect(counts(simulator.messages)).toEqual({ [A]: 1, [B]: 1 });
    },
  );

  test('a part of them, days later: told, and sent only where that is meant', async () => {
    const { call, simulator, clock } = await stage();
    simulator.faults.add({ path: /messages$/, kind: 'hang-after' });
    const lost = await call('send_message', { ...HI, to: [A, B, C] });
    simulator.faults.clear();
    clock.advance(3 * DAY_MS);
    for (const args of [HI, { ...HI, preview: true }]) {
      const { text } = await call('send_message', args);
      expect(text).toMatch(/^conflict: Some of these people may have got the same words/);
      expect(text).toContain(`get_message with plan: ${planIn(lost)} to see who`);
    }
    expect(counts(simulator.messages)).toEqual({ [A]: 1, [B]: 1, [C]: 1 });
    expect((await call('send_message', { ...HI, to: ['+14155550145'] })).data.accepted).toBe(1);
    expect((await call('send_message', { ...HI, again: true })).data.accepted).toBe(2);
  });

  test('without anything that lasts, a plan is said to hold while this server runs', async () => {
    const { call, simulator, clock } = await stage({
      store: (clock) => createMemoryStore(clock, { lasts: false }),
    });
    simulator.faults.add({ path: /messages$/, kind: 'hang-after' });
    const { text } = await call('send_message', HI);
    expect(text).toContain('while this server runs, as SENT_STATE=off keeps nothing');
    expect(text).not.toContain('24 hours');
    const later = await stage({
      beside: { clock, simulator, store: createMemoryStore(clock, { lasts: false }) },
    });
    const after = await later.call('send_message', { plan: planIn({ text } as Outcome) });
    expect(after.text).toContain('ask the user before it is made anew');
  });
});

test('a name that has become known, or another, makes no other send', async () => {
  const { call, simulator } = await stage();
  const [person] = simulator.book.page(1, 1, {}).contacts;
  const args = { to: [person?.e164 ?? ''], text: 'Hey {nickname|friend}' };
  const first = await call('send_message', args);
  await call('update_contact', { phone_number: person?.e164, metadata: { nickname: 'Zed' } });
  const again = await call('send_message', args);
  expect(again.data).toMatchObject({ status: 'accepted', plan: first.data.plan });
  expect(again.text).toContain('nothing went out now');
  expect(simulator.messages).toHaveLength(1);
  await call('send_message', { ...args, again: true });
  expect(simulator.messages.at(-1)?.body).toBe('Hey Zed');
});

test('held back several times and then sent: it is known as sent, in every process and hours later', async () => {
  const first = await stage();
  first.simulator.faults.add({
    ...{ path: /messages$/, times: 3 },
    kind: { status: 429, code: 'BUSINESS_002', retryAfter: 90 },
  });
  for (let held = 0; held < 3; held++) {
    expect((await first.call('send_message', HI)).code).toBe('rate_limited');
    first.clock.advance(90_000);
  }
  expect((await first.call('send_message', HI)).data.accepted).toBe(2);
  first.clock.advance(2 * 3_600_000);
  for (const { call } of [first, await stage({ beside: first })])
    expect((await call('send_message', HI)).text).toContain('nothing went out now');
  expect(counts(first.simulator.messages)).toEqual({ [A]: 1, [B]: 1 });
});

describe('nearly the same, while the first is open', () => {
  test.each([
    ['one person fewer', { ...HI, to: [A] }],
    ['one person more', { ...HI, to: [A, B, C] }],
    ['another channel', { ...HI, channels: ['sms'] }],
    ['again', { ...HI, to: [A], again: true }],
    ['only shown', { ...HI, to: [A], preview: true }],
  ])('%s: a conflict that names its plan, also in another process', async (_name, args) => {
    const first = await stage();
    first.simulator.faults.add({ path: /messages$/, kind: 'hang-after' });
    const plan = planIn(await first.call('send_message', HI));
    first.simulator.faults.clear();
    const second = await stage({ beside: first });
    for (const { call } of [first, second]) {
      const near = await call('send_message', args);
      expect(near.code).toBe('conflict');
      expect(planIn(near)).toBe(plan);
    }
    const done = await second.call('send_message', { plan });
    expect(done.data).toMatchObject({ status: 'accepted', accepted: 2 });
    expect(counts(first.simulator.messages)).toEqual({ [A]: 1, [B]: 1 });
  });

  test('an end that nobody has heard keeps it open', async () => {
    const cancel = new AbortController();
    const { call, simulator } = await stage();
    simulator.faults.add({ path: /messages$/, kind: { delayMs: 5_000 } });
    const left = call('send_message', HI, { signal: cancel.signal }).catch(() => undefined);
    while (!simulator.requests.some(({ path }) => path === '/v3/messages')) await new Promise(setImmediate);
    cancel.abort();
    await left;
    simulator.faults.clear();
    while (simulator.messages.length === 0) await new Promise(setImmediate);
    const near = await call('send_message', { ...HI, to: [A] });
    expect(near.code).toBe('conflict');
    expect((await call('send_message', { plan: planIn(near) })).data.accepted).toBe(2);
    // Told, it is done: the same words to one of them are another send, and the repetition is said.
    const another = await call('send_message', { ...HI, to: [A] });
    expect(another.text).toContain('1 of them got the same words before, the last at 2026-11-23T');
    expect(counts(simulator.messages)).toEqual({ [A]: 2, [B]: 1 });
  });

  test('two that begin at once: one goes on, the other is told of it', async () => {
    const first = await stage();
    const second = await stage({ beside: first });
    const ends = await Promise.all([
      first.call('send_message', HI),
      second.call('send_message', { ...HI, to: [A, C] }),
    ]);
    expect(ends.map(({ code }) => code).sort()).toEqual(['conflict', 'ok']);
    expect(counts(first.simulator.messages)[A]).toBe(1);
  });

  test('other words are another message', async () => {
    const { call, simulator } = await stage();
    simulator.faults.add({ path: /messages$/, kind: 'hang-after' });
    await call('send_message', HI);
    simulator.faults.clear();
    expect((await call('send_message', { ...HI, text: 'See you there' })).data.accepted).toBe(2);
  });
});
