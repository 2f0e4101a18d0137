import { AppError } from '../errors.ts';
import type { SentOne } from './accepted.ts';

/** A send under its key, and what is known of it. */
export type Entry = {
  readonly key: string;
  /** What it says and to whom, hashed: the same key never stands for anything else. */
  readonly print: string;
  /** The messages of its requests that Sent has accepted, by the place of the request. */
  readonly accepted: Map<number, readonly SentOne[]>;
  /** A request may have been done without an answer to tell. */
  unknown: boolean;
  /** All of it has been accepted. */
  done: boolean;
};

export type Ledger = {
  /**
   * The send that a call means: the one of its key; or, without a key, the same one that was left unfinished, so that
   * a call made anew after a lost answer does not double it; else a new one.
   * @throws AppError `conflict` for a key that belongs to another message.
   */
  entryFor(given: string | undefined, said: unknown): Promise<Entry>;
  /** Remembers a send from its first request on. */
  keep(entry: Entry): void;
};

/** Sends remembered, each with the ids of its messages; after that the API's own 24 hours remain. */
const MOST_KEPT = 100;
/** The keys made here end in the print of their message: known for it, and for begun, in another process too. */
const OWN_KEY = /-m([0-9a-f]{16})$/;

export function createLedger(newKey: () => string): Ledger {
  const entries = new Map<string, Entry>();

  return {
    async entryFor(given, said) {
      const print = await printOf(said);
      const unfinished = [...entries.values()].find(
        (entry) => entry.print === print && !entry.done && (entry.unknown || entry.accepted.size > 0),
      );
      const known = given === undefined ? unfinished : entries.get(given);
      if ((known?.print ?? OWN_KEY.exec(given ?? '')?.[1] ?? print) !== print) {
        throw new AppError(
          'conflict',
          'This idempotency_key belongs to another message, so nothing was sent.',
          {
            next: 'Leave idempotency_key out for a new message; give it only to repeat the very same call.',
          },
        );
      }
      const unknown = given !== undefined && OWN_KEY.test(given);
      const key = given ?? `${newKey()}-m${print}`;
      return known ?? { key, print, accepted: new Map(), unknown, done: false };
    },
    keep(entry) {
      entries.delete(entry.key);
      entries.set(entry.key, entry);
      if (entries.size <= MOST_KEPT) return;
      const [oldest] = entries.values();
      const dropped = [...entries.values()].find(({ done }) => done) ?? oldest;
      if (dropped) entries.delete(dropped.key);
    },
  };
}

/** SHA-256 of the JSON, its first 64 bits in hex. */
async function printOf(said: unknown): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(said)));
  return Buffer.from(hash).toString('hex').slice(0, 16);
}
