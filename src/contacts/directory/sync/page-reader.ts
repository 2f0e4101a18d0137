import type { AppError } from '../../../errors.ts';
import type { CallOptions, ContactQuery, SentClient, SentPagination } from '../../../sent/index.ts';
import { MAX_PAGE_SIZE } from '../../../sent/index.ts';
import type { Book } from '../../book/index.ts';
import { type Contact, toContact } from '../../model/index.ts';
import type { PendingWrites } from './pending-writes.ts';
import type { PageFacts, Reading } from './reading.ts';

/** Pages of the API, without what they tell of contacts that have changed since they were asked for. */
export type PageReader = {
  ask(
    query: ContactQuery,
    how: CallOptions,
  ): Promise<{
    contacts: Contact[];
    /** Those that may join the book. */
    valid: Contact[];
    pagination: SentPagination | undefined;
  }>;
  /** A page of a reading, asked for in the background; its contacts join the book. */
  read(reading: Reading, page: number): Promise<PageFacts>;
  /** How many contacts the account has, as a page of a reading said last. */
  total(): number | undefined;
};

/** Room for those who come while the account is read. */
const SPARE = 1.02;

export function createPageReader(parts: {
  client: Pick<SentClient, 'listContacts'>;
  book: Book;
  pendingWrites: PendingWrites;
  signal: AbortSignal;
  /** The rate limit holds a reading back; it goes on by itself. */
  onThrottled(reason: AppError): void;
}): PageReader {
  const { client, book, pendingWrites, signal, onThrottled } = parts;
  let total: number | undefined;

  const reader: PageReader = {
    total: () => total,
    async ask(query, how) {
      const page = pendingWrites.ask();
      try {
        const { rows, pagination } = await client.listContacts(query, how);
        const contacts = rows.map(toContact);
        return { contacts, valid: contacts.filter(({ id }) => page.mayJoin(id)), pagination };
      } finally {
        page.answered();
      }
    },
    async read(reading, number) {
      const query = { page: number, pageSize: MAX_PAGE_SIZE };
      const { contacts, valid, pagination } = await reader.ask(query, {
        signal,
        background: true,
        onThrottled,
      });
      const facts = { fresh: contacts.length - valid.length, repeated: false };
      for (const contact of valid) {
        if (book.put(contact, reading.pass)) facts.fresh++;
        else facts.repeated = true;
      }
      const count = pagination?.total_count;
      total = count ?? total;
      // Only where a page bears the count out.
      if (count !== undefined && contacts.length === MAX_PAGE_SIZE) book.reserve(Math.ceil(count * SPARE));
      const pages =
        pagination?.total_pages ?? (count === undefined ? undefined : Math.ceil(count / MAX_PAGE_SIZE));
      return { ...facts, total: count, pages, more: pagination?.has_more };
    },
  };
  return reader;
}
