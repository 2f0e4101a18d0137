import { describe, expect, test } from 'vitest';
import { ageMs, instant } from '../../src/runtime/clock.ts';
import { createVirtualClock, START } from '../virtual-clock.ts';
import { client, json, scripted } from './client.ts';

const HOUR_MS = 3_600_000;
const dated = (headers: Record<string, string>, at = START) => ({
  date: new Date(at).toUTCString(),
  ...headers,
});
const me = () => json({ success: true, data: { id: 'acc_1' } });

describe.each([
  ['right', 0],
  ['ten minutes slow', -600_000],
  ['an hour fast', HOUR_MS],
])('with a wall clock that is %s', (_, offMs) => {
  const world = () => {
    const clock = createVirtualClock();
    clock.setWall(offMs);
    return clock;
  };

  test('a Retry-After date means what the clock of the API makes of it', async () => {
    const clock = world();
    const until = new Date(START + 7_000).toUTCString();
    const { fetch } = scripted(() => json({}, 429, dated({ 'retry-after': until })), me);
    await client(fetch, { clock }).sent.me();
    expect(clock.trueTime() - START).toBe(7_000);
  });

  test('so does the time at which the limit is full again', async () => {
    const clock = world();
    const limit = {
      'x-ratelimit-limit': '200',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(START / 1000 + 30),
    };
    const { fetch } = scripted(() =>
      json({ success: true, data: { id: 'acc_1', contacts: [] } }, 200, dated(limit)),
    );
    const { sent } = client(fetch, { clock });
    await sent.me();
    expect(sent.rate()).toMatchObject({ remaining: 0, resetsInMs: 30_000 });
  });
});

test.each([-HOUR_MS, HOUR_MS])(
  'a clock that is set by %i ms in the midst of a call neither stretches nor cuts it',
  async (byMs) => {
    const clock = createVirtualClock();
    const at: number[] = [];
    const { fetch } = scripted(() => {
      at.push(clock.trueTime() - START);
      clock.setWall(byMs);
      return at.length === 1 ? json({}, 429, { 'retry-after': '3' }) : new Promise<Response>(() => {});
    });
    await expect(client(fetch, { clock }).sent.me()).rejects.toMatchObject({ code: 'unavailable' });
    expect(at).toEqual([0, 3_000]);
    expect(clock.trueTime() - START).toBe(30_000);
  },
);

test('a wait that the API asked for ends when it was to end, though the clock is set back', async () => {
  const clock = createVirtualClock();
  const { fetch } = scripted(() => json({}, 429, { 'retry-after': '60' }));
  const { sent } = client(fetch, { clock });
  await expect(sent.me()).rejects.toMatchObject({
    code: 'rate_limited',
    next: 'Wait 60 seconds and call again.',
  });
  clock.setWall(-HOUR_MS);
  clock.advance(58_000);
  expect(sent.rate().heldForMs).toBe(2_000);
});

test('an age is what has passed by the clock that saw more of it: one may be set back, one may have slept', () => {
  const clock = createVirtualClock();
  const then = instant(clock);
  clock.advance(5_000);
  expect(ageMs(clock, then)).toBe(5_000);
  clock.setWall(-HOUR_MS);
  expect(ageMs(clock, then)).toBe(5_000);
  clock.setWall(2 * HOUR_MS);
  expect(ageMs(clock, then)).toBe(HOUR_MS + 5_000);
});
