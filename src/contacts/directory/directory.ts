import { setMaxListeners } from 'node:events';
import type { ErrorCode } from '../../errors.ts';
import { ageMs, type Caller, type Clock, type Instant } from '../../runtime/index.ts';
import type { ContactQuery, SentClient, SentPagination } from '../../sent/index.ts';
import { MAX_PAGE_SIZE } from '../../sent/index.ts';
import type { AccountState } from '../../state/index.ts';
import { type Book, createBook } from '../book/index.ts';
import type { Contact } from '../model/index.ts';
import { createChangeFeed } from './change-feed.ts';
import { createSnapshots } from './snapshots.ts';
import {
  createFullSync,
  createPageReader,
  createPendingWrites,
  createSightings,
  createWaitPolicy,
  type Doubt,
  PAGES_AT_ONCE,
  type RefreshThrottle,
} from './sync/index.ts';
import { createUpkeep } from './upkeep.ts';

type Waiting = Pick<Caller, 'signal' | 'progress'>;

export type DirectoryState = {
  /** Whether the whole account has been read. */
  complete: boolean;
  /** Milliseconds since the epoch from which on the account is known; changes made before it are in. */
  asOf: number;
  /** How old that is. */
  ageMs: number;
  /** Contacts read, and how many there are if the API has said so. */
  read: number;
  total: number | undefined;
  /** Contacts that the API counted but did not list, though it was read to its end. */
  missing: number;
  /** About how long the reading under way will still take, in milliseconds; undefined where none is. */
  restMs: number | undefined;
  /** The last reading found so much less than there was that it is repeated before it is believed. */
  doubt: Doubt | undefined;
  /** Why it could not be read anew; undefined where the last reading went well. */
  failure: ErrorCode | undefined;
};

/**
 * The account's contacts in memory: read at 100 a page, several pages at once, behind calls that somebody waits for;
 * kept up by the changes that are made through this server, in any process, and by reading again in the background.
 */
export type Directory = {
  readonly book: Book;
  /** Learns what other processes have changed; never rejects. */
  catchUp(): Promise<void>;
  /**
   * Waits until the account is read whole, or for as long as an answer may wait; the reading goes on after that.
   * @throws AppError where the API fails, or gives nothing all the while: what was read is kept, and the next call reads on.
   */
  ready(caller: Waiting): Promise<DirectoryState>;
  /** Reads the account anew unless it is known no longer ago than `maxAgeMs`, and waits for that up to `withinMs`. */
  readAgain(need: { maxAgeMs: number; withinMs: number }, caller: Waiting): Promise<void>;
  state(): DirectoryState;
  /** Whether the account is being read, and how many requests it takes until it is read. */
  isReading(): boolean;
  pagesToRead(): number;
  /** Since when the whole account is known; undefined while it is not. */
  readAt(): Instant | undefined;
  /** Since when it is known that the book is right about this id, or number that nobody has; undefined for never. */
  knownSince(key: string): Instant | undefined;
  /** A page of the API asked for now, on behalf of somebody; its contacts join the book. */
  list(
    query: ContactQuery,
    signal: AbortSignal,
  ): Promise<{ contacts: Contact[]; pagination: SentPagination | undefined }>;
  /** Contacts that another call of the API has just brought, or one that it no longer has. */
  merge(contacts: readonly Contact[]): void;
  forget(id: string): void;
  /** The API has just said that nobody has this id, or number in E.164. */
  isNobodys(key: string): void;
  /** A change of our own, which no older page may undo; resolves when other processes can learn of it. Never rejects. */
  recordChange(contact: Contact): Promise<void>;
  recordRemoval(id: string): Promise<void>;
  /** Something may have changed that nobody could see: the next question waits for the account to be read anew. */
  invalidate(): void;
  close(): void;
};

export type DirectoryOptions = {
  clock: Clock;
  book?: Book | undefined;
  state?: AccountState | undefined;
  /** Called each time that the account has been read whole. */
  afterReading?: (() => void) | undefined;
  /** Shared by all accounts of a process. */
  refreshThrottle?: RefreshThrottle | undefined;
};

