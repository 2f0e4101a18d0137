/** An account of so few contacts is soon read: then an answer waits for it, and is never older than a few seconds. */
export const FEW_CONTACTS = 300;
const FRESH_FOR_MS = 5_000;
/** Older than this, the directory is read anew while it still answers; later where reading takes long. */
const STALE_AFTER_MS = 60_000;
const STALE_AFTER_READINGS = 3;
/** Older than this, an answer waits for it to be read anew. */
const TOO_OLD_AFTER_MS = 15 * 60_000;
const TOO_OLD_AFTER_READINGS = 6;

export type Knowledge = {
  /** How old it is, and how long the reading took that brought it. */
  ageMs: number;
  tookMs: number;
  contacts: number;
  /** Something may have changed since that it does not tell. */
  expired: boolean;
  /** For how long a restored copy has been in use; undefined for what this process has read itself. */
  restoredMs: number | undefined;
};
/** What an answer does with it: takes it, takes it while it is read anew, or waits for that. */
export type Freshness = 'fresh' | 'stale' | 'too old';

/** Pure: what is known is as good as its age, measured by the size of the account and by how long reading it takes. */
export function freshnessOf({ ageMs, tookMs, contacts, expired, restoredMs }: Knowledge): Freshness {
  if (expired) return 'too old';
  if (contacts <= FEW_CONTACTS) return ageMs < FRESH_FOR_MS ? 'fresh' : 'too old';
  if (ageMs < Math.max(STALE_AFTER_MS, STALE_AFTER_READINGS * tookMs)) return 'fresh';
  // After a restart what was kept answers at once, however old: as long as a reading may take to replace it.
  const waitedMs = restoredMs ?? ageMs;
  return waitedMs < Math.max(TOO_OLD_AFTER_MS, TOO_OLD_AFTER_READINGS * tookMs) ? 'stale' : 'too old';
}

/** An account is not believed to have emptied or halved on the word of one reading. */
export const isDoubtful = (found: number, before: number | undefined): boolean =>
  found === 0 ? before !== 0 : before !== undefined && found * 2 < before;
