import type { VirtualClock } from '../virtual-clock.ts';

export type Limit = {
  kind: 'window' | 'bucket';
  perMinute: number;
  /** What a rested account may do at once. A window has all of it. */
  burst: number;
  headers: 'all' | 'no reset' | 'none';
  /** When the first window begins, against the first request; default: with it. */
  beginsMs?: number;
};

/** The limit of an account as a server keeps it: what it says of each request, and how many it refused. */
export function createLimit(limit: Limit, clock: VirtualClock) {
  const burst = limit.kind === 'window' ? limit.perMinute : limit.burst;
  let tokens = burst;
  let at = clock.trueTime() + (limit.beginsMs ?? 0);
  let refused = 0;
  const refill = (): void => {
    const now = clock.trueTime();
    if (limit.kind === 'bucket') {
      tokens = Math.min(burst, tokens + (Math.max(0, now - at) * limit.perMinute) / 60_000);
      at = now;
    } else if (now - at >= 60_000) {
      tokens = burst;
      at += 60_000 * Math.floor((now - at) / 60_000);
    }
  };
  return {
    refused: () => refused,
    left: () => {
      refill();
      return tokens;
    },
    /** One request: whether it may pass, and the headers of its answer. */
    take() {
      refill();
      const passes = tokens >= 1;
      if (passes) tokens--;
      else refused++;
      const isWindow = limit.kind === 'window';
      const fullAt = isWindow
        ? at + 60_000
        : clock.trueTime() + ((burst - tokens) * 60_000) / limit.perMinute;
      const nextMs = isWindow ? fullAt - clock.trueTime() : ((1 - tokens) * 60_000) / limit.perMinute;
      const headers: Record<string, string> = {
        date: new Date(clock.trueTime()).toUTCString(),
        ...(!passes && { 'retry-after': String(Math.ceil(nextMs / 1000)) }),
        ...(limit.headers !== 'none' && {
          'x-ratelimit-limit': String(limit.perMinute),
          'x-ratelimit-remaining': String(Math.floor(tokens)),
        }),
        ...(limit.headers === 'all' && { 'x-ratelimit-reset': String(Math.ceil(fullAt / 1000)) }),
      };
      return { passes, headers };
    },
  };
}
