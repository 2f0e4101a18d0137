import type { Clock } from '../../src/runtime/clock.ts';

/** Turns of the event loop without news after which nothing moves any more but time. */
const STILL_TURNS = 12;

export type VirtualClock = Clock & {
  /** The same for a simulator: rejects when aborted. */
  work(ms: number, signal?: AbortSignal): Promise<void>;
};

/**
 * A clock that stands still while anything moves in this process, and then jumps to the next moment that somebody
 * sleeps for: hours pass in milliseconds, and a hang is seen as what it is.
 */
export function createVirtualClock(start: number): VirtualClock {
  let at = start;
  let news = 0;
  let running = false;
  const sleepers = new Set<{ due: number; wake: () => void }>();

  const run = (stillFor: number, seen: number): void => {
    if (sleepers.size === 0) {
      running = false;
      return;
    }
    if (news !== seen) return void setImmediate(run, 0, news);
    if (stillFor < STILL_TURNS) return void setImmediate(run, stillFor + 1, news);
    const due = Math.min(...[...sleepers].map((sleeper) => sleeper.due));
    at = Math.max(at, due);
    for (const sleeper of [...sleepers]) if (sleeper.due <= at) sleeper.wake();
    setImmediate(run, 0, news);
  };

  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const wake = () => {
        news++;
        sleepers.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper = { due: at + ms, wake };
      sleepers.add(sleeper);
      signal?.addEventListener('abort', wake, { once: true });
      news++;
      if (!running) {
        running = true;
        setImmediate(run, 0, news);
      }
    });

  return {
    now: () => at,
    sleep,
    async work(ms, signal) {
      await sleep(ms, signal);
      signal?.throwIfAborted();
    },
  };
}
