import { setMaxListeners } from 'node:events';
import { AppError } from '../../errors.ts';
import { ageMs, type Caller, type Clock, type Instant, instant } from '../../runtime/index.ts';
import type { ContactQuery, SentClient, SentPagination } from '../../sent/index.ts';
import { LARGEST_PAGE } from '../../sent/index.ts';
import { type Book, createBook } from '../book/index.ts';
import { type Contact, toContact } from '../model/index.ts';
import { createReading, PAGES_AT_ONCE, type PageFacts, type Reading } from './full-sync.ts';
import { createWaiting } from './wait-policy.ts';

/** An account of so few pages is soon read: then an answer waits for it, and is never older than a few seconds. */
const FEW_PAGES = 3;
const FRESH_FOR_MS = 5_000;
/** Older than this, the directory is read anew while it still answers; later where reading takes long. */
const STALE_AFTER_MS = 60_000;
const STALE_AFTER_READINGS = 3;
/** Older than this, an answer waits for it to be read anew. */
const TOO_OLD_AFTER_MS = 15 * 60_000;
const TOO_OLD_AFTER_READINGS = 6;
/** How often a page is asked for that the rate limit holds back for long, and the pause before each further time. */
const MOST_TRIES = 5;
const PAUSE_MS = 1_000;

export type DirectoryState = {
  /** Whether the whole account has been read. */
  complete: boolean;
  /** Milliseconds since the epoch from which on the account is known; changes made before it are in. */
  asOf: number;
  /** Contacts read, and how many there are if the API has said so. */
  read: number;
  total: number | undefined;
  /** Contacts that the API counted but did not list, though it was read to its end. */
  missing: number;
};

/**
 * The account's contacts in memory: read at 100 a page, several pages at once, behind calls that somebody waits for;
 * kept up by our own changes at once and by reading again in the background.
 */
export type Directory = {
  readonly book: Book;
  /**
   * Waits until the account is read whole, or for as long as an answer may wait; the reading goes on after that.
   * @throws AppError where the API fails, or gives nothing all the while: what was read is kept, and the next call reads on.
   */
  ready(caller: Pick<Caller, 'signal' | 'progress'>): Promise<DirectoryState>;
  state(): DirectoryState;
  /** A page of the API asked for now, on behalf of somebody; its contacts join the book. */
  list(
    query: ContactQuery,
    signal: AbortSignal,
  ): Promise<{ contacts: Contact[]; pagination: SentPagination | undefined }>;
  /** Contacts that another call of the API has just brought. */
  saw(contacts: readonly Contact[]): void;
  /** A change of our own, which no older page may undo. */
  wrote(contact: Contact): void;
  removed(id: string): void;
  /** Makes the next question read the account anew. */
  expire(): void;
  close(): void;
};

