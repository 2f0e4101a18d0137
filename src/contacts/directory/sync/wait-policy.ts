import { AppError } from '../../../errors.ts';
import type { Caller, Clock } from '../../../runtime/index.ts';
import { heldError } from '../../../sent/index.ts';
import { PAGES_AT_ONCE } from './reading.ts';

/** Longest that an answer waits for the whole account to be read. */
const ANSWER_WITHIN_MS = 10_000;
/** An answer that will not have the whole account in time anyway is given after this. */
const ANSWER_EARLY_MS = 1_500;
/** How many notices of progress a whole reading gives. */
const NOTICES = 40;

/** What is known when a page has come in: contacts read and to be read, pages left and in all. */
export type PageNotice = { read: number; total: number | undefined; left: number; pages: number };
type Rate = { heldForMs: number; msUntil(requests: number): number };
type Watcher = { page(notice: PageNotice): void; held(forMs: number): void };

/** Why somebody stops waiting for a reading. */
export type Reason = 'read' | 'caller left' | 'time is up' | 'too slow' | 'held back';

/** Those who wait for a reading. */
export type WaitPolicy = {
  /** A reading begins. */
  began(): void;
  /** A page has come in. */
  page(notice: PageNotice): void;
  /** The rate limit holds the reading back; it goes on after that. */
  held(reason: AppError): void;
  /** Another process reads: nobody here waits long for it. */
  readElsewhere(isElsewhere: boolean): void;
  /** Whether somebody waits for a reading now. */
  isWaitedFor(): boolean;
  /** About how long the reading under way will still take; undefined before its first page. */
  restMs(): number | undefined;
  /**
   * Resolves with the reason that came first: the reading has ended, the caller left, 10 seconds are over, it cannot end
   * in that time (after 1.5 seconds), or the API asks to wait for longer than that.
   * @param isEmpty whether nothing of the account is known yet.
   * @throws AppError as the reading fails; `rate_limited` or `unavailable` where nothing came in and nothing is known.
   */
  until(
    whole: Promise<void>,
    caller: Pick<Caller, 'signal' | 'progress'>,
    isEmpty: () => boolean,
    withinMs?: number,
  ): Promise<Reason>;
};

/** @param rate what the API last said of its limit. */
export function createWaitPolicy(clock: Clock, rate: () => Rate): WaitPolicy {
  const watchers = new Set<Watcher>();
  let pagesRead = 0;
  /** Why no pages come at present. */
  let heldBy: AppError | undefined;
  let latest: { notice: PageNotice; at: number } | undefined;
  let beganAt = 0;
  let pagesBefore = 0;
  let isElsewhere = false;

  /** How long the pages left will take: as long as those before, and no less than the rate limit asks. */
  function estimateMs(left: number, sinceMs: number, pages: number): number {
    // The first of several asked for at once is followed by the others at once.
    const others = PAGES_AT_ONCE - 1;
    const measured = (Math.max(0, left - others) * sinceMs) / (pages + others);
    return Math.max(measured, rate().msUntil(left));
  }

  return {
    began() {
      beganAt = clock.monotonic();
      pagesBefore = pagesRead;
      latest = undefined;
    },
    page(notice) {
      pagesRead++;
      heldBy = undefined;
      latest = { notice, at: clock.monotonic() };
      for (const watcher of watchers) watcher.page(notice);
    },
    held(reason) {
      heldBy = reason;
      for (const watcher of watchers) watcher.held(reason.retryAfterMs ?? 0);
    },
    readElsewhere(is) {
      isElsewhere = is;
    },
    isWaitedFor: () => watchers.size > 0,
    restMs() {
      if (latest === undefined) return undefined;
      const { notice, at } = latest;
      return Math.max(0, estimateMs(notice.left, at - beganAt, pagesRead - pagesBefore));
    },

    async until(whole, { signal, progress }, isEmpty, withinMs = ANSWER_WITHIN_MS) {
      const began = clock.monotonic();
      const before = pagesRead;
      const over = new AbortController();
      const heldMs = () => rate().heldForMs;

      const reason = await new Promise<Reason>((resolve, reject) => {
        const left = () => resolve('caller left');
        let isTooSlow = false;
        const watcher: Watcher = {
          held(forMs) {
            if (forMs > withinMs) resolve('held back');
          },
          page({ read, total, left, pages }) {
            const every = Math.max(1, Math.ceil(pages / NOTICES));
            if ((pagesRead - before) % every === 0)
              progress(read, total, 'Reading the contacts of the account');
            const sinceMs = clock.monotonic() - began;
            isTooSlow = sinceMs + estimateMs(left, sinceMs, pagesRead - before) > withinMs;
            if (isTooSlow && sinceMs >= ANSWER_EARLY_MS) resolve('too slow');
          },
        };
        over.signal.addEventListener('abort', () => {
          watchers.delete(watcher);
          signal.removeEventListener('abort', left);
        });
        watchers.add(watcher);
        signal.addEventListener('abort', left, { once: true });
        if (signal.aborted) left();
        if (heldMs() > withinMs) resolve('held back');
        whole.then(() => resolve('read'), reject);
        void clock.sleep(withinMs, over.signal).then(() => resolve('time is up'));
        void clock
          .sleep(ANSWER_EARLY_MS, over.signal)
          .then(() => (isTooSlow || isElsewhere) && resolve('too slow'));
      }).finally(() => over.abort());

      const isOver = reason === 'read' || reason === 'caller left' || isElsewhere;
      if (isOver || pagesRead > before || !isEmpty()) return reason;
      if (heldMs() > 0) throw heldError(heldMs());
      throw heldBy ?? new AppError('unavailable', 'Sent did not answer in time.');
    },
  };
}
