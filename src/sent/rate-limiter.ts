import type { Clock } from '../runtime/index.ts';
import { afterAnswer, afterRequest, msUntil, newRow, type RateRow, rowAt, waitIn } from './rate-row.ts';
import { retryAfterIn, serverTimeIn } from './reply.ts';

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
};

/** One row for the several processes that use an account. */
export type SharedRate = {
  /**
   * Changes the row, alone among all processes, and gives it as it is then; `undefined` where there is none yet.
   * `change` is pure and quick. `now`: milliseconds of one clock for all of them, such as that of the database.
   */
  update(change: (row: RateRow | undefined, now: number) => RateRow): Promise<RateRow>;
};

/**
 * Keeps background work under the account's rate limit, and behind people: a call that somebody waits for never waits
 * here, and finds what people lately used still there. Where the shared row cannot be had, each process goes by its own.
 */
export function createRateLimiter(clock: Clock, shared?: SharedRate): RateLimiter {
  let own = newRow(clock.monotonic());
  /** The shared row as it was last seen, in times of our own clock. */
  let seen: { row: RateRow; aheadMs: number } | undefined;
  let told: Pick<RateState, 'limit' | 'remaining'> & { resetAt: number | undefined } = {
    limit: undefined,
    remaining: undefined,
    resetAt: undefined,
  };

  type Change = (row: RateRow, now: number) => RateRow;

  function updateOwn(change: Change): RateRow {
    const now = clock.monotonic();
    own = change(own, now);
    return own;
  }

  /** @returns the row that counts, after the change. */
  async function update(change: Change): Promise<RateRow> {
    const row = updateOwn(change);
    if (!shared) return row;
    try {
      const common = await shared.update((found, now) => {
        seen = { row: change(found ?? newRow(now), now), aheadMs: now - clock.monotonic() };
        return seen.row;
      });
      return common;
    } catch {
      seen = undefined;
      return row;
    }
  }

  return {
    async turn(signal) {
      while (!signal?.aborted) {
        let waitMs = 0;
        const take: Change = (row, now) => {
          const present = rowAt(row, now);
          waitMs = waitIn(present);
          return waitMs === 0 ? afterRequest(present, now, 'background') : present;
        };
        if (shared) await update(take);
        else updateOwn(take);
        if (waitMs === 0) return;
        await clock.sleep(waitMs, signal);
      }
    },
    count: () => void update((row, now) => afterRequest(row, now, 'people')),
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
      void update((row, now) => afterAnswer(row, now, news));
    },
    state() {
      const now = clock.monotonic();
      const row = seen ? rowAt(seen.row, now + seen.aheadMs) : rowAt(own, now);
      return {
        limit: told.limit,
        remaining: told.remaining,
        resetsInMs: told.resetAt === undefined ? undefined : Math.max(0, told.resetAt - now),
        heldForMs: Math.max(0, row.heldUntil - row.at),
        msUntil: (requests) => msUntil(row, requests),
      };
    },
  };
}

function numberIn(headers: Headers, name: string): number | undefined {
  const value = headers.get(name);
  return value && /^\d+$/.test(value.trim()) ? Number(value) : undefined;
}
