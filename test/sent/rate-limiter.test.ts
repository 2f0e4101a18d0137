import { describe, expect, it, test } from 'vitest';
import { createRateLimiter } from '../../src/sent/rate-limiter.ts';
import {
  afterAnswer,
  afterRequest,
  msUntil,
  newRow,
  type RateRow,
  rowAt,
  spareIn,
  waitIn,
} from '../../src/sent/rate-row.ts';
import { createLimit, type Limit } from '../faults/limit.ts';
import { createVirtualClock, START } from '../virtual-clock.ts';

const told = (facts: Partial<Parameters<typeof afterAnswer>[2]> = {}) => ({
  limit: 200,
  remaining: undefined,
  resetsInMs: undefined,
  retryAfterMs: undefined,
  isThrottled: false,
  ...facts,
});
const headers = (limit: number, remaining: number, inSeconds: number) =>
  new Headers({
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(START / 1000 + inSeconds),
    date: new Date(START).toUTCString(),
  });

describe('the state of the limit', () => {
  it('is unknown until the API says something', () => {
    expect(createRateLimiter(createVirtualClock()).state()).toEqual({
      limit: undefined,
      remaining: undefined,
      resetsInMs: undefined,
      heldForMs: 0,
      msUntil: expect.any(Function),
    });
  });

  it('is what the API said last', () => {
    const clock = createVirtualClock();
    const limiter = createRateLimiter(clock);
    limiter.count();
    limiter.learn({ status: 200, headers: headers(200, 120, 40) });
    clock.advance(10_000);
    limiter.learn({ status: 404, headers: new Headers() });
    limiter.learn(undefined);
    expect(limiter.state()).toMatchObject({ limit: 200, remaining: 120, resetsInMs: 30_000, heldForMs: 0 });
    clock.advance(60_000);
    expect(limiter.state().resetsInMs).toBe(0);
  });

  it.each(['', '-1', 'many', '1.5'])('a figure that is none, %j, is not believed', (value) => {
    const limiter = createRateLimiter(createVirtualClock());
    limiter.learn({ status: 200, headers: new Headers({ 'x-ratelimit-remaining': value }) });
    expect(limiter.state().remaining).toBeUndefined();
  });
});

describe('a wait that the API asks for', () => {
  it('holds back what can wait, the longest of several', async () => {
    const clock = createVirtualClock();
    const limiter = createRateLimiter(clock);
    limiter.learn({ status: 429, headers: new Headers({ 'retry-after': '7' }) });
    limiter.learn({ status: 503, headers: new Headers({ 'retry-after': '3' }) });
    expect(limiter.state().heldForMs).toBe(7_000);
    expect(limiter.state().msUntil(1)).toBeGreaterThanOrEqual(7_000);
    await limiter.turn();
    expect(clock.trueTime() - START).toBeGreaterThanOrEqual(7_000);
    expect(limiter.state().heldForMs).toBe(0);
  });

  it('is not waited for by somebody who has left', async () => {
    const clock = createVirtualClock();
    const limiter = createRateLimiter(clock);
    limiter.learn({ status: 429, headers: new Headers({ 'retry-after': '7' }) });
    await limiter.turn(AbortSignal.abort());
    expect(clock.trueTime()).toBe(START);
  });
});

