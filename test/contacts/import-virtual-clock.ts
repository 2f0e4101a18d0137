/** Time that leaps to the next thing that is due as soon as nothing else is left to do. */
export function virtualClock(start = Date.UTC(2026, 10, 23, 12)) {
  let at = start;
  let quiet = 0;
  let ticking = false;
  const waiting = new Set<{ due: number; wake: () => void }>();

  /** Work under way takes some real milliseconds; so many turns of 1 ms without a new wait are taken for rest. */
  const QUIET_TURNS = 6;
  const tick = (): void => {
    if (waiting.size === 0) {
      ticking = false;
      return;
    }
    setTimeout(tick, 1);
    if (++quiet < QUIET_TURNS) return;
    quiet = 0;
    const due = Math.min(...[...waiting].map((one) => one.due));
    at = Math.max(at, due);
    for (const one of [...waiting]) if (one.due <= at) one.wake();
  };

  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const one = {
        due: at + ms,
        wake: () => {
          quiet = 0;
          waiting.delete(one);
          signal?.removeEventListener('abort', one.wake);
          resolve();
        },
      };
      quiet = 0;
      waiting.add(one);
      signal?.addEventListener('abort', one.wake, { once: true });
      if (!ticking) {
        ticking = true;
        setTimeout(tick, 1);
      }
    });
  return { now: () => at, sleep };
}
