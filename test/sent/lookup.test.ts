/** A look-up is billed: a lost answer is not asked for again. */
import { describe, expect, test } from 'vitest';
import { AppError, errorText } from '../../src/errors.ts';
import { createSimulator, type FaultKind } from '../../src/simulator/simulator.ts';
import { createVirtualClock, START } from '../virtual-clock.ts';
import { client, json } from './client.ts';

const NUMBER = '+14155550142';

function world(kind?: FaultKind, times = 1) {
  const clock = createVirtualClock();
  const simulator = createSimulator({ now: clock.now, sleep: clock.work });
  if (kind) simulator.faults.add({ kind, times });
  const fetch: typeof globalThis.fetch = (...request) => clock.during(simulator.fetch(...request));
  const { sent } = client(fetch, { clock, apiKey: simulator.key });
  return { simulator, sent, clock };
}

describe('a look-up that may have been billed is not asked for again', () => {
  test.each<[string, FaultKind]>([
    ['whose answer was lost', 'lost-after'],
    ['that was lost on the way', 'lost-before'],
    ['whose answer broke off', 'cut-body'],
    ['whose answer is empty', 'empty'],
    ['that hangs', 'hang'],
    ['that was done and hangs', 'hang-after'],
    ['answered with 500', { status: 500, code: 'INTERNAL_001' }],
    ['answered by a proxy', 'html'],
    ['answered with 504', { status: 504, code: 'INTERNAL_004', acts: true }],
  ])('%s', async (_, kind) => {
    const { simulator, sent, clock } = world(kind, 5);
    const error = await sent.lookupNumber(NUMBER).catch((thrown: AppError) => thrown);
    if (!(error instanceof AppError)) throw new Error('it went well');
    expect(errorText(error)).toMatch(/^unknown_outcome: .+\nNext: It may have been billed, .+ ask the user/);
    expect(simulator.requests).toHaveLength(1);
    expect(clock.now() - START).toBeLessThanOrEqual(30_000);
  });
});

test.each<[string, FaultKind]>([
  ['was held back by the limit', { status: 429, code: 'BUSINESS_002', retryAfter: 1 }],
])('one that %s is', async (_, kind) => {
  const { simulator, sent } = world(kind);
  expect((await sent.lookupNumber(NUMBER)).phone_number).toBe(NUMBER);
  expect(simulator.requests).toHaveLength(2);
});

test('one that never reached Sent is, and costs nothing', async () => {
  let tries = 0;
  const fetch = async () => {
    if (tries++ === 0)
      throw new TypeError('fetch failed', {
        cause: Object.assign(new Error('no'), { code: 'ECONNREFUSED' }),
      });
    return json({ success: true, data: { phone_number: NUMBER } });
  };
  expect((await client(fetch).sent.lookupNumber(NUMBER)).phone_number).toBe(NUMBER);
  expect(tries).toBe(2);
});

test('it has all the time of a call for its one try', async () => {
  const { sent, clock } = world({ delayMs: 29_000 });
  expect((await sent.lookupNumber(NUMBER)).phone_number).toBe(NUMBER);
  expect(clock.now() - START).toBe(29_000);
});

test('a caller who leaves does not make it a loss: it was paid for and is heard to its end', async () => {
  const { simulator, sent, clock } = world({ delayMs: 5_000 });
  const leave = new AbortController();
  const asked = sent.lookupNumber(NUMBER, { signal: leave.signal });
  await clock.sleep(1_000);
  leave.abort();
  expect((await asked).phone_number).toBe(NUMBER);
  expect(simulator.requests).toHaveLength(1);
});
