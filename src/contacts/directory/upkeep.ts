import { AppError, type ErrorCode } from '../../errors.ts';
import { ageMs, type Clock, type Instant, instant } from '../../runtime/index.ts';
import type { Hold } from '../../state/index.ts';
import type { Book } from '../book/index.ts';
import type { Change, ChangeFeed } from './change-feed.ts';
import type { Snapshots } from './snapshots.ts';
import type { FullSync, PendingWrites, SyncResult, WaitPolicy } from './sync/index.ts';
import { FEW_CONTACTS, type Freshness, freshnessOf, type RefreshThrottle } from './sync/index.ts';

/** The whole account as it is known; `restoredAt` where it was not read by this process. */
export type Known = SyncResult & { epoch: number; restoredAt?: Instant };

/**
 * Keeps the book of the whole account up: restores what was kept, reads it anew, and lets one of several processes read
 * for all of them.
 */
export type Upkeep = {
  /** Learns what was kept and what other processes have changed; never rejects. */
  catchUp(): Promise<void>;
  known(): Known | undefined;
  /** Whether what is known was declared old. */
  isExpired(): boolean;
  freshness(): Freshness;
  /** Begins to read the account anew, or joins whoever does; resolves when it is known, rejects as the API fails. */
  start(): Promise<void>;
  isReading(): boolean;
  /** Resolves when the reading under way may ask for its next page: it takes its time unless somebody waits, or would. */
  turn(): Promise<void>;
  /** Why the last reading failed; undefined where it went well. */
  failure(): ErrorCode | undefined;
  /** Declares all that is known old. */
  invalidate(): void;
};

/** Longest that an answer waits for what other processes know. */
const CAUGHT_UP_WITHIN_MS = 10_000;
/** A copy of another process is as good as a reading of our own up to this age. */
const YOUNG_MS = 60_000;
/** How often a process looks whether the one that reads is done, and where nobody waits for that, a tenth as often. */
const LOOK_EVERY_MS = 500;
const LOOKS_AT_LEISURE = 10;