export function createDirectory(
  client: SentClient,
  { clock, book = createBook(), state: lasting, afterReading = () => {}, refreshThrottle }: DirectoryOptions,
): Directory {
  const closing = new AbortController();
  setMaxListeners(4 * PAGES_AT_ONCE, closing.signal); // Each page under way listens, and each wait; more would be a leak.
  const pendingWrites = createPendingWrites();
  const waitPolicy = createWaitPolicy(clock, client.rate);
  const sightings = createSightings(clock);
  const feed = createChangeFeed(lasting);
  const pages = createPageReader({
    ...{ client, book, pendingWrites, signal: closing.signal },
    onThrottled: waitPolicy.held,
  });
  const fullSync = createFullSync({
    ...{ book, clock, pendingWrites, waitPolicy, signal: closing.signal },
    async readPage(reading, page) {
      await upkeep.turn();
      return pages.read(reading, page);
    },
  });
  const upkeep = createUpkeep({
    ...{ book, clock, fullSync, pendingWrites, waitPolicy, feed, afterReading, refreshThrottle },
    signal: closing.signal,
    snapshots: createSnapshots(lasting, clock, ({ asOf }) => feed.tell({ kept: asOf })),
    onRestored: sightings.clear,
  });
  const isEmpty = () => (fullSync.reading()?.found() ?? 0) === 0;
  const ageOfAll = () => ageSince(upkeep.known()?.startedAt);
  const ageSince = (since: Instant | undefined) => (since ? ageMs(clock, since) : Number.POSITIVE_INFINITY);
  const readAt = () => (upkeep.isExpired() ? undefined : upkeep.known()?.startedAt);

  function state(): DirectoryState {
    const known = upkeep.known();
    return {
      complete: known !== undefined,
      asOf: known ? known.startedAt.wall : clock.now(),
      ageMs: known ? ageOfAll() : 0,
      read: book.size,
      total: pages.total(),
      missing: known?.missing ?? 0,
      restMs: upkeep.isReading() ? waitPolicy.restMs() : undefined,
      doubt: fullSync.doubt(),
      failure: upkeep.failure(),
    };
  }

  return {
    book,
    state,
    catchUp: upkeep.catchUp,
    async ready(caller) {
      await upkeep.catchUp();
      const freshness = upkeep.freshness();
      if (freshness === 'fresh') return state();
      const whole = upkeep.start();
      if (freshness === 'stale') return state();
      // What an earlier page brought answers too; what is too old to be told does not.
      await waitPolicy.until(whole, caller, isEmpty);
      return state();
    },
    async readAgain({ maxAgeMs, withinMs }, caller) {
      const until = clock.monotonic() + withinMs;
      // A reading that is under way may have begun too long ago.
      for (let round = 1; round <= 2 && ageOfAll() > maxAgeMs; round++) {
        const leftMs = until - clock.monotonic();
        if (leftMs <= 0 || caller.signal.aborted) return;
        await waitPolicy.until(upkeep.start(), caller, isEmpty, leftMs);
      }
    },
    isReading: upkeep.isReading,
    pagesToRead: () =>
      fullSync.reading()?.pagesLeft() ?? Math.max(1, Math.ceil((pages.total() ?? 0) / MAX_PAGE_SIZE)),
    readAt,
    knownSince(key) {
      const reading = fullSync.reading();
      const byReading = reading && book.isOf(key, reading.pass) ? reading.startedAt : undefined;
      const all = [sightings.of(key), byReading, readAt()];
      return all.reduce((newest, since) => (ageSince(since) < ageSince(newest) ? since : newest));
    },
    async list(query, signal) {
      const { contacts, valid, pagination } = await pages.ask(query, { signal });
      for (const contact of valid) join(contact);
      return { contacts, pagination };
    },
    merge(contacts) {
      for (const contact of contacts) join(contact);
    },
    forget(id) {
      book.remove(id);
      pendingWrites.changed(id);
    },
    isNobodys: sightings.add,
    recordChange(contact) {
      book.put(contact);
      pendingWrites.changed(contact.id);
      sightings.add(contact.id);
      return feed.tell({ changed: contact });
    },
    recordRemoval(id) {
      book.remove(id);
      pendingWrites.changed(id);
      return feed.tell({ removed: id });
    },
    invalidate() {
      upkeep.invalidate();
      sightings.clear();
    },
    close: () => closing.abort(),
  };

  function join(contact: Contact): void {
    book.put(contact);
    pendingWrites.seen(contact.id);
    sightings.add(contact.id);
  }
}
