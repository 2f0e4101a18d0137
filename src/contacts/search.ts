import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../errors.ts';
import type { Caller, Clock } from '../runtime/index.ts';
import { type BookAnswers, TOLD_FROM_MS } from './book-answers.ts';
import { createListing, type Directory, type Finder } from './directory/index.ts';
import { oneCountry, parsePhone, toContact } from './model/index.ts';
import type { People } from './people/index.ts';
import {
  allOf,
  type Cursors,
  groupsOf,
  isPlain,
  matches,
  readGroupBy,
  type SearchInput,
  SORT_READ_AS,
  SORTED_BY,
  type Sort,
  timesAskedFor,
} from './question/index.ts';
import type { Question, SearchPosition, SearchRequest, SearchResult } from './search-request.ts';
import { criteriaOfPart, type SelectionPart } from './selection-part.ts';
import type { Selections } from './selections.ts';

/** A position, what the pages before it showed, and the cursor that led here. */
type Page = SearchPosition & { shown: readonly string[]; cursor?: string };
/** What one way of answering found. */
type Answer = Pick<SearchResult, 'total' | 'contacts' | 'groups' | 'complete' | 'as_of'> & {
  warnings: string[];
  /** The order of what was found; undefined for the API's own, which is not told, and where there is none to see. */
  order?: Sort | undefined;
  /** Where the next page begins; undefined for the last. */
  next?: Omit<SearchPosition, 'selection'> | undefined;
};

/** Groups shown; how many are left out is said. */
const MAX_GROUPS = 100;

export type Search = (request: SearchRequest, caller: Caller) => Promise<SearchResult>;

/**
 * Answers a question about contacts: an exact number and a plain listing with one request of the API, anything else
 * from the directory. Pages of one answer hold every match exactly once, whatever changes between them.
 * @throws AppError `invalid_input` for an unknown country, date, group, selection or cursor; else as the API fails.
 */
