import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../errors.ts';
import type { Caller, Clock } from '../runtime/index.ts';
import { createBook } from './book/index.ts';
import type { Directory, DirectoryState, Finder } from './directory/index.ts';
import { createListing, type ListingPlace } from './directory/index.ts';
import { type Contact, oneCountry, parsePhone, toContact } from './model/index.ts';
import type { People } from './people/index.ts';
import {
  addShown,
  type Criteria,
  createCursors,
  isPlain,
  readCriteria,
  readGroupBy,
  type SearchInput,
  type Shown,
  type Sort,
  shownIds,
} from './question/index.ts';

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

/** Where a page ended: what was shown by then, and for a plain listing the page of the API. `asked` fixes spans of time. */
type Place = { question: Question; asked: number; shown?: Shown | undefined; listing?: ListingPlace };

/** Groups shown; how many are left out is said. */
const MOST_GROUPS = 100;
/** The most ways in which the API's own search is asked for one question. */
const MOST_WAYS = 4;

export type Search = (request: SearchRequest, caller: Caller) => Promise<SearchResult>;

/**
 * Answers a question about contacts: an exact number and a plain listing with one request of the API, anything else
 * from the directory. Pages of one answer hold every match exactly once, whatever changes between them.
 * @throws AppError `invalid_input` for an unknown country, date, group or cursor; else as the API fails.
 */
export function createSearch(parts: {
  directory: Directory;
  finder: Finder;
  clock: Clock;
  newKey: () => string;
  defaultCountry: string | undefined;
  people?: People | undefined;
}): Search {
  const { directory, clock, people } = parts;
  const cursors = createCursors<Place>(parts.newKey);
  const listing = createListing(directory);

  /** A page of the account as it is, from the API. Undefined where the API does not keep to pages. */
  async function listed(place: Place, limit: number, caller: Caller): Promise<SearchResult | undefined> {
    const page = await listing(place.listing, place.shown, limit, caller.signal);
    if (page === undefined) return undefined;
    const { contacts, total, next } = page;
    const cursor = next && cursors.put({ ...place, listing: next, shown: addShown(place.shown, contacts) });
    return {
      total,
      contacts: people ? contacts.map(people.lay) : contacts,
      ...(cursor && { next_cursor: cursor }),
      complete: true,
      as_of: iso(clock.now()),
      ...said(people?.warnings() ?? []),
    };
  }

  /** One request; all other parts of the question must hold too. */
  async function byNumber(question: Question & { phone_number: string }, caller: Caller) {
    const [country, ...others] = [question.country ?? []].flat();
    const readAs = country !== undefined && others.length === 0 ? oneCountry(country) : parts.defaultCountry;
    const number = parsePhone(question.phone_number, readAs);
    const criteria = readCriteria(question, clock.now());
    const sent = await parts.finder.byNumber(number.e164, caller);
    if (sent) directory.saw([toContact(sent)]);
    const contact = sent ? (people?.lay(toContact(sent)) ?? toContact(sent)) : people?.outside(number.e164);
    const book = createBook();
    if (contact) book.put(contact);
    const from = { complete: true, as_of: iso(clock.now()), ...said(people?.warnings() ?? []) };
    if (question.group_by !== undefined) {
      return { ...book.group(criteria, readGroupBy(question.group_by)), contacts: [], ...from };
    }
    const { total } = book.search(criteria, 'newest', 1);
    return { total, contacts: total > 0 && contact ? [contact] : [], ...from };
  }

  /** The API's own search, for an account that has not been read whole: what it finds joins the directory. */
  async function askApi({ query, channel }: Question, { text }: Criteria, caller: Caller) {
    const searches = [
      query ?? [],
      (text?.numbers ?? []).map(({ abroad, home, digits }) => abroad ?? home ?? digits),
    ];
    const whole = text?.numbers.find(({ digits, place }) => place === 'plus' && digits.length >= 7);
    const ways = [
      ...(whole ? [{ phone: `+${whole.digits}` }] : []),
      ...[...new Set(searches.flat())].map((search) => ({ search })),
      ...(channel === 'sms' || channel === 'whatsapp' ? [{ channel }] : []),
    ];
    // The reading of the account has just shown that the API is there; what it cannot search for is no failure.
    await Promise.allSettled(
      ways
        .slice(0, MOST_WAYS)
        .map((way) => directory.list({ page: 1, pageSize: 100, ...way }, caller.signal)),
    );
  }

  async function fromDirectory(place: Place, limit: number, caller: Caller): Promise<SearchResult> {
    const { question } = place;
    const criteria = readCriteria(question, place.asked);
    const groupBy = question.group_by === undefined ? undefined : readGroupBy(question.group_by);
    const state = await directory.ready(caller);
    if (!state.complete && !caller.signal.aborted) await askApi(question, criteria, caller);
    const warnings = [...warningsOf(state), ...(people?.warnings() ?? [])];
    const { book } = directory;
    const from = { complete: state.complete, as_of: iso(state.asOf) };
    if (groupBy !== undefined) {
      const grouped = book.group(criteria, groupBy);
      const { total, groups } = people && state.complete ? people.group(grouped, criteria, groupBy) : grouped;
      if (groups.length > MOST_GROUPS)
        warnings.push(`${groups.length - MOST_GROUPS} smaller groups are left out.`);
      return { total, contacts: [], groups: groups.slice(0, MOST_GROUPS), ...from, ...said(warnings) };
    }
    const sort = question.sort ?? (criteria.text ? 'relevance' : 'newest');
    const without = [...shownIds(place.shown)];
    const found = book.search(criteria, sort, limit, without);
    const asked = { criteria, sort, limit, without };
    const { total, contacts, more } = people
      ? await people.search(found, asked, state.complete, caller)
      : found;
    const cursor = more && cursors.put({ ...place, shown: addShown(place.shown, contacts) });
    return {
      total,
      contacts: people ? contacts.map(people.lay) : contacts,
      ...(cursor && { next_cursor: cursor }),
      ...from,
      ...said(warnings),
    };
  }

  return async ({ limit, cursor, ...given }, caller) => {
    const question = withoutGaps(given);
    await people?.ready();
    if (cursor !== undefined) {
      const place = cursors.take(cursor);
      if (!isPlain(question) && !isDeepStrictEqual(question, place.question)) {
        throw new AppError('invalid_input', 'The cursor belongs to another question.', {
          next: 'Give the cursor alone, or with the same fields as the call that returned it.',
        });
      }
      return (place.listing && (await listed(place, limit, caller))) ?? fromDirectory(place, limit, caller);
    }
    const { phone_number } = question;
    if (phone_number !== undefined) return byNumber({ ...question, phone_number }, caller);
    const place: Place = { question, asked: clock.now() };
    const page = isPlain(question) ? await listed(place, limit, caller) : undefined;
    return page ?? fromDirectory(place, limit, caller);
  };
}

/** What is said of an account that was not read whole. */
function warningsOf({ complete, read, total, missing }: DirectoryState): string[] {
  if (!complete) {
    const known = `Only ${read} of ${total ?? 'all'} contacts have been read`;
    return [`${known}; reading goes on, so ask again for more.`];
  }
  return missing > 0 ? [`Sent counts ${missing} more contacts than it lists.`] : [];
}

const iso = (ms: number): string => new Date(ms).toISOString();
const said = (warnings: string[]): { warnings?: string[] } => (warnings.length > 0 ? { warnings } : {});
const withoutGaps = (question: Question): Question =>
  Object.fromEntries(Object.entries(question).filter(([, value]) => value !== undefined));
