import type { Clock } from '../../../runtime/index.ts';

/**
 * Holds back the pages of readings that nobody waits for, over all accounts of a process: 15 a second, so that they take
 * little of what calls need, and the million contacts that a process holds at most are read in 11 minutes.
 * @param since when the reading began, by the monotonic clock: the earliest goes first, so that each is soon done.
 * @param isUrgent whether somebody waits now; asked again while it is held back.
 * @returns resolves when the page may be asked for.
 */
export type RefreshThrottle = (since: number, isUrgent: () => boolean) => Promise<void>;

const EVERY_MS = 1_000 / 15;

export function createRefreshThrottle(clock: Pick<Clock, 'sleep'>): RefreshThrottle {
  type Page = { since: number; isUrgent(): boolean; go(): void };
  let waiting: Page[] = [];
  let isAtWork = false;

  async function letGo(): Promise<void> {
    isAtWork = true;
    while (waiting.length > 0) {
      const first = waiting.reduce((earliest, page) => (page.since < earliest.since ? page : earliest));
      const going = waiting.filter((page) => page === first || page.isUrgent());
      waiting = waiting.filter((page) => !going.includes(page));
      for (const page of going) page.go();
      await clock.sleep(EVERY_MS);
    }
    isAtWork = false;
  }

  return (since, isUrgent) =>
    new Promise((go) => {
      if (isUrgent()) return go();
      waiting.push({ since, isUrgent, go });
      if (!isAtWork) void letGo();
    });
}