export function createSearch(parts: {
  directory: Directory;
  finder: Finder;
  answers: BookAnswers;
  selections: Selections;
  cursors: Cursors<SearchPosition>;
  clock: Clock;
  defaultCountry: string | undefined;
  people: People;
}): Search {
  const { directory, clock, people, selections, cursors } = parts;
  const listing = createListing(directory);

  /** A page of the account as it is, from the API. Undefined where the API does not keep to pages, or shows too little. */
  async function listed(page: Page, limit: number, caller: Caller): Promise<Answer | undefined> {
    const pageSize = Math.max(1, limit);
    const found = await listing(page.listing, page.shown, pageSize, caller.signal);
    // An account is not believed to be empty, or to have halved, on the word of one page.
    const known = directory.state();
    if (found === undefined || found.total === 0 || (known.complete && 2 * found.total < known.read))
      return undefined;
    await people.ready();
    return {
      total: found.total,
      contacts: limit === 0 ? [] : found.contacts.map(people.enrich),
      complete: true,
      warnings: people.warnings(),
      next: found.next && { question: page.question, parts: page.parts, listing: found.next },
    };
  }

  /** One request; all other parts of the question must hold too. */
  async function ofNumber(e164: string, page: Page, caller: Caller): Promise<Answer> {
    const sent = await parts.finder.byNumber(e164, caller);
    await people.ready();
    if (sent) directory.merge([toContact(sent)]);
    const contact = sent ? people.enrich(toContact(sent)) : people.notInSent(e164);
    const fits = contact !== undefined && matches(allOf(page.parts.map(criteriaOfPart)), contact);
    const answer = { total: fits ? 1 : 0, contacts: [], complete: true, warnings: people.warnings() };
    const { group_by } = page.question;
    if (!fits) return { ...answer, ...(group_by !== undefined && { groups: [] }) };
    if (group_by === undefined) return { ...answer, contacts: [contact] };
    const groups = groupsOf(readGroupBy(group_by), contact).map((value) => ({ value, count: 1 }));
    return { ...answer, groups };
  }

  async function fromBook(page: Page, limit: number, caller: Caller): Promise<Answer> {
    const { question } = page;
    if (question.group_by !== undefined) {
      const by = readGroupBy(question.group_by);
      const { grouped, state, warnings } = await parts.answers.count(page.parts, by, caller);
      const { total, groups } = grouped;
      if (groups.length > MAX_GROUPS)
        warnings.push(`${groups.length - MAX_GROUPS} smaller groups are left out.`);
      if (by.parts.some(({ on }) => on === 'metadata')) warnings.push(...withoutMetadata(state.complete));
      const from = { complete: state.complete, ...asOf(state), warnings };
      return { total, contacts: [], groups: groups.slice(0, MAX_GROUPS), ...from };
    }
    const sort = sortOf(page);
    const asked = { sort, limit, without: page.shown };
    const { found, criteria, state, warnings } = await parts.answers.find(page.parts, asked, caller);
    if (criteria.tests.some(({ on }) => on === 'metadata')) warnings.push(...withoutMetadata(state.complete));
    return {
      total: found.total,
      contacts: found.contacts,
      complete: state.complete,
      ...asOf(state),
      warnings,
      order: found.total > 1 ? sort : undefined,
      next: found.more ? { question, parts: page.parts } : undefined,
    };
  }

  const withoutMetadata = (complete: boolean): string[] =>
    complete && !directory.book.hasMetadata()
      ? ['No contact of this account has any metadata, so this says nothing about people.']
      : [];

  /** The parts of a new question: what a selection stands for, a number, and the filters given. */
  async function partsOf({ selection, phone_number, sort: _sort, group_by: _by, ...filters }: Question) {
    const found: SelectionPart[] = [];
    if (selection !== undefined) found.push(...(await selections.parts(selection)));
    if (phone_number !== undefined) {
      const [country, ...others] = [filters.country ?? []].flat();
      const readAs = country !== undefined && others.length === 0 ? oneCountry(country) : undefined;
      found.push({ numbers: [parsePhone(phone_number, readAs ?? parts.defaultCountry).e164] });
    }
    if (!isPlain(filters) || found.length === 0) found.push({ question: filters, asked: clock.now() });
    return found;
  }

  async function pageOf(question: Question, cursor: string | undefined): Promise<Page> {
    if (cursor === undefined) {
      const { selection } = question;
      const isSame = selection !== undefined && isPlain({ ...question, selection: undefined } as SearchInput);
      return {
        question,
        parts: await partsOf(question),
        shown: [],
        ...(isSame && { selection: selection.trim() }),
      };
    }
    const { position, shown } = await cursors.take(cursor);
    if (!isPlain(question as SearchInput) && !isDeepStrictEqual(question, position.question)) {
      throw new AppError('invalid_input', 'The cursor belongs to another question.', {
        next: 'Give the cursor alone, or with the same fields as the call that returned it.',
      });
    }
    return { ...position, shown, cursor };
  }

  async function answer(page: Page, limit: number, caller: Caller): Promise<Answer> {
    const { question, parts: asked } = page;
    if (question.phone_number !== undefined && question.selection === undefined) {
      const numbers = asked.flatMap((part) => ('numbers' in part ? part.numbers : []));
      return ofNumber(numbers[0] ?? '', page, caller);
    }
    const isListing =
      page.cursor === undefined ? isPlain(question as SearchInput) : page.listing !== undefined;
    const found = isListing ? await listed(page, limit, caller) : undefined;
    return found ?? fromBook(page, limit, caller);
  }

  return async ({ limit, cursor, ...given }, caller) => {
    const question = withoutGaps(given);
    const page = await pageOf(question, cursor);
    const criteria = allOf(page.parts.map(criteriaOfPart));
    const { sort, group_by } = page.question;
    const by = group_by === undefined ? undefined : readGroupBy(group_by); // Wrong input costs no request.
    const { next, order, warnings, contacts, ...found } = await answer(page, limit, caller);

    // A number needs no handle: it is one itself.
    const hasHandle = found.total > 0 && question.phone_number === undefined;
    const selected = page.selection === undefined && hasHandle ? selections.ofParts(page.parts) : undefined;
    const selection = page.selection ?? selected?.handle;
    const ids = contacts.map(({ id }) => id);
    const goesOn = limit > 0 ? next : undefined; // A mere count has no pages.
    const [lasts, next_cursor] = await Promise.all([
      selected?.lasts,
      goesOn && cursors.put({ ...goesOn, selection }, ids, page.cursor),
    ]);
    if (lasts === false)
      warnings.push(
        'Nothing can be written down at present: the selection works only while this server runs.',
      );
    const shown = sort ?? order;
    const readAs = [criteria.readAs || 'all contacts', by ? by.readAs : shown && SORT_READ_AS[shown]];
    const sorted = by === undefined && sort !== undefined ? SORTED_BY[sort] : undefined;
    return {
      ...found,
      contacts,
      ...(selection !== undefined && { selection }),
      ...(next_cursor !== undefined && { next_cursor }),
      read_as: readAs.filter(Boolean).join('; '),
      times: [...new Set([...timesAskedFor(criteria), ...(sorted ? [sorted] : [])])],
      ...(warnings.length > 0 && { warnings: [...new Set(warnings)] }),
    };
  };
}

/** The best match first where words or digits are asked for, else the newest. */
const sortOf = ({ question, parts }: SearchPosition): Sort =>
  question.sort ?? (allOf(parts.map(criteriaOfPart)).text ? 'relevance' : 'newest');

const asOf = ({ complete, asOf: ms, ageMs }: { complete: boolean; asOf: number; ageMs: number }) =>
  complete && ageMs > TOLD_FROM_MS ? { as_of: new Date(ms).toISOString() } : {};
const withoutGaps = (question: Question): Question =>
  Object.fromEntries(Object.entries(question).filter(([, value]) => value !== undefined));
