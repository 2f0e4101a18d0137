import { ageMs, type Clock, type Instant, instant } from '../../../runtime/index.ts';

/** When single contacts were last shown by the API, apart from readings of the whole account. */
export type Sightings = {
  add(id: string): void;
  of(id: string): Instant | undefined;
  clear(): void;
};

/** Sightings longer ago say nothing that matters. */
const KEPT_MS = 5 * 60_000;
const MAX_SIGHTINGS = 20_000;

export function createSightings(clock: Clock): Sightings {
  /** The oldest come first. */
  const seen = new Map<string, Instant>();
  return {
    add(id) {
      seen.delete(id);
      seen.set(id, instant(clock));
      for (const [oldest, at] of seen) {
        if (seen.size <= MAX_SIGHTINGS && ageMs(clock, at) <= KEPT_MS) break;
        seen.delete(oldest);
      }
    },
    of: (id) => seen.get(id),
    clear: () => seen.clear(),
  };
}