export function createUpkeep(parts: {
  book: Book;
  clock: Clock;
  fullSync: FullSync;
  pendingWrites: PendingWrites;
  waitPolicy: WaitPolicy;
  snapshots: Snapshots;
  feed: ChangeFeed;
  refreshThrottle: RefreshThrottle | undefined;
  signal: AbortSignal;
  /** The book was replaced by one that is older than what single calls have shown. */
  onRestored(): void;
  afterReading(): void;
}): Upkeep {
  const { book, clock, fullSync, pendingWrites, waitPolicy, snapshots, feed } = parts;
  let known: Known | undefined;
  let epoch = 0;
  /** When all was declared old last, by the wall clock. */
  let expiredAt = Number.NEGATIVE_INFINITY;
  let underWay: Promise<void> | undefined;
  /** Since when the reading under way is wanted, by the monotonic clock. */
  let wantedSince = 0;
  let restoring: Promise<boolean> | undefined;
  let failure: ErrorCode | undefined;
  /** The latest moment as of which some process has kept the account. */
  let keptAsOf = Number.NEGATIVE_INFINITY;

  function freshness(): Freshness {
    if (known === undefined) return 'too old';
    return freshnessOf({
      ageMs: ageMs(clock, known.startedAt),
      tookMs: known.tookMs,
      contacts: book.size,
      expired: known.epoch !== epoch,
      restoredMs: known.restoredAt && ageMs(clock, known.restoredAt),
    });
  }
  const isUrgent = () => waitPolicy.isWaitedFor() || freshness() === 'too old' || parts.signal.aborted;
  const turn = async () => parts.refreshThrottle?.(wantedSince, isUrgent);

  function apply(change: Change): void {
    if ('kept' in change) {
      keptAsOf = Math.max(keptAsOf, change.kept);
    } else if ('removed' in change) {
      book.remove(change.removed);
      pendingWrites.changed(change.removed);
    } else if (isNotOlder(change.changed, book.get(change.changed.id)?.updated_at)) {
      book.put(change.changed);
      pendingWrites.changed(change.changed.id);
    }
  }

  /** What was changed since the account was kept is laid over it. */
  async function restore(isWanted = () => true): Promise<boolean> {
    const changes = await feed.all();
    if (changes === undefined || !isWanted()) return false;
    const kept = await snapshots.load(book, known?.startedAt.wall ?? Number.NEGATIVE_INFINITY);
    if (kept === undefined) return false;
    fullSync.restart();
    parts.onRestored();
    const { at: startedAt, tookMs, missing } = kept;
    const isExpired = kept.asOf < expiredAt;
    known = { startedAt, tookMs, missing, epoch: isExpired ? epoch - 1 : epoch, restoredAt: instant(clock) };
    for (const { change, at } of changes) if (at >= kept.asOf) apply(change);
    return true;
  }

  async function catchUp(): Promise<void> {
    const isFirst = restoring === undefined;
    // Where what was kept comes late, the account is being read already.
    restoring ??= restore(() => underWay === undefined);
    await restoring;
    // What was changed before this process knew anything is in what it will read, or was laid over what was kept.
    await feed.read((change) => {
      if (!isFirst || 'kept' in change) apply(change);
    });
  }
  /** An answer does not wait for ever for what other processes know: it may come without. */
  async function catchUpInTime(): Promise<void> {
    const over = new AbortController();
    await Promise.race([catchUp(), clock.sleep(CAUGHT_UP_WITHIN_MS, over.signal)]);
    over.abort();
  }

  /** The right to read the account; undefined where another process has read it meanwhile. */
  async function claimReading(): Promise<Hold | undefined> {
    const isSmall = known !== undefined && book.size <= FEW_CONTACTS;
    if (isSmall) return { release: async () => {} };
    if (!isUrgent()) {
      await turn(); // Before anything is held, since many may wait for theirs.
      await catchUpInTime();
    }
    const restoreNewer = async () => keptAsOf > (known?.startedAt.wall ?? 0) && (await restore());
    // What another process has just read need not be read again.
    if (clock.now() - keptAsOf < YOUNG_MS && (await restoreNewer())) return undefined;
    try {
      for (;;) {
        const hold = await snapshots.claimReading();
        if (hold !== undefined) return hold;
        waitPolicy.readElsewhere(true);
        let left = LOOKS_AT_LEISURE;
        do await clock.sleep(LOOK_EVERY_MS, parts.signal);
        while (--left > 0 && !isUrgent());
        if (parts.signal.aborted) throw new AppError('cancelled', 'The server is closing.');
        await feed.read(apply);
        if (await restoreNewer()) return undefined;
      }
    } finally {
      waitPolicy.readElsewhere(false);
    }
  }

  /** Once more where all was declared old meanwhile, but not for ever: whoever waits gets what one reading brings. */
  async function synchronise(): Promise<void> {
    wantedSince = clock.monotonic();
    const claim = await claimReading();
    if (claim === undefined) return;
    const pending = pendingWrites.hold();
    try {
      for (let round = 1; round <= 2; round++) {
        const began = epoch;
        known = { ...(await fullSync.run(known && book.size)), epoch: began };
        if (began === epoch) break;
      }
    } catch (error) {
      void claim.release();
      throw error;
    } finally {
      pending.release();
    }
    const { startedAt, tookMs, missing } = known as Known;
    void snapshots.save(book, { asOf: startedAt.wall, tookMs, missing }).finally(() => claim.release());
    parts.afterReading();
  }

  return {
    catchUp: catchUpInTime,
    known: () => known,
    isExpired: () => known?.epoch !== epoch,
    freshness,
    start() {
      underWay ??= synchronise().finally(() => {
        underWay = undefined;
      });
      // Whoever waits hears of it; a later call tries again.
      underWay.then(
        () => {
          failure = undefined;
        },
        (error: unknown) => {
          failure = error instanceof AppError ? error.code : 'internal';
        },
      );
      return underWay;
    },
    turn,
    isReading: () => underWay !== undefined,
    failure: () => failure,
    invalidate() {
      epoch++;
      expiredAt = clock.now();
      fullSync.restart();
    },
  };
}

/** Whether a change told by another process is at least as new as what is known. */
const isNotOlder = (told: { updated_at: string | undefined }, knownAt: string | undefined): boolean =>
  !(Date.parse(knownAt ?? '') > Date.parse(told.updated_at ?? ''));