describe('without headers', () => {
  it('keeps to the documented burst, and leaves a fifth of it', () => {
    let row = newRow(0);
    let made = 0;
    for (; spareIn(row) >= 1; made++) row = afterRequest(row, 0, 'background');
    expect(made).toBe(40);
    expect(waitIn(row)).toBe(1_000);
  });

  it('keeps to the documented limit of any minute', () => {
    let row = newRow(0);
    const at: number[] = [];
    for (let now = 0; now < 300_000; now += 50) {
      row = rowAt(row, now);
      if (waitIn(row) > 0) continue;
      row = afterRequest(row, now, 'background');
      at.push(now);
    }
    const most = Math.max(
      ...at.map((from) => at.filter((time) => time >= from && time < from + 60_000).length),
    );
    expect(most).toBeLessThanOrEqual(190);
    expect(at.length).toBeGreaterThan(900);
  });

  it('a refusal lowers the limit to what went out in a minute, and it grows back by 20 each minute', () => {
    let row = newRow(0);
    for (let n = 0; n < 150; n++) row = afterRequest(row, n * 100, 'people');
    row = afterAnswer(row, 15_000, told({ isThrottled: true }));
    expect([row.limit, row.remaining]).toEqual([149, 0]);
    expect(rowAt(row, 75_000).limit).toBe(169);
    expect(rowAt(row, 3_600_000).limit).toBe(200);
  });

  it('one refusal halves it at most, and ten a minute are always tried', () => {
    let row = newRow(0);
    const limits = [1, 2, 3, 4, 5, 6].map(() => {
      row = afterAnswer(row, 0, told({ isThrottled: true }));
      return row.limit;
    });
    expect(limits).toEqual([100, 50, 25, 12.5, 10, 10]);
  });

  it('a refusal without figures teaches nothing where figures were told', () => {
    const known = afterAnswer(afterRequest(newRow(0), 0, 'people'), 0, told({ remaining: 199 }));
    expect(afterAnswer(known, 0, told({ isThrottled: true }))).toEqual(known);
  });
});

it('a row is plain JSON, from the first moment on', () => {
  const fresh = newRow(5);
  expect(JSON.parse(JSON.stringify(fresh))).toEqual(fresh);
  const used = afterAnswer(afterRequest(fresh, 10, 'people'), 20, told({ remaining: 7, retryAfterMs: 3 }));
  expect(JSON.parse(JSON.stringify(used))).toEqual(used);
});

describe('what the headers show', () => {
  /** Answers to requests, `everyMs` apart, with what remains as `remains` says. */
  const watch = (answers: number, everyMs: number, remains: (n: number) => number, resetsInMs?: number) => {
    let row = newRow(0);
    for (let n = 0; n < answers; n++) {
      row = afterRequest(row, n * everyMs, 'people');
      row = afterAnswer(row, n * everyMs, told({ remaining: remains(n), resetsInMs }));
    }
    return row;
  };

  test.each<[string, number, (n: number) => number, string]>([
    ['falls by one with each request', 500, (n) => 199 - n, 'window'],
    ['stays full', 500, () => 49, 'bucket'],
    ['comes back by and by', 100, (n) => 49 - Math.floor(n * (1 - 200 / 600)), 'bucket'],
  ])('a figure that %s', (_, everyMs, remains, refill) => {
    expect(watch(40, everyMs, remains).refill).toBe(refill);
  });

  it('is no verdict before the two differ by much', () => {
    expect(watch(3, 100, (n) => 199 - n).refill).toBe('unknown');
  });

  it('a figure that leaps is that of a new window, whose end is at most a minute away', () => {
    const before = watch(40, 500, (n) => 100 - n);
    const row = afterAnswer(afterRequest(before, 20_000, 'people'), 20_000, told({ remaining: 198 }));
    expect([row.refill, row.remaining, row.resetAt]).toEqual(['window', 198, 80_000]);
  });

  it('a figure a little higher than ours is one of requests under way; a lower one is believed', () => {
    let row = watch(40, 500, (n) => 199 - n);
    for (let n = 0; n < 6; n++) row = afterRequest(row, 20_000, 'background');
    const ours = row.remaining;
    expect(afterAnswer(row, 20_000, told({ remaining: ours + 5 })).remaining).toBe(ours);
    expect(afterAnswer(row, 20_000, told({ remaining: ours + 17 })).remaining).toBe(ours + 17);
    expect(afterAnswer(row, 20_000, told({ remaining: ours - 50 })).remaining).toBe(ours - 50);
  });
});

