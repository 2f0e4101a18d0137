import type { Clock } from '../src/runtime/clock.ts';

export const START = Date.UTC(2026, 10, 23, 12);

/** Turns of the event loop without news after which nothing moves any more but time. */
const REST_TURNS = 40;
/** The same while work is held under way: what shows no sign of life for so long hangs. */
const HANG_TURNS = 4_000;
/** Where the monotonic clock begins: far from the wall clock, so that whoever mixes the two is far off. */
const MONOTONIC_START = 1_000_000.5;

export type VirtualClock = Clock & {
  /** How a simulator sleeps: rejects when aborted, and holds nothing meanwhile. */
  work(ms: number, signal?: AbortSignal): Promise<void>;
  /** Holds the clock while work goes on, unless the work hangs. */
  during<T>(work: Promise<T>): Promise<T>;
  /** Lets time pass at once. */
  advance(ms: number): void;
  /** Sets the wall clock of this machine, and it alone, forward or back. */
  setWall(byMs: number): void;
  /** The time that it really is, as a server knows it. */
  trueTime(): number;
};

/**
 * A clock that stands still while anything moves in this process, and then jumps to the next moment that somebody
 * sleeps for: hours pass in milliseconds, and a hang is seen as what it is.
 */
export function createVirtualClock(start = START): VirtualClock {
  let passed = 0;
  let wallOffset = 0;
  let held = 0;
  let stillTurns = 0;
  let running = false;
  const sleepers = new Set<{ due: number; wake: () => void }>();

  const wakeThoseDue = (): void => {
    for (const sleeper of [...sleepers]) if (sleeper.due <= passed) sleeper.wake();
  };
  const turn = (): void => {
    running = sleepers.size > 0;
    if (!running) return;
    setImmediate(turn);
    if (stillTurns++ < (held > 0 ? HANG_TURNS : REST_TURNS)) return;
    stillTurns = 0;
    passed = Math.max(passed, Math.min(...[...sleepers].map(({ due }) => due)));
    wakeThoseDue();
  };
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const sleeper = {
        due: passed + ms,
        wake: () => {
          stillTurns = 0;
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', sleeper.wake);
          resolve();
        },
      };
      stillTurns = 0;
      sleepers.add(sleeper);
      signal?.addEventListener('abort', sleeper.wake, { once: true });
      if (!running) setImmediate(turn);
      running = true;
    });

  return {
    now: () => start + passed + wallOffset,
    monotonic: () => MONOTONIC_START + passed,
    sleep,
    async work(ms, signal) {
      held--;
      await sleep(ms, signal);
      held++;
      signal?.throwIfAborted();
    },
    async during(work) {
      held++;
      return work.finally(() => {
        held--;
        stillTurns = 0;
      });
    },
    advance(ms) {
      passed += ms;
      wakeThoseDue();
    },
    setWall(byMs) {
      wallOffset += byMs;
    },
    trueTime: () => start + passed,
  };
}
