import { ageMs, type Clock, type Instant, instant } from '../../../runtime/index.ts';
import type { Book } from '../../book/index.ts';
import { isDoubtful } from './freshness.ts';
import type { PendingWrites } from './pending-writes.ts';
import { createReading, type PageFacts, type Reading } from './reading.ts';
import type { WaitPolicy } from './wait-policy.ts';

/** What a reading of the whole account has shown. */
export type SyncResult = {
  startedAt: Instant;
  tookMs: number;
  /** Contacts that the API counted but did not list, though it was read to its end. */
  missing: number;
};
/** The last reading found so much less than there was before that it is repeated before it is believed. */
export type Doubt = { found: number; before: number };

export type FullSync = {
  /**
   * Reads the whole account into the book and drops who is gone; a reading that failed is taken up where it stopped.
   * @param before how many contacts the account had; undefined where it was never read.
   * @throws AppError as the API fails; what was read stays, nobody is dropped.
   */
  run(before: number | undefined): Promise<SyncResult>;
  /** The reading that is under way or was cut off. */
  reading(): Reading | undefined;
  doubt(): Doubt | undefined;
  /** What was read so far may be out of date: the next reading begins anew. */
  restart(): void;
};

/** Before a reading that is doubted is repeated. */
const PAUSE_MS = 1_000;
/** A reading that was cut off longer ago is not taken up. */
const RESUMED_WITHIN_MS = 15 * 60_000;

export function createFullSync(parts: {
  book: Book;
  clock: Clock;
  pendingWrites: PendingWrites;
  waitPolicy: WaitPolicy;
  signal: AbortSignal;
  /** Asks for one page in the background; its contacts join the book as those of this reading. */
  readPage(reading: Reading, page: number): Promise<PageFacts>;
}): FullSync {
  const { book, clock, pendingWrites, waitPolicy } = parts;
  let readings = 0;
  let unfinished: Reading | undefined;
  let doubt: Doubt | undefined;

  async function readOnce(): Promise<Reading> {
    if (unfinished && ageMs(clock, unfinished.startedAt) > RESUMED_WITHIN_MS) unfinished = undefined;
    unfinished ??= createReading(instant(clock), ++readings);
    const reading = unfinished;
    waitPolicy.began();
    await reading.run(
      (page) => parts.readPage(reading, page),
      () =>
        waitPolicy.page({
          read: reading.found(),
          total: reading.total(),
          left: reading.pagesLeft(),
          pages: reading.pages(),
        }),
    );
    unfinished = undefined;
    return reading;
  }

  return {
    reading: () => unfinished,
    doubt: () => doubt,
    restart() {
      unfinished = undefined;
    },
    async run(before) {
      let reading = await readOnce();
      if (doubt === undefined && isDoubtful(reading.found(), before)) {
        doubt = { found: reading.found(), before: before ?? 0 };
        await clock.sleep(PAUSE_MS, parts.signal);
        reading = await readOnce();
      }
      doubt = undefined;
      for (const id of pendingWrites.ids()) {
        const contact = book.get(id);
        if (contact) book.put(contact, reading.pass);
      }
      book.sweep(reading.pass);
      return {
        startedAt: reading.startedAt,
        tookMs: clock.monotonic() - reading.startedAt.monotonic,
        missing: Math.max(0, (reading.total() ?? 0) - reading.found()),
      };
    },
  };
}