describe('a window', () => {
  const window = (remaining: number, leftMs: number): RateRow => ({
    ...newRow(0),
    refill: 'window',
    remaining,
    resetAt: leftMs,
    ifWindow: remaining,
    ifBucket: remaining,
    isTold: true,
  });

  it('leaves to people two fifths of it for the time that it still lasts, and ten at its end', () => {
    expect(spareIn(window(200, 60_000))).toBeCloseTo(200 - 10 - 80);
    expect(spareIn(window(200, 30_000))).toBeCloseTo(200 - 10 - 40);
    expect(spareIn(window(20, 0))).toBeCloseTo(10);
  });

  it('leaves more where they lately used more', () => {
    let row = window(200, 60_000);
    for (let n = 0; n < 100; n++) row = afterRequest(row, 0, 'people');
    expect(spareIn(row)).toBeCloseTo(100 - 125 - 125);
    expect(spareIn(rowAt(row, 30_000))).toBeCloseTo(100 - 10 - 125 / 2);
    expect(spareIn(rowAt({ ...row, resetAt: 122_000 }, 62_000))).toBeCloseTo(100 - 10 - 80);
  });

  it('gives out what they do not use by and by', () => {
    const row = window(60, 60_000);
    expect(waitIn(row)).toBe(Math.ceil((31 / 80) * 60_000));
    expect(waitIn(rowAt(row, 23_251))).toBe(0);
  });

  it('when it should be over, one request finds out, and one a second while it is not', () => {
    let row = rowAt(window(0, 10_000), 10_000);
    expect([spareIn(row), waitIn(row)]).toEqual([1, 0]);
    row = afterRequest(row, 10_000, 'background');
    expect([spareIn(row), waitIn(row)]).toEqual([0, 750]);
    expect(waitIn(rowAt(row, 11_000))).toBe(0);
    const late = afterAnswer(row, 10_100, told({ remaining: 3, resetsInMs: 400 }));
    expect([late.isProbing, late.remaining, late.resetAt]).toEqual([false, 3, 10_600]);
    const over = afterAnswer(row, 10_100, told({ remaining: 199, resetsInMs: 59_900 }));
    expect([over.isProbing, over.remaining, over.resetAt]).toEqual([false, 199, 70_000]);
  });
});

describe('how long until so many can go out', () => {
  it('nothing for what is spare, and a limit a minute for the rest', () => {
    const bucket = { ...newRow(0), refill: 'bucket' as const, capacity: 50, remaining: 50 };
    expect(msUntil(bucket, 40)).toBe(0);
    expect(msUntil(bucket, 40 + 190)).toBeCloseTo(60_000);
    expect(msUntil({ ...bucket, heldUntil: 5_000 }, 40)).toBe(5_000);
  });

  it('of a window: what is spare, then until its end, then windows', () => {
    const row = { ...newRow(0), refill: 'window' as const, remaining: 200, resetAt: 60_000 };
    expect(msUntil(row, 110)).toBe(0);
    expect(msUntil(row, 190)).toBe(60_000);
    expect(msUntil(row, 190 + 100)).toBe(60_000);
    expect(msUntil(row, 190 + 190)).toBe(120_000);
  });
});

describe('a reading of 600 pages beside people, without any latency', () => {
  /** Seconds at which every hundredth page was read, the least that was left, and refusals; all in pure steps. */
  function simulate(limit: Limit, people: { everyMs: number; each: number; calls: number }) {
    const clock = createVirtualClock();
    const server = createLimit(limit, clock);
    const began = clock.trueTime();
    const now = () => clock.trueTime() - began;
    let row = newRow(0);
    let left = Number.POSITIVE_INFINITY;
    const request = (who: 'people' | 'background') => {
      row = afterRequest(row, now(), who);
      const { passes, headers } = server.take();
      left = Math.min(left, Math.floor(server.left()));
      const reset = headers['x-ratelimit-reset'];
      const remaining = headers['x-ratelimit-remaining'];
      row = afterAnswer(row, now(), {
        limit: remaining === undefined ? undefined : limit.perMinute,
        remaining: remaining === undefined ? undefined : Number(remaining),
        resetsInMs: reset === undefined ? undefined : Number(reset) * 1000 - clock.trueTime(),
        retryAfterMs: undefined,
        isThrottled: !passes,
      });
    };
    const seconds: number[] = [];
    let calls = 0;
    for (let pages = 0; pages < 600; ) {
      if (calls < people.calls && now() >= calls * people.everyMs) {
        calls++;
        for (let n = 0; n < people.each; n++) request('people');
        continue;
      }
      row = rowAt(row, now());
      const waitMs = waitIn(row);
      if (waitMs === 0) {
        request('background');
        if (++pages % 100 === 0) seconds.push(Math.round(now() / 1000));
      } else clock.advance(calls < people.calls ? Math.min(waitMs, calls * people.everyMs - now()) : waitMs);
    }
    return `${seconds.join(' ')} | left ${left} | refused ${server.refused()}`;
  }

  const PEOPLE = [
    ['nobody', { everyMs: 1, each: 1, calls: 0 }],
    ['one call in 1.5 s', { everyMs: 1_500, each: 1, calls: 60 }],
    ['8 calls in 8 s', { everyMs: 8_000, each: 8, calls: 20 }],
    ['120 calls a minute', { everyMs: 500, each: 1, calls: 200 }],
  ] as const;
  const KINDS = [
    { kind: 'window', perMinute: 200, burst: 200 },
    { kind: 'window', perMinute: 200, burst: 200, beginsMs: -40_000 },
    { kind: 'bucket', perMinute: 200, burst: 50 },
    { kind: 'bucket', perMinute: 60, burst: 20 },
  ] as const;

  test.each(PEOPLE)('%s', (_, people) => {
    const told = KINDS.flatMap((kind) =>
      (['all', 'no reset', 'none'] as const)
        .filter((headers) => headers !== 'none' || kind.perMinute === 200)
        .map((headers) => {
          const begins = 'beginsMs' in kind ? ' begun' : '';
          return `${kind.kind}${begins} ${kind.perMinute}, ${headers}: ${simulate({ ...kind, headers }, people)}`;
        }),
    );
    expect(told).toMatchSnapshot();
    // Twice as many as the share that is kept for people are more than a window has left that was begun without them.
    if (people.everyMs === 500) return;
    for (const line of told.filter((one) => !one.includes(' 60, '))) expect(line).toContain('refused 0');
  });
});

