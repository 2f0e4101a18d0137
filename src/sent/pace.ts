import type { Clock } from './clock.ts';

/** The account's limit as the API last told it (`X-RateLimit-*`). */
export type RateState = {
  /** Requests a minute. */
  limit: number | undefined;
  remaining: number | undefined;
  /** Milliseconds since the epoch at which `remaining` is full again. */
  resetAt: number | undefined;
};

export type Pace = {
  /** Counts a request of any kind that goes out now. */
  started(): void;
  /** Learns from an answer, or from none (`headers` undefined). */
  ended(headers: Headers | undefined, retryAfterMs: number | undefined): void;
  /** Resolves when background work may go on; calls that somebody waits for do not ask. */
  turn(signal?: AbortSignal): Promise<void>;
  state(): RateState;
};

/** Requests of each minute that background reading leaves to calls that somebody waits for. */
const RESERVE = 8;

/**
 * Keeps background reading under the account's rate limit and always leaves room for interactive calls.
 * Without `X-RateLimit-*` headers nothing is held back until the API answers 429.
 */
export function createPace(clock: Clock): Pace {
  let rate: RateState = { limit: undefined, remaining: undefined, resetAt: undefined };
  let left = Number.POSITIVE_INFINITY;
  let underWay = 0;
  let blockedUntil = 0;

  const waitMs = (): number => {
    const now = clock.now();
    if (blockedUntil > now) return blockedUntil - now;
    if (left > RESERVE) return 0;
    if (rate.resetAt !== undefined && rate.resetAt > now) return rate.resetAt - now;
    left = RESERVE + 1; // The time of the reset is past: one more request will tell how much there is.
    return rate.limit ? 60_000 / rate.limit : 0;
  };

  return {
    started() {
      underWay++;
      left--;
    },
    ended(headers, retryAfterMs) {
      underWay--;
      if (retryAfterMs !== undefined) blockedUntil = Math.max(blockedUntil, clock.now() + retryAfterMs);
      const remaining = numberIn(headers, 'x-ratelimit-remaining');
      if (remaining === undefined) return;
      const reset = numberIn(headers, 'x-ratelimit-reset');
      rate = {
        limit: numberIn(headers, 'x-ratelimit-limit') ?? rate.limit,
        remaining,
        resetAt: reset === undefined ? undefined : reset * 1000,
      };
      left = remaining - underWay;
    },
    async turn(signal) {
      for (let wait = waitMs(); wait > 0 && !signal?.aborted; wait = waitMs())
        await clock.sleep(wait, signal);
    },
    state: () => rate,
  };
}

function numberIn(headers: Headers | undefined, name: string): number | undefined {
  const value = headers?.get(name);
  return value && /^\d+$/.test(value.trim()) ? Number(value) : undefined;
}