/** @param afterReading is called each time that the account has been read whole. */
export function createDirectory(
  client: SentClient,
  clock: Clock,
  book: Book = createBook(),
  afterReading: () => void = () => {},
): Directory {
  const closing = new AbortController();
  setMaxListeners(4 * PAGES_AT_ONCE, closing.signal); // Each page under way listens, and each wait; more would be a leak.
  /**
   * While pages are asked for: contacts that came another way, with the place of our latest change to them in the
   * order of our changes, or 0. Pages asked for before a change do not undo it.
   */
  const touched = new Map<string, number>();
  let changes = 0;
  let pagesUnderWay = 0;
  let complete = false;
  let asOf: Instant | undefined;
  let tookMs = 0;
  let total: number | undefined;
  let missing = 0;
  let readings = 0;
  /** Counts the times that all was declared old. */
  let era = 0;
  let unfinished: { reading: Reading; era: number } | undefined;
  let underWay: Promise<void> | undefined;
  const waiting = createWaiting(clock, client.rate);

  const own = (id: string): void => {
    changes++;
    if (underWay || pagesUnderWay > 0) touched.set(id, changes);
  };
  const forgetTouched = (): void => {
    if (!underWay && pagesUnderWay === 0) touched.clear();
  };
  const saw = (contacts: readonly Contact[]): void => {
    for (const contact of contacts) {
      book.put(contact);
      if (underWay) touched.set(contact.id, touched.get(contact.id) ?? 0);
    }
  };

  /** Asks for a page; gives what of it may join the book, without contacts that we changed after asking. */
  async function ask(query: ContactQuery, how: { signal: AbortSignal; background?: boolean }) {
    const asked = changes;
    pagesUnderWay++;
    try {
      const { rows, pagination } = await client.listContacts(query, how);
      const contacts = rows.map(toContact);
      const valid = contacts.filter(({ id }) => (touched.get(id) ?? 0) <= asked);
      return { contacts, valid, pagination };
    } finally {
      pagesUnderWay--;
      forgetTouched();
    }
  }

  async function readPage(reading: Reading, number: number): Promise<PageFacts> {
    const query = { page: number, pageSize: LARGEST_PAGE };
    const { contacts, valid, pagination } = await patiently(() =>
      ask(query, { signal: closing.signal, background: true }),
    );
    const facts = { fresh: contacts.length - valid.length, repeated: false };
    for (const contact of valid) {
      if (book.put(contact, reading.mark)) facts.fresh++;
      else facts.repeated = true;
    }
    const count = pagination?.total_count;
    total = count ?? total;
    // A little more, for those who come later; and only where a page bears the count out.
    if (count !== undefined && contacts.length === LARGEST_PAGE) book.reserve(Math.ceil(count * 1.02));
    const pages =
      pagination?.total_pages ?? (count === undefined ? undefined : Math.ceil(count / LARGEST_PAGE));
    return { ...facts, total: count, pages, more: pagination?.has_more };
  }

  /** Waits as long as the rate limit asks; the pace of the client does the waiting. */
  async function patiently<T>(read: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await read();
      } catch (error) {
        if (!(error instanceof AppError && error.isThrottled) || tries === MOST_TRIES) throw error;
        waiting.held(error);
        await clock.sleep(PAUSE_MS * tries, closing.signal);
      }
    }
  }

  async function readAccount(): Promise<void> {
    do {
      const isRecent = unfinished && ageMs(clock, unfinished.reading.startedAt) < TOO_OLD_AFTER_MS;
      const current =
        isRecent && unfinished?.era === era
          ? unfinished
          : { reading: createReading(instant(clock), ++readings), era };
      unfinished = current;
      const { reading } = current;
      await reading.run(
        (number) => readPage(reading, number),
        () =>
          waiting.page({
            read: reading.brought(),
            total,
            left: reading.pagesLeft(),
            pages: reading.pages(),
          }),
      );
      unfinished = undefined;
      for (const id of touched.keys()) {
        const contact = book.get(id);
        if (contact) book.put(contact, reading.mark);
      }
      book.sweep(reading.mark);
      missing = Math.max(0, (reading.total() ?? 0) - reading.brought());
      asOf = reading.startedAt;
      tookMs = clock.monotonic() - reading.startedAt.monotonic;
      complete = current.era === era;
    } while (!complete);
    afterReading();
  }

  const start = (): Promise<void> => {
    underWay ??= readAccount().finally(() => {
      underWay = undefined;
      forgetTouched();
    });
    return underWay;
  };

  const state = (): DirectoryState => ({
    complete,
    asOf: complete && asOf ? asOf.wall : clock.now(),
    read: book.size,
    total,
    missing,
  });

  return {
    book,
    state,
    async ready(caller) {
      const age = asOf ? ageMs(clock, asOf) : Number.POSITIVE_INFINITY;
      const small = book.size <= FEW_PAGES * LARGEST_PAGE;
      const staleAfterMs = small ? FRESH_FOR_MS : Math.max(STALE_AFTER_MS, STALE_AFTER_READINGS * tookMs);
      if (complete && age < staleAfterMs) return state();
      const whole = start();
      whole.catch(() => {}); // Whoever waits hears of it; a later call tries again.
      const tooOldAfterMs = small
        ? FRESH_FOR_MS
        : Math.max(TOO_OLD_AFTER_MS, TOO_OLD_AFTER_READINGS * tookMs);
      if (complete && age < tooOldAfterMs) return state();
      // What an earlier page brought answers too; what is too old to be told does not.
      await waiting.until(whole, caller, () => (unfinished?.reading.brought() ?? 0) === 0);
      return state();
    },
    async list(query, signal) {
      const { contacts, valid, pagination } = await ask(query, { signal });
      saw(valid);
      return { contacts, pagination };
    },
    saw,
    wrote(contact) {
      book.put(contact);
      own(contact.id);
    },
    removed(id) {
      book.remove(id);
      own(id);
    },
    expire() {
      era++;
      complete = false;
    },
    close: () => closing.abort(),
  };
}