describe('how long, to the second', () => {
  const bucket: RateRow = { ...newRow(0), refill: 'bucket', capacity: 50, remaining: 20 };
  test.each<[string, RateRow, number, number]>([
    ['a bucket, some', bucket, 10, 0],
    ['a bucket, more', bucket, 105, 30],
    ['a bucket, while held', { ...bucket, heldUntil: 7_000 }, 105, 37],
    ['nothing known', newRow(0), 40 + 190, 60],
    [
      'a window, a rest given out at its end',
      { ...newRow(0), refill: 'window', remaining: 100, resetAt: 30_000 },
      90,
      30,
    ],
    [
      'a window, then another',
      { ...newRow(0), refill: 'window', remaining: 100, resetAt: 30_000 },
      90 + 114,
      30,
    ],
    [
      'a window, the end of another',
      { ...newRow(0), refill: 'window', remaining: 100, resetAt: 30_000 },
      90 + 152,
      60,
    ],
  ])('%s', (_, row, requests, seconds) => {
    expect(Math.round(msUntil(row, requests) / 1000)).toBe(seconds);
  });

  it('is more where people use it too, and never endless', () => {
    let busy: RateRow = { ...bucket, remaining: 10 };
    for (let n = 0; n < 100; n++) busy = { ...afterRequest(busy, 0, 'people'), remaining: 10 };
    expect(Math.round(msUntil(busy, 90) / 1000)).toBe(60);
    for (let n = 0; n < 300; n++) busy = { ...afterRequest(busy, 0, 'people'), remaining: 10 };
    expect(Math.round(msUntil(busy, 30) / 1000)).toBe(60);
  });
});

describe('what people lately used of a bucket', () => {
  it('is kept for them for ten seconds, though never all of it', () => {
    let row: RateRow = { ...newRow(0), refill: 'bucket', capacity: 50, remaining: 50 };
    for (let n = 0; n < 16; n++) row = { ...afterRequest(row, 0, 'people'), remaining: 50 };
    expect(spareIn(row)).toBe(30);
    expect(spareIn(rowAt(row, 9_000))).toBe(30);
    expect(spareIn(rowAt(row, 10_000))).toBe(40);
    for (let n = 0; n < 90; n++) row = { ...afterRequest(row, 0, 'people'), remaining: 50 };
    expect(spareIn(row)).toBe(1);
  });

  it('comes back drop by drop', () => {
    const row: RateRow = { ...newRow(0), refill: 'bucket', capacity: 50, remaining: 8 };
    expect(waitIn(row)).toBe(900);
    expect(waitIn(rowAt(row, 900))).toBe(0);
    expect(rowAt(row, 3_600_000).remaining).toBe(50);
  });
});
