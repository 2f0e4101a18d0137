import { AppError } from '../../errors.ts';
import type { Caller, Clock } from '../../runtime/index.ts';
import { heldError } from '../../sent/index.ts';
import { PAGES_AT_ONCE } from './full-sync.ts';

/** Longest that an answer waits for the whole account to be read. */
const ANSWER_WITHIN_MS = 15_000;
/** An answer that will not have the whole account in time anyway is given after this. */
const ANSWER_EARLY_MS = 3_000;
/** Requests of the rate limit that reading does not count on. */
const SPARED = 8;
/** How many notices of progress a whole reading gives. */
const NOTICES = 40;

/** What is known when a page has come in: contacts read and to be read, pages left and in all. */
export type PageNotice = { read: number; total: number | undefined; left: number; pages: number };
type Rate = { limit: number | undefined; remaining: number | undefined; heldForMs: number };

/** Those who wait for a reading. */
export type Waiting = {
  /** A page has come in. */
  page(notice: PageNotice): void;
  /** The API asks to wait for longer than anybody here does; the reading goes on after that. */
  held(reason: AppError): void;
  /**
   * Resolves when the reading has ended, when the caller leaves, after 15 s, or after 3 s if it cannot end in that time.
   * While the API asks to wait for longer than that, it resolves at once.
   * @param empty whether nothing of the account is known yet.
   * @throws AppError as the reading fails; `rate_limited` or `unavailable` where nothing came in and nothing is known.
   */
  until(
    whole: Promise<void>,
    caller: Pick<Caller, 'signal' | 'progress'>,
    empty: () => boolean,
  ): Promise<void>;
};

/** @param rate what the API last said of its limit. */
export function createWaiting(clock: Clock, rate: () => Rate): Waiting {
  const watchers = new Set<(notice: PageNotice | undefined) => void>();
  let pagesRead = 0;
  /** Why no pages come at present. */
  let heldBy: AppError | undefined;

  /** How long the pages left will take: as long as those before, and no less than the rate limit asks. */
  function estimateMs(left: number, sinceMs: number, pages: number): number {
    const { limit, remaining } = rate();
    // The first of several asked for at once is followed by the others at once.
    const others = PAGES_AT_ONCE - 1;
    const measured = (Math.max(0, left - others) * sinceMs) / (pages + others);
    if (!limit || remaining === undefined) return measured;
    return Math.max(measured, ((left - Math.max(0, remaining - SPARED)) * 60_000) / limit);
  }

  return {
    page(notice) {
      pagesRead++;
      heldBy = undefined;
      for (const watch of watchers) watch(notice);
    },
    held(reason) {
      heldBy = reason;
      for (const watch of watchers) watch(undefined);
    },

    async until(whole, { signal, progress }, empty) {
      const began = clock.monotonic();
      const before = pagesRead;
      const enough = new AbortController();
      const leave = () => enough.abort();
      let hopeless = false;
      let timed = false;
      let ended = false;

      const watch = (notice: PageNotice | undefined): void => {
        if (notice === undefined) {
          leave();
          return;
        }
        const { read, total, left, pages } = notice;
        const every = Math.max(1, Math.ceil(pages / NOTICES));
        if ((pagesRead - before) % every === 0) progress(read, total, 'Reading the contacts of the account');
        const since = clock.monotonic() - began;
        hopeless = since + estimateMs(left, since, pagesRead - before) > ANSWER_WITHIN_MS;
        if (!hopeless) return;
        if (since >= ANSWER_EARLY_MS) leave();
        else if (!timed) {
          timed = true;
          void clock.sleep(ANSWER_EARLY_MS - since, enough.signal).then(() => hopeless && leave());
        }
      };
      watchers.add(watch);
      signal.addEventListener('abort', leave, { once: true });
      const heldMs = rate().heldForMs;
      if (signal.aborted || heldMs > ANSWER_WITHIN_MS) leave();
      try {
        const end = whole.then(() => {
          ended = true;
        });
        await Promise.race([end, clock.sleep(ANSWER_WITHIN_MS, enough.signal)]);
      } finally {
        watchers.delete(watch);
        signal.removeEventListener('abort', leave);
        enough.abort();
      }
      if (pagesRead === before && empty() && !ended && !signal.aborted) {
        const stillHeldMs = rate().heldForMs;
        if (stillHeldMs > 0) throw heldError(stillHeldMs);
        throw heldBy ?? new AppError('unavailable', 'Sent did not answer in time.');
      }
    },
  };
}
