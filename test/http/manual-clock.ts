import type { Clock } from '../../src/runtime/index.ts';

/** Time that passes only when it is told to. */
export function createManualClock(): Clock & { advance(ms: number): Promise<void> } {
  let at = 1_000_000;
  const sleepers = new Set<{ due: number; wake: () => void }>();
  return {
    now: () => at,
    monotonic: () => at,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const sleeper = { due: at + ms, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper);
          resolve();
        });
      }),
    async advance(ms) {
      at += ms;
      for (const sleeper of sleepers) {
        if (sleeper.due > at) continue;
        sleepers.delete(sleeper);
        sleeper.wake();
      }
      await new Promise(setImmediate);
    },
  };
}
