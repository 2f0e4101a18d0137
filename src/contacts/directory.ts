import type { SentClient } from '../sent/client.ts';
import { LARGEST_PAGE } from '../sent/client.ts';
import type { Clock } from '../sent/clock.ts';
import { type Book, createBook } from './book.ts';
import type { Caller } from './caller.ts';
import { type Contact, toContact } from './contact.ts';

/** Longest that an answer waits for the whole account to be read. */
const ANSWER_WITHIN_MS = 15_000;
/** Older than this, the directory is read anew while it still answers. */
const STALE_AFTER_MS = 60_000;
/** Older than this, an answer waits for it to be read anew. */
const TOO_OLD_AFTER_MS = 15 * 60_000;
const PAGES_AT_ONCE = 6;
/** How often the account is read again when rows moved between its pages meanwhile. */
const MOST_PASSES = 3;
/** Ends a listing that never ends by itself. */
const MOST_PAGES = 20_000;

export type Reading = {
  /** Whether the whole account has been read. */
  complete: boolean;
  /** Milliseconds since the epoch from which on the account is known; changes made before it are in. */
  asOf: number;
  /** Contacts read, and how many there are if the API has said so. */
  read: number;
  total: number | undefined;
};

/**
 * The account's contacts in memory: read at 100 a page, several pages at once, behind calls that somebody waits for;
 * kept up by our own changes at once and by reading again in the background.
 */
export type Directory = {
  readonly book: Book;
  /**
   * Waits until the account is read whole, or for as long as an answer may wait; the reading goes on after that.
   * @throws AppError where the API fails: what was read is kept, and the next call reads on.
   */
  ready(caller: Pick<Caller, 'signal' | 'progress'>): Promise<Reading>;
  state(): Reading;
  /** Rows that another call of the API has just brought. */
  saw(contacts: readonly Contact[]): void;
  /** A change of our own, which no older page may undo. */
  wrote(contact: Contact): void;
  removed(id: string): void;
  /** Makes the next question read the account anew. */
  expire(): void;
  close(): void;
};

/** One reading of all pages; kept when it fails, so that the next one goes on where it stopped. */
type Pass = {
  startedAt: number;
  seen: Set<string>;
  done: Set<number>;
  last: number | undefined;
  moved: boolean;
};

export function createDirectory(client: SentClient, clock: Clock): Directory {
  const book = createBook();
  const closing = new AbortController();
  const watchers = new Set<Caller['progress']>();
  /** Our own changes, each with its place in their order, while pages asked for earlier may still come in. */
  const written = new Map<string, number>();
  let changes = 0;
  let complete = false;
  let asOf = 0;
  let total: number | undefined;
  let unfinished: Pass | undefined;
  let reading: Promise<void> | undefined;

  const own = (id: string): void => {
    changes++;
    if (reading) written.set(id, changes);
  };

  /** Reads one page into the book; false when it is the last. */
  async function readPage(pass: Pass, page: number): Promise<boolean> {
    const asked = changes;
    const { rows, pagination } = await client.listContacts(
      { page, pageSize: LARGEST_PAGE },
      { signal: closing.signal, background: true },
    );
    let fresh = 0;
    for (const contact of rows.map(toContact)) {
      if (pass.seen.has(contact.id)) pass.moved = true;
      else fresh++;
      pass.seen.add(contact.id);
      if ((written.get(contact.id) ?? 0) <= asked) book.put(contact);
    }
    pass.done.add(page);
    const count = pagination?.total_count;
    if (count !== undefined) {
      if (pass.done.size > 1 && count !== total) pass.moved = true;
      total = count;
    }
    const pages =
      pagination?.total_pages ?? (count === undefined ? undefined : Math.ceil(count / LARGEST_PAGE));
    if (pages !== undefined) pass.last = Math.max(pass.last ?? 1, Math.min(pages, MOST_PAGES));
    for (const watch of watchers) watch(book.size, total, 'Reading the contacts of the account');
    // Where the API says nothing of more, only a page without news is the end.
    return (
      fresh > 0 &&
      page < MOST_PAGES &&
      (pagination?.has_more ?? (pass.last === undefined || page < pass.last))
    );
  }

  async function readPages(pass: Pass): Promise<void> {
    let next = 1;
    let failed = false;
    const worker = async (alone: boolean): Promise<void> => {
      while (!failed && (pass.last === undefined ? alone : next <= pass.last)) {
        const page = next++;
        if (pass.done.has(page)) continue;
        const more = await readPage(pass, page);
        if (more && pass.last !== undefined && page === pass.last) pass.last = page + 1;
        if (!more && pass.last === undefined) return;
        if (alone && pass.last !== undefined) return;
      }
    };
    const guarded = (alone: boolean) =>
      worker(alone).catch((error) => {
        failed = true;
        throw error;
      });
    // The first page tells how many there are; where it does not, they are read one after the other.
    await guarded(true);
    if (pass.last === undefined) return;
    const results = await Promise.allSettled(Array.from({ length: PAGES_AT_ONCE }, () => guarded(false)));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  async function readAccount(): Promise<void> {
    for (let passes = 1; ; passes++) {
      const resumed: Pass | undefined =
        unfinished && clock.now() - unfinished.startedAt < TOO_OLD_AFTER_MS ? unfinished : undefined;
      const pass: Pass = resumed ?? {
        startedAt: clock.now(),
        seen: new Set(),
        done: new Set(),
        last: undefined,
        moved: false,
      };
      unfinished = pass;
      await readPages(pass);
      unfinished = undefined;
      // Rows that moved between pages may have been missed: then the same is read again.
      const clean = !pass.moved && (total === undefined || total === pass.seen.size);
      if (!clean && passes < MOST_PASSES) continue;
      for (const contact of [...book.all()]) {
        if (!pass.seen.has(contact.id) && !written.has(contact.id)) book.remove(contact.id);
      }
      asOf = pass.startedAt;
      complete = true;
      return;
    }
  }

  const start = (): Promise<void> => {
    reading ??= readAccount().finally(() => {
      reading = undefined;
      written.clear();
    });
    return reading;
  };

  const state = (): Reading => ({ complete, asOf: complete ? asOf : clock.now(), read: book.size, total });

  return {
    book,
    state,
    async ready({ signal, progress }) {
      const age = clock.now() - asOf;
      if (complete && age < STALE_AFTER_MS) return state();
      const whole = start();
      if (complete && age < TOO_OLD_AFTER_MS) {
        whole.catch(() => {}); // The old answers; a later call will try again.
        return state();
      }
      const timer = new AbortController();
      const stopWaiting = () => timer.abort();
      signal.addEventListener('abort', stopWaiting, { once: true });
      watchers.add(progress);
      try {
        await Promise.race([whole, clock.sleep(ANSWER_WITHIN_MS, timer.signal)]);
      } finally {
        watchers.delete(progress);
        signal.removeEventListener('abort', stopWaiting);
        timer.abort();
        whole.catch(() => {});
      }
      return state();
    },
    saw: (contacts) => contacts.forEach(book.put),
    wrote(contact) {
      book.put(contact);
      own(contact.id);
    },
    removed(id) {
      book.remove(id);
      own(id);
    },
    expire() {
      asOf = 0;
    },
    close: () => closing.abort(),
  };
}
