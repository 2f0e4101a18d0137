import type { Clock } from '../runtime/index.ts';
import { afterAnswer, afterRequest, msUntil, rowAt, waitIn } from './rate-row.ts';
import { retryAfterIn, serverTimeIn } from './reply.ts';
import { createRow, type SharedRate } from './shared-row.ts';

/** The account's limit as it stands now. */
export type RateState = {
  /** Requests a minute; undefined while the API has said nothing of it. */
  limit: number | undefined;
  remaining: number | undefined;
  /** Milliseconds until `remaining` is full again, where the API says so. */
  resetsInMs: number | undefined;
  /** Milliseconds for which the API has asked to wait (`Retry-After`); 0 where it has not. */
  heldForMs: number;
  /** Milliseconds until so many background requests can have gone out: an estimate. */
  msUntil(requests: number): number;
};

export type RateLimiter = {
  /** Resolves when a background request may go out, and counts it. Calls that somebody waits for do not ask. */
  turn(signal?: AbortSignal): Promise<void>;
  /** Counts a request that somebody waits for; it goes out now. */
  count(): void;
  /** Learns from an answer, or from none (undefined). */
  learn(answer: { status: number; headers: Headers } | undefined): void;
  state(): RateState;
  /** From now on the limit is one with other processes; where their row cannot be had, this one goes by its own. */
  share(shared: SharedRate): void;
  /** Resolves when the others know what went out, or after a second. */
  close(): Promise<void>;
};

/**
 * Keeps background work under the account's rate limit, and behind people: a call that somebody waits for never waits
 * here, and finds what people lately used still there.
 */
export function createRateLimiter(clock: Clock): RateLimiter {
  const row = createRow(clock);
  let told: Pick<RateState, 'limit' | 'remaining'> & { resetAt: number | undefined } = {
    limit: undefined,
    remaining: undefined,
    resetAt: undefined,
  };

  return {
    share: row.share,
    close: row.close,
    async turn(signal) {
      while (!signal?.aborted) {
        let waitMs = 0;
        await row.decide((found, now) => {
          const present = rowAt(found, now);
          waitMs = waitIn(present);
          return waitMs === 0 ? afterRequest(present, now, 'background') : present;
        });
        if (waitMs === 0) return;
        await clock.sleep(waitMs, signal);
      }
    },
    count: () => row.change((found, now) => afterRequest(found, now, 'people')),
    learn(answer) {
      if (!answer) return;
      const { headers, status } = answer;
      const serverNow = serverTimeIn(headers) ?? clock.now();
      const reset = numberIn(headers, 'x-ratelimit-reset');
      const news = {
        limit: numberIn(headers, 'x-ratelimit-limit') || undefined,
        remaining: numberIn(headers, 'x-ratelimit-remaining'),
        resetsInMs: reset === undefined ? undefined : reset * 1000 - serverNow,
        retryAfterMs: retryAfterIn(headers, serverNow),
        isThrottled: status === 429,
      };
      if (news.remaining !== undefined) {
        const { limit = told.limit, remaining, resetsInMs } = news;
        const resetAt = resetsInMs === undefined ? undefined : clock.monotonic() + resetsInMs;
        told = { limit, remaining, resetAt };
      }
      row.change((found, now) => afterAnswer(found, now, news));
    },
    state() {
      const now = clock.monotonic();
      const present = row.present();
      return {
        limit: told.limit,
        remaining: told.remaining,
        resetsInMs: told.resetAt === undefined ? undefined : Math.max(0, told.resetAt - now),
        heldForMs: Math.max(0, present.heldUntil - present.at),
        msUntil: (requests) => msUntil(present, requests),
      };
    },
  };
}

function numberIn(headers: Headers, name: string): number | undefined {
  const value = headers.get(name);
  return value && /^\d+$/.test(value.trim()) ? Number(value) : undefined;
}
