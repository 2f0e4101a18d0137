import { expect, test } from 'vitest';
import { newRow, type RateRow, recalled, spareIn, waitIn } from '../../src/sent/rate-row.ts';

const row = (more: Partial<RateRow>): RateRow => ({ ...newRow(0), ...more });

test.each<[what: string, row: Partial<RateRow>, waitMs: number]>([
  ['nothing holds it', {}, 0],
  ['the API has asked to wait', { heldUntil: 30_000 }, 30_000],
  ['that is over', { at: 30_000, heldUntil: 30_000 }, 0],
  [
    'a bucket of 200 a minute is empty but for what is left to people',
    { refill: 'bucket', capacity: 50, remaining: 0 },
    3_300,
  ],
  ['a window is used up', { refill: 'window', remaining: 0, resetAt: 700 }, 700],
])('how long a request waits where %s', (_what, more, waitMs) => {
  expect(waitIn(row(more))).toBeCloseTo(waitMs, -3);
  expect(spareIn(row(more)) >= 1).toBe(waitMs === 0);
});

test.each<[now: number, at: number]>([
  [200_000, 100_000],
  [95_001, 100_000],
  [95_000, 95_000],
  [10_000, 10_000],
])('a row of a clock that has been set back does not stand still: at %i it is as of %i', (now, at) => {
  const of = { at: 100_000, resetAt: 160_000, heldUntil: 130_000, toldAt: 90_000 };
  const { at: newAt, resetAt, heldUntil, toldAt } = recalled(row(of), now);
  expect([newAt, resetAt - newAt, heldUntil - newAt, toldAt - newAt]).toEqual([at, 60_000, 30_000, -10_000]);
});
