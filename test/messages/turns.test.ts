/** Sends go by turns of their own limit, and what it holds back goes on by itself within a call. */
import { describe, expect, test } from 'vitest';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { type Outcome, stage as onStage } from '../faults/stage.ts';

const MANY = Array.from({ length: 3_000 }, (_, index) => `+346${String(index).padStart(8, '0')}`);
const stage = (options: Parameters<typeof onStage>[0] = {}) =>
  onStage({ env: { SENT_CONFIRM: 'never' }, ...options });
const held = (retryAfter: number, after: number, times = 1) =>
  ({ path: /messages$/, kind: { status: 429, code: 'BUSINESS_002', retryAfter }, after, times }) as const;
const sends = ({ requests }: Simulator) => requests.filter(({ path }) => path === '/v3/messages');
const notices = ({ data }: Outcome) => data.next as string;

describe.each([60, 300])('a limit of %i sends a minute', (messagesPerMinute) => {
  const rateLimit = { perMinute: 10_000, burst: 10_000, messagesPerMinute };

  test('a personal message to 120 people: no 429, and at the speed of the limit', async () => {
    let refused = 0;
    const { call, simulator, clock } = await stage({
      simulator: { contacts: 0, rateLimit },
      network: (api) => async (input, init) => {
        const answer = await api.fetch(input, init);
        if (answer.status === 429) refused++;
        return answer;
      },
    });
    for (const to of MANY.slice(0, 120))
      simulator.book.change(simulator.book.add(to), { metadata: { name: to } });
    const from = clock.now();
    let told = await call('send_message', { to: MANY.slice(0, 120), text: 'Hi {name}' });
    for (let calls = 1; told.data.status === 'partial' && calls < 10; calls++)
      told = await call('send_message', { plan: told.data.plan });
    expect(told.data).toMatchObject({ status: 'accepted', accepted: 120 });
    expect(refused).toBe(0);
    // A burst at once, the rest drips back.
    const leastMs = ((120 - messagesPerMinute) / messagesPerMinute) * 60_000;
    expect(clock.now() - from).toBeLessThan(Math.max(30_000, 1.5 * leastMs + 30_000));
  });
});

describe('a request that the limit holds back', () => {
  test('goes on by itself where the wait fits into the call, to those who may get it by then', async () => {
    const { call, simulator, clock } = await stage();
    const [, out = ''] = MANY;
    simulator.faults.add(held(35, 0));
    const contact = simulator.book.add(out);
    const from = clock.now();
    const sending = call('send_message', { to: MANY.slice(0, 20), text: 'Hi' });
    while (sends(simulator).length === 0) await new Promise(setImmediate);
    simulator.book.change(contact, { opt_out: true });
    const { data } = await sending;
    expect(data).toMatchObject({
      status: 'accepted',
      accepted: 19,
      skipped: [{ to: out, reason: 'opted_out' }],
    });
    expect(clock.now() - from).toBe(35_000);
    expect(sends(simulator)).toHaveLength(2);
  });

  test('several times in one call, each waited for', async () => {
    const { call, simulator } = await stage();
    simulator.faults.add(held(6, 1, 3));
    const { data } = await call('send_message', { to: MANY, text: 'Hi' });
    expect(data).toMatchObject({ status: 'accepted', accepted: 3_000 });
    expect(sends(simulator)).toHaveLength(6);
  });

  test('for longer: said at once, with what remains, how long to wait and the plan', async () => {
    const { call, simulator, clock } = await stage();
    simulator.faults.add(held(60, 1));
    const from = clock.now();
    const told = await call('send_message', { to: MANY, text: 'Hi' });
    expect(told.data).toMatchObject({ status: 'partial', accepted: 1_000, unknown: [] });
    expect(told.data.not_sent).toHaveLength(2_000);
    expect(notices(told)).toBe(
      `Wait 60 seconds. Then call send_message with plan: ${told.data.plan} and nothing else to go on, within 24 hours: nobody gets it twice.`,
    );
    expect(clock.now() - from).toBe(0);
    // Too early: nothing is asked of the API.
    const early = await call('send_message', { plan: told.data.plan });
    expect(early.data).toMatchObject({ status: 'partial', accepted: 1_000 });
    expect(sends(simulator)).toHaveLength(2);
    clock.advance(60_000);
    expect((await call('send_message', { plan: told.data.plan })).data.accepted).toBe(3_000);
  });

  test('for longer than a call, before anybody got it: rate_limited, and nothing stands open', async () => {
    const { call, simulator, clock } = await stage();
    simulator.faults.add(held(60, 0));
    const told = await call('send_message', { to: MANY.slice(0, 1), text: 'Hi' });
    expect(told.text).toMatch(/^rate_limited: .*\nNext: Wait 60 seconds and call again\.$/);
    clock.advance(60_000);
    expect((await call('send_message', { to: MANY.slice(0, 1), text: 'Hi' })).data.accepted).toBe(1);
  });

  test('one whose first answer was lost is never called refused: its plan finishes it', async () => {
    const { call, simulator, clock } = await stage();
    simulator.faults.add({ path: /messages$/, kind: 'hang-after' });
    expect((await call('send_message', { to: MANY.slice(0, 1), text: 'Hi' })).code).toBe('unknown_outcome');
    simulator.faults.clear();
    simulator.faults.add(held(60, 0));
    await call('send_message', { to: MANY.slice(1, 2), text: 'Another' });
    const told = await call('send_message', { to: MANY.slice(0, 1), text: 'Hi' });
    expect(told.text).toMatch(
      /^unknown_outcome: The rate limit .* Whether the recipient got it by an earlier request is not known\.\nNext: Wait 60 seconds\. Call send_message with plan: send_\w{16} and nothing else/,
    );
    clock.advance(60_000);
    expect((await call('send_message', { to: MANY.slice(0, 1), text: 'Hi' })).data.accepted).toBe(1);
    expect(simulator.messages).toHaveLength(1);
  });
});
