/** Time as an argument, so that nothing here depends on the real clock. */
export type Clock = {
  /** The wall clock, milliseconds since the epoch: for what is told or stored. It may be set back or forward. */
  now(): number;
  /** Milliseconds since some moment in the past; never goes back. For deadlines, waits and limits. */
  monotonic(): number;
  /** Resolves after `ms`, or as soon as the signal aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

export const systemClock: Clock = {
  now: Date.now,
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener('abort', done, { once: true });
    }),
};

/** A moment by both clocks, to be told later and to measure an age from. */
export type Instant = { readonly wall: number; readonly monotonic: number };

export const instant = (clock: Clock): Instant => ({ wall: clock.now(), monotonic: clock.monotonic() });

/**
 * Milliseconds since then, never less than have passed: a wall clock that was set back does not make data younger,
 * and neither does a machine that slept, while the monotonic clock stood still.
 */
export const ageMs = (clock: Clock, since: Instant): number =>
  Math.max(clock.monotonic() - since.monotonic, clock.now() - since.wall);
