import { AppError } from '../errors.ts';
import type { SentClient } from '../sent/client.ts';
import type { Clock } from '../sent/clock.ts';
import type { Position } from './book.ts';
import type { Caller } from './caller.ts';
import { type Contact, toContact } from './contact.ts';
import { oneCountry } from './country.ts';
import { fits, isPlain, readCriteria, readGroupBy, type SearchInput, type Sort } from './criteria.ts';
import { createCursors } from './cursors.ts';
import type { Directory } from './directory.ts';
import type { Finder } from './finder.ts';
import { parsePhone } from './phone.ts';

/** What is asked; the same on every page of an answer. */
type Question = SearchInput & {
  phone_number?: string | undefined;
  sort?: Sort | undefined;
  group_by?: string | undefined;
};
export type SearchRequest = Question & { limit: number; cursor?: string | undefined };

export type SearchResult = {
  /** All matches, not only those of this page. */
  total: number;
  contacts: readonly Contact[];
  groups?: { value: string; count: number }[];
  next_cursor?: string;
  /** False when the account had not been read whole: there may be more matches. */
  complete: boolean;
  as_of: string;
  warnings?: string[];
};

/** Where a page ended: before a page of the API, or after a contact of the directory. `asked` fixes spans of time. */
type Place = { question: Question; asked: number; page?: number; pageSize?: number; after?: Position };

/** Groups shown; how many are left out is said. */
const MOST_GROUPS = 100;

export type Search = (request: SearchRequest, caller: Caller) => Promise<SearchResult>;

/**
 * Answers a question about contacts: an exact number and a plain listing with one request of the API, anything else
 * from the directory. Pages of one answer hold every match exactly once.
 * @throws AppError `invalid_input` for an unknown country, date, group or cursor; else as the API fails.
 */
export function createSearch(parts: {
  client: SentClient;
  directory: Directory;
  finder: Finder;
  clock: Clock;
  newKey: () => string;
  defaultCountry: string | undefined;
}): Search {
  const { client, directory, clock } = parts;
  const cursors = createCursors<Place>(parts.newKey);

  /** A page of the account as it is, from the API. Undefined where the API does not keep to pages. */
  async function listed({ question, asked, page = 1, pageSize = 1 }: Place, caller: Caller) {
    const answer = await client.listContacts({ page, pageSize }, { signal: caller.signal });
    const contacts = answer.rows.map(toContact);
    const total = answer.pagination?.total_count;
    if (total === undefined || contacts.length > pageSize) return undefined;
    directory.saw(contacts);
    const more = contacts.length > 0 && (answer.pagination?.has_more ?? page * pageSize < total);
    const next = more && cursors.put({ question, asked, page: page + 1, pageSize });
    return { total, contacts, ...(next && { next_cursor: next }), complete: true, as_of: iso(clock.now()) };
  }

  async function byNumber(
    question: Question & { phone_number: string },
    caller: Caller,
  ): Promise<SearchResult> {
    const [country, ...others] = [question.country ?? []].flat();
    const readAs = country !== undefined && others.length === 0 ? oneCountry(country) : parts.defaultCountry;
    const number = parsePhone(question.phone_number, readAs);
    const criteria = readCriteria(question, clock.now());
    const sent = await parts.finder.byNumber(number.e164, caller);
    const contact = sent && toContact(sent);
    if (contact) directory.saw([contact]);
    const found =
      contact &&
      fits(criteria, contact, Date.parse(contact.created_at ?? ''), Date.parse(contact.updated_at ?? ''));
    const groups = question.group_by === undefined ? undefined : readGroupBy(question.group_by);
    return {
      total: found ? 1 : 0,
      contacts: found && !groups ? [contact] : [],
      ...(groups && { groups: found ? groups(contact).map((value) => ({ value, count: 1 })) : [] }),
      complete: true,
      as_of: iso(clock.now()),
    };
  }

  /** The API's own search, for an account that has not been read whole: what it finds joins the directory. */
  async function askApi({ query, channel }: Question, caller: Caller): Promise<void> {
    const ways = [
      ...(query === undefined ? [] : [{ search: query }]),
      ...(channel === 'sms' || channel === 'whatsapp' ? [{ channel }] : []),
    ];
    const pages = ways.map((way) =>
      client.listContacts({ page: 1, pageSize: 100, ...way }, { signal: caller.signal }),
    );
    for (const page of await Promise.allSettled(pages)) {
      if (page.status === 'fulfilled') directory.saw(page.value.rows.map(toContact));
    }
  }

  async function fromDirectory(place: Place, limit: number, caller: Caller): Promise<SearchResult> {
    const { question, asked } = place;
    const criteria = readCriteria(question, asked);
    const groupsOf = question.group_by === undefined ? undefined : readGroupBy(question.group_by);
    const reading = await directory.ready(caller);
    const warnings: string[] = [];
    if (!reading.complete) {
      await askApi(question, caller);
      warnings.push(
        `Only ${reading.read} of ${reading.total ?? 'all'} contacts have been read; reading goes on, so ask again for more.`,
      );
    }
    const { book } = directory;
    const from = { complete: reading.complete, as_of: iso(reading.asOf) };
    if (groupsOf) {
      const { total, groups } = book.group(criteria, groupsOf);
      if (groups.length > MOST_GROUPS)
        warnings.push(`${groups.length - MOST_GROUPS} smaller groups are left out.`);
      return { total, contacts: [], groups: groups.slice(0, MOST_GROUPS), ...from, ...said(warnings) };
    }
    const sort = question.sort ?? (criteria.text ? 'relevance' : 'newest');
    const { total, contacts, next } = book.search(criteria, sort, limit, place.after);
    // While contacts still come in, a next page could miss some: then there is none.
    const cursor = next && reading.complete && cursors.put({ question, asked, after: next });
    return { total, contacts, ...(cursor && { next_cursor: cursor }), ...from, ...said(warnings) };
  }

  return async ({ limit, cursor, ...question }, caller) => {
    if (cursor !== undefined) {
      const place = cursors.take(cursor);
      if (!isPlain(question) && !sameQuestion(question, place.question)) {
        throw new AppError('invalid_input', 'The cursor belongs to another question.', {
          next: 'Give the cursor alone, or with the same fields as the call that returned it.',
        });
      }
      return (
        (place.page !== undefined && (await listed(place, caller))) || fromDirectory(place, limit, caller)
      );
    }
    const { phone_number } = question;
    if (phone_number !== undefined) return byNumber({ ...question, phone_number }, caller);
    const place: Place = { question, asked: clock.now() };
    const page = isPlain(question) ? await listed({ ...place, page: 1, pageSize: limit }, caller) : undefined;
    return page ?? fromDirectory(place, limit, caller);
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();
const said = (warnings: string[]): { warnings?: string[] } => (warnings.length > 0 ? { warnings } : {});
const sameQuestion = (a: Question, b: Question): boolean =>
  JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
