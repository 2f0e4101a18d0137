import type { Clock } from '../../../runtime/index.ts';

/**
 * Holds back what readings that nobody waits for do, over all accounts of a process: 15 pages a second, so that they take
 * little of what calls need, and the million contacts that a process holds at most are read in 11 minutes; fewer while
 * the process is busy.
 * @param since when the reading was wanted, by the monotonic clock: the earliest goes first, so that each is soon done.
 * @param isUrgent whether somebody waits now; asked again while it is held back.
 * @returns resolves when the next page may be asked for.
 */
export type RefreshThrottle = (since: number, isUrgent: () => boolean) => Promise<void>;

const EVERY_MS = 1_000 / 15;
/** A process that is idle hears of its timers with no more delay than this. */
const USUAL_DELAY_MS = 3;
/** A busy process has so many times its delay for calls before the next page. */
const DELAYS_LEFT = 20;
const MAX_PAUSE_MS = 2_000;

export function createRefreshThrottle(clock: Pick<Clock, 'monotonic' | 'sleep'>): RefreshThrottle {
  type Turn = { since: number; isUrgent(): boolean; go(): void };
  let waiting: Turn[] = [];
  let isAtWork = false;
  /** Nothing but what is urgent goes before. */
  let pausedUntil = 0;

  async function letGo(): Promise<void> {
    isAtWork = true;
    while (waiting.length > 0) {
      const isPaused = clock.monotonic() < pausedUntil;
      const first = waiting.reduce((earliest, turn) => (turn.since < earliest.since ? turn : earliest));
      const going = waiting.filter((turn) => (turn === first && !isPaused) || turn.isUrgent());
      waiting = waiting.filter((turn) => !going.includes(turn));
      for (const turn of going) turn.go();
      const wakeAt = clock.monotonic() + EVERY_MS;
      await clock.sleep(EVERY_MS);
      const now = clock.monotonic();
      const delay = now - wakeAt - USUAL_DELAY_MS;
      if (delay > 0) pausedUntil = Math.max(pausedUntil, now + Math.min(DELAYS_LEFT * delay, MAX_PAUSE_MS));
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
