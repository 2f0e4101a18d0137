import type { Clock } from '../runtime/index.ts';
import { serverTimeIn } from './reply.ts';

/** The account's limit as the API last told it (`X-RateLimit-*`). */
export type RateState = {
  /** Requests a minute. */
  limit: number | undefined;
  remaining: number | undefined;
  /** Milliseconds until `remaining` is full again. */
  resetsInMs: number | undefined;
  /** Milliseconds for which the API has asked to wait (`Retry-After`); 0 where it has not. */
  heldForMs: number;
};

export type RateLimiter = {
  /** Counts a request of any kind that goes out now. */
  started(): void;
  /** Learns from an answer, or from none (`headers` undefined). */
  ended(headers: Headers | undefined, retryAfterMs: number | undefined): void;
  /** Resolves when a background request may go out, one at a time; calls that somebody waits for do not ask. */
  turn(signal?: AbortSignal): Promise<void>;
  state(): RateState;
};

/** Requests that background reading leaves to calls that somebody waits for. */
const RESERVE = 8;
/** A time of reset that has stood still for so long, though requests went out, is the end of a window. */
const STANDSTILL_MS = 2_000;

/**
 * Keeps background reading under the account's rate limit and always leaves room for interactive calls.
 * Limits come in two kinds: a window, which is full again at its end, and a bucket, into which requests drip back one
 * by one, so that the time at which it is full moves away with each request. The headers do not say which; their
 * course does. Without `X-RateLimit-*` headers nothing is held back until the API answers 429.
 */
export function createRateLimiter(clock: Clock): RateLimiter {
  let limit: number | undefined;
  let remaining: number | undefined;
  /** The time of the reset: as the API said it, and by our monotonic clock. */
  let resetTold: number | undefined;
  let resetAt: number | undefined;
  /** Requests that may still go out, those under way and granted taken off; with the time at which that was so. */
  let left = Number.POSITIVE_INFINITY;
  let leftAt = 0;
  let drips = false;
  let resetSince = 0;
  let underWay = 0;
  let granted = 0;
  let blockedUntil = 0;

  const waitMs = (): number => {
    const now = clock.monotonic();
    if (blockedUntil > now) return blockedUntil - now;
    const msEach = 60_000 / (limit || 60);
    if (drips) left = Math.min(limit ?? left, left + (now - leftAt) / msEach);
    leftAt = now;
    if (left >= RESERVE + 1) return 0;
    if (drips) return Math.ceil((RESERVE + 1 - left) * msEach);
    if (resetAt !== undefined && resetAt > now) return resetAt - now;
    left = RESERVE + 1; // The time of the reset is past: one more request will tell how much there is.
    return msEach;
  };

  return {
    started() {
      underWay++;
      if (granted > 0) granted--;
      else left--;
    },
    ended(headers, retryAfterMs) {
      const now = clock.monotonic();
      underWay--;
      if (retryAfterMs !== undefined) blockedUntil = Math.max(blockedUntil, now + retryAfterMs);
      const told = numberIn(headers, 'x-ratelimit-remaining');
      if (headers === undefined || told === undefined) return;
      remaining = told;
      limit = numberIn(headers, 'x-ratelimit-limit') ?? limit;
      const reset = numberIn(headers, 'x-ratelimit-reset');
      if (reset !== resetTold) {
        if (resetAt !== undefined && resetAt > now) drips = true;
        resetSince = now;
      } else if (now - resetSince > STANDSTILL_MS) drips = false;
      resetTold = reset;
      const serverNow = serverTimeIn(headers) ?? clock.now();
      resetAt = reset === undefined ? undefined : now + reset * 1000 - serverNow;
      left = remaining - underWay - granted;
      leftAt = now;
    },
    async turn(signal) {
      for (let wait = waitMs(); wait > 0 && !signal?.aborted; wait = waitMs())
        await clock.sleep(wait, signal);
      if (signal?.aborted) return;
      granted++;
      left--;
    },
    state: () => {
      const now = clock.monotonic();
      return {
        limit,
        remaining,
        resetsInMs: resetAt === undefined ? undefined : Math.max(0, resetAt - now),
        heldForMs: Math.max(0, blockedUntil - now),
      };
    },
  };
}

function numberIn(headers: Headers | undefined, name: string): number | undefined {
  const value = headers?.get(name);
  return value && /^\d+$/.test(value.trim()) ? Number(value) : undefined;
}
