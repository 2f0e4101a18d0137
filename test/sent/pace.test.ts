import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/runtime/clock.ts';
import { createRateLimiter } from '../../src/sent/rate-limiter.ts';

/** A clock that leaps with each sleep; and a limit that is told with each answer. */
function account(limit: { kind: 'bucket' | 'window'; perMinute: number; most: number }) {
  let at = Date.UTC(2026, 10, 23, 12);
  const began = at;
  const clock: Clock = {
    now: () => at,
    monotonic: () => at,
    sleep: async (ms) => {
      at += ms;
    },
  };
  let tokens = limit.most;
  let filledAt = at;
  let refused = 0;
  const pace = createRateLimiter(clock);
  const drip = () => {
    if (limit.kind === 'bucket') {
      tokens = Math.min(limit.most, tokens + ((at - filledAt) * limit.perMinute) / 60_000);
      filledAt = at;
    } else if (at - filledAt >= 60_000) {
      tokens = limit.most;
      filledAt += 60_000 * Math.floor((at - filledAt) / 60_000);
    }
  };
  return {
    pace,
    pass: (ms: number) => {
      at += ms;
    },
    seconds: () => (at - began) / 1000,
    refused: () => refused,
    left: () => {
      drip();
      return Math.floor(tokens);
    },
    /** One request; it takes 50 ms. */
    request() {
      pace.started();
      at += 50;
      drip();
      if (tokens < 1) refused++;
      else tokens--;
      const resetAt =
        limit.kind === 'window' ? filledAt + 60_000 : at + ((limit.most - tokens) * 60_000) / limit.perMinute;
      const headers = new Headers({
        'x-ratelimit-limit': String(limit.perMinute),
        'x-ratelimit-remaining': String(Math.floor(tokens)),
        'x-ratelimit-reset': String(Math.ceil(resetAt / 1000)),
      });
      pace.ended(headers, undefined);
    },
  };
}

describe.each([
  { kind: 'bucket', perMinute: 200, most: 50 },
  { kind: 'window', perMinute: 200, most: 200 },
  { kind: 'bucket', perMinute: 20, most: 10 },
] as const)('under a $kind of $perMinute a minute', (limit) => {
  it('background work uses what there is, is never refused and leaves some for others', async () => {
    const { pace, request, refused, seconds, left } = account(limit);
    for (let done = 0; done < 500; done++) {
      await pace.turn();
      request();
      expect(left()).toBeGreaterThanOrEqual(7);
    }
    expect(refused()).toBe(0);
    const least = ((500 - limit.most) / limit.perMinute) * 60;
    expect(seconds()).toBeLessThan(least * 1.1 + 61);
  });

  it('calls that somebody waits for do not wait, and are made up for afterwards', async () => {
    const { pace, request, refused } = account(limit);
    for (let done = 0; done < 300; done++) {
      await pace.turn();
      request();
      if (done % 50 === 49) for (let others = 0; others < 5; others++) request();
    }
    expect(refused()).toBe(0);
  });
});

describe('the pace', () => {
  const START = Date.UTC(2026, 10, 23, 12);
  const at = (start: number) => {
    const clock = { at: start, slept: [] as number[] };
    const pace = createRateLimiter({
      now: () => clock.at,
      monotonic: () => clock.at,
      sleep: async (ms) => {
        clock.slept.push(ms);
        clock.at += ms;
      },
    });
    return { clock, pace };
  };
  const headers = (limit: number, remaining: number, inSeconds: number) =>
    new Headers({
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(remaining),
      'x-ratelimit-reset': String(START / 1000 + inSeconds),
    });

  it('holds nothing back before it knows of a limit', async () => {
    const { clock, pace } = at(START);
    for (let n = 0; n < 1000; n++) {
      await pace.turn();
      pace.started();
      pace.ended(new Headers(), undefined);
    }
    expect(clock.slept).toEqual([]);
  });

  it('waits as long as a 429 asks', async () => {
    const { clock, pace } = at(START);
    pace.started();
    pace.ended(new Headers(), 7_000);
    pace.started();
    pace.ended(new Headers(), 3_000);
    await pace.turn();
    expect(clock.slept).toEqual([7_000]);
  });

  it('waits for the end of a window, when only the reserve is left', async () => {
    const { clock, pace } = at(START);
    pace.started();
    pace.ended(headers(200, 8, 30), undefined);
    await pace.turn();
    expect(clock.slept[0]).toBe(30_000);
  });

  it('counts requests that are under way, and gives several that wait at once no more than there is', async () => {
    const pace = createRateLimiter({
      now: () => START,
      monotonic: () => START,
      sleep: () => new Promise(() => {}),
    });
    pace.started();
    pace.ended(headers(200, 12, 30), undefined);
    pace.started();
    let given = 0;
    for (let n = 0; n < 6; n++) void pace.turn().then(() => given++);
    await new Promise(setImmediate);
    expect(given).toBe(3);
  });

  it('gives up waiting when it is told to', async () => {
    const { clock, pace } = at(START);
    pace.started();
    pace.ended(headers(200, 0, 600), undefined);
    await pace.turn(AbortSignal.abort());
    expect(clock.slept).toEqual([]);
    expect(pace.state()).toEqual({ limit: 200, remaining: 0, resetsInMs: 600_000, heldForMs: 0 });
  });
});
