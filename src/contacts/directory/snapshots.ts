import { AppError } from '../../errors.ts';
import type { Clock, Instant } from '../../runtime/index.ts';
import type { AccountState, Hold } from '../../state/index.ts';
import { type Book, pack, unpack } from '../book/index.ts';

/** What is known of an account when its book is kept. */
export type Kept = { asOf: number; tookMs: number; missing: number };

/** The book of the account over restarts, and for other processes that share the state. */
export type Snapshots = {
  /**
   * Replaces the book with the one that was kept last; undefined where there is none that is newer, or it is damaged.
   * @param newerThan milliseconds since the epoch.
   */
  load(book: Book, newerThan: number): Promise<(Kept & { at: Instant }) | undefined>;
  /** Keeps the book, at most every so often. Never rejects: what fails is only not kept. */
  save(book: Book, kept: Kept): Promise<void>;
  /** The right to read the account; undefined while another process reads it. */
  claimReading(): Promise<Hold | undefined>;
};

const NAME = 'directory';
const VERSION = 1;
/** The book is not written more often than this. */
const SAVED_EVERY_MS = 30_000;
/** Where nothing is shared nobody else reads. */
const ALONE: Hold = { release: async () => {} };

/** @param onSaved is called when a book has been kept, so that others can be told. */
export function createSnapshots(
  state: AccountState | undefined,
  clock: Clock,
  onSaved: (kept: Kept) => Promise<void>,
): Snapshots {
  let savedAt = Number.NEGATIVE_INFINITY;
  let saving = false;

  return {
    async load(book, newerThan) {
      if (!state?.lasts) return undefined;
      try {
        const snapshot = await state.loadSnapshot(NAME);
        const packed = snapshot && unpack(snapshot.bytes, VERSION);
        const kept = packed && keptIn(packed.facts.kept);
        if (packed === undefined || kept === undefined || kept.asOf <= newerThan) return undefined;
        book.load(packed);
        const ageMs = Math.max(0, clock.now() - kept.asOf);
        return { ...kept, at: { wall: kept.asOf, monotonic: clock.monotonic() - ageMs } };
      } catch (error) {
        if (error instanceof AppError) return undefined;
        throw error;
      }
    },
    async save(book, kept) {
      if (!state?.lasts || saving || clock.monotonic() - savedAt < SAVED_EVERY_MS) return;
      saving = true;
      savedAt = clock.monotonic();
      const packed = book.save();
      const bytes = pack({ ...packed, facts: { ...packed.facts, kept } }, VERSION);
      try {
        await state.saveSnapshot(NAME, bytes);
        await onSaved(kept);
      } catch (error) {
        if (!(error instanceof AppError)) throw error; // It is read anew after the next start.
      } finally {
        saving = false;
      }
    },
    async claimReading() {
      if (!state?.lasts) return ALONE;
      try {
        return await state.hold(NAME);
      } catch (error) {
        if (error instanceof AppError) return ALONE; // Two who read are better than none.
        throw error;
      }
    },
  };
}

function keptIn(value: unknown): Kept | undefined {
  const { asOf, tookMs, missing } = (value ?? {}) as Record<string, unknown>;
  if (typeof asOf !== 'number' || typeof tookMs !== 'number' || typeof missing !== 'number') return undefined;
  return { asOf, tookMs, missing };
}
