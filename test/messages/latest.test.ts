/** Opt-outs by the latest that is known when each request goes out, and not when the run began. */
import { describe, expect, test } from 'vitest';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { stage as onStage } from '../faults/stage.ts';
import { connect } from '../harness.ts';

const number = (index: number) => `+346${String(index).padStart(8, '0')}`;
const MANY = Array.from({ length: 10_000 }, (_, index) => number(index));
const isSend = (input: unknown) =>
  input instanceof Request && input.method === 'POST' && input.url.endsWith('/v3/messages');
const gets = ({ requests }: Simulator) =>
  requests.filter(({ method, path }) => method === 'GET' && path.startsWith('/v3/contacts')).length;

/** A server, and what is done each time that a request of a send has come to the API, by its number. */
async function stage(
  between: (request: number, set: Awaited<ReturnType<typeof onStage>>) => unknown,
  simulator: Parameters<typeof onStage>[0] = {},
) {
  let request = 0;
  const set = await onStage({
    env: { SENT_CONFIRM: 'never' },
    ...simulator,
    network: (api) => async (input, init) => {
      const answer = await api.fetch(input, init);
      if (isSend(input)) await between(++request, set);
      return answer;
    },
  });
  return set;
}
const optOut = ({ book }: Simulator, to: string) =>
  book.change(book.byPhone(to) ?? book.add(to), { opt_out: true });

describe('between two requests of one run', () => {
  test('somebody opted out through this server gets nothing', async () => {
    const { call, simulator } = await stage(async (request, { call }) => {
      if (request === 1) await call('update_contact', { phone_number: number(1_500), opt_out: true });
    });
    simulator.book.add(number(1_500));
    const { data } = await call('send_message', { to: MANY.slice(0, 2_000), text: 'Hi' });
    expect(data).toMatchObject({
      status: 'accepted',
      accepted: 1_999,
      skipped: [{ to: number(1_500), reason: 'opted_out' }],
    });
    expect(simulator.messages.some(({ to }) => to === number(1_500))).toBe(false);
  });

  test('somebody opted out through another process on the same store gets nothing', async () => {
    const { call, simulator } = await stage(async (request, set) => {
      if (request !== 1) return;
      const other = await onStage({ beside: set });
      await other.call('update_contact', { phone_number: number(1_500), opt_out: true });
    });
    simulator.book.add(number(1_500));
    const { data } = await call('send_message', { to: MANY.slice(0, 2_000), text: 'Hi' });
    expect(data.skipped).toEqual([{ to: number(1_500), reason: 'opted_out' }]);
    expect(simulator.messages).toHaveLength(1_999);
  });

  test('a contact that was meant by its id and is deleted meanwhile gets nothing', async () => {
    const { call, simulator } = await stage(async (request, { call }) => {
      if (request === 1) await call('delete_contact', { phone_number: number(1_500) });
    });
    const { id } = simulator.book.add(number(1_500));
    const { data } = await call('send_message', { to: [...MANY.slice(0, 1_500), id], text: 'Hi' });
    expect(data.skipped).toEqual([{ to: number(1_500), reason: 'no longer that contact' }]);
    expect(simulator.messages).toHaveLength(1_500);
  });
});

describe('where answers take their time', () => {
  test('ten requests of 1,000 people: whoever opts out elsewhere is known a minute later at the latest', async () => {
    const outAt = new Map<string, number>();
    const sentAt: number[] = [];
    const { call, simulator, clock } = await stage(
      (request, { simulator, clock }) => {
        // Somebody of each request to come, every eight seconds.
        for (let later = request; later < 10; later++) {
          const to = number(later * 1_000 + request);
          optOut(simulator, to);
          outAt.set(to, clock.now());
        }
        sentAt.push(clock.now());
      },
      { simulator: { latencyMs: 200, contacts: 400 } },
    );
    simulator.faults.add({ path: /messages$/, kind: { delayMs: 8_000 } });
    const first = await call('send_message', { to: MANY, text: 'Hi' });
    expect(first.data.status).toBe('partial');
    clock.advance(3_600_000);
    for (let { data } = first; data.status === 'partial'; )
      ({ data } = await call('send_message', { plan: first.data.plan }));
    expect(sentAt).toHaveLength(10);
    const late = simulator.messages.filter(
      ({ to, createdAt }) => createdAt - (outAt.get(to) ?? Number.POSITIVE_INFINITY) > 60_000,
    );
    expect(late).toEqual([]);
    // An hour later all of those who had opted out by then are known.
    expect(simulator.messages.length).toBeLessThan(10_000 - 20);
    expect(first.text).not.toContain('Opt-outs are known as of');
  });

  test('where it cannot be looked up the result says how old it is, and waits no longer than ten seconds for it', async () => {
    const { call, simulator, clock } = await stage((request, { simulator }) => {
      if (request === 1) simulator.faults.add({ method: 'GET', path: /contacts/, kind: 'hang' });
    });
    for (let index = 0; index < 3_000; index += 500) simulator.book.add(number(index));
    simulator.faults.add({ path: /messages$/, kind: { delayMs: 11_000 } });
    const { data } = await call('send_message', { to: MANY.slice(0, 3_000), text: 'Hi' });
    expect(data.status).toBe('accepted');
    expect(data.warnings).not.toContainEqual(expect.stringContaining('Opt-outs are known'));
    clock.advance(3_600_000);
    const from = clock.now();
    const late = await call('send_message', { to: MANY.slice(0, 3_000), text: 'Hello' });
    expect(late.text).toMatch(
      /Opt-outs are known as of 2026-11-23T12:\d\d:\d\dZ and could not all be checked anew/,
    );
    expect(late.data.warnings).toContainEqual(expect.stringContaining('Opt-outs are known as of'));
    expect(late.data.accepted).toBe(3_000);
    // Ten seconds at the start, ten in the run, and three answers of eleven.
    expect(clock.now() - from).toBeLessThanOrEqual(53_500);
  });
});

test('people of small requests are looked up together, and not before they are due', async () => {
  const { call, simulator } = await stage(() => {}, { simulator: { contacts: 400 } });
  const found = await call('search_contacts', { opt_out: false, limit: 0 });
  simulator.faults.add({ path: /messages$/, kind: { delayMs: 1_000 } });
  const shown = await call('send_message', {
    to: [found.data.selection],
    text: 'Hi {phone|you} {name|}',
    preview: true,
  });
  const before = gets(simulator);
  const { data } = await call('send_message', { plan: shown.data.plan });
  expect(data.accepted).toBeGreaterThan(20);
  expect(gets(simulator) - before).toBeLessThanOrEqual(8); // Five pages of contacts once more.
});

test('after more than a thousand messages, and not before, memory is given back', async () => {
  let given = 0;
  const afterLargeSend = () => void given++;
  const { call } = await connect({ env: { SENT_CONFIRM: 'never' }, contacts: 0, afterLargeSend });
  await call('send_message', { to: MANY.slice(0, 1_000), text: 'Hi' });
  expect(given).toBe(0);
  await call('send_message', { to: MANY.slice(0, 1_001), text: 'Hello' });
  expect(given).toBe(1);
});
