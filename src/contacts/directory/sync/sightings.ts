import { ageMs, type Clock, type Instant, instant } from '../../../runtime/index.ts';

/**
 * When the API last showed single contacts, apart from readings of the whole account: an id that somebody has, or an id
 * or a number that nobody has.
 */
export type Sightings = {
  add(key: string): void;
  of(key: string): Instant | undefined;
  clear(): void;
};

/** Sightings longer ago say nothing that matters: a list of numbers is answered by what is no older. */
const KEPT_MS = 15 * 60_000;
const MAX_SIGHTINGS = 20_000;

export function createSightings(clock: Clock): Sightings {
  /** The oldest come first. */
  const seen = new Map<string, Instant>();
  return {
    add(key) {
      seen.delete(key);
      seen.set(key, instant(clock));
      for (const [oldest, at] of seen) {
        if (seen.size <= MAX_SIGHTINGS && ageMs(clock, at) <= KEPT_MS) break;
        seen.delete(oldest);
      }
    },
    of: (key) => seen.get(key),
    clear: () => seen.clear(),
  };
}
