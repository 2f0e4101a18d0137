import type { Caller } from '../runtime/index.ts';
import type { Found, Grouped } from './book/index.ts';
import type { Directory, DirectoryState, Resolve } from './directory/index.ts';
import type { People } from './people/index.ts';
import { allOf, type Criteria, type GroupBy, type Sort } from './question/index.ts';
import { criteriaOfPart, type SelectionPart } from './selection-part.ts';

export type Asked = { sort: Sort; limit: number; without: readonly string[] };
export type Answered = {
  criteria: Criteria;
  /** How the account was known when the answer was given. */
  state: DirectoryState;
  warnings: string[];
};

/** Answers from the book of the whole account, and from the API's own search as long as that has not been read whole. */
export type BookAnswers = {
  find(parts: readonly SelectionPart[], asked: Asked, caller: Caller): Promise<Answered & { found: Found }>;
  count(
    parts: readonly SelectionPart[],
    by: GroupBy,
    caller: Caller,
  ): Promise<Answered & { grouped: Grouped }>;
};

/** The most requests in which the API's own search is asked for one question. */
const MAX_SEARCHES = 4;
/** What is known of a list of numbers is at most so old, or takes so long to look up. */
const LIST_MAX_AGE_MS = 15 * 60_000;
const LIST_WITHIN_MS = 10_000;
/** An age from which on it is told. */
export const TOLD_FROM_MS = 60_000;

export function createBookAnswers(parts: {
  directory: Directory;
  resolve: Resolve;
  people: People;
}): BookAnswers {
  const { directory, people } = parts;

  /** The API's own search: what it finds joins the directory. */
  async function askApi(asked: readonly SelectionPart[], { text }: Criteria, caller: Caller): Promise<void> {
    const questions = asked.flatMap((part) => ('question' in part ? [part.question] : []));
    const typed = questions.flatMap(({ query }) => query ?? []);
    const digits = (text?.numbers ?? []).map((number) => number.abroad ?? number.home ?? number.digits);
    const whole = text?.numbers.find((number) => number.place === 'plus' && number.digits.length >= 7);
    const channels = questions.flatMap(({ channel, only_channel }) => channel ?? only_channel ?? []);
    const searches = [
      ...(whole ? [{ phone: `+${whole.digits}` }] : []),
      ...[...new Set([...typed, ...digits])].map((search) => ({ search })),
      ...channels
        .filter((channel) => channel === 'sms' || channel === 'whatsapp')
        .map((channel) => ({ channel })),
    ];
    // The reading of the account has just shown that the API is there; what it cannot search for is no failure.
    await Promise.allSettled(
      searches
        .slice(0, MAX_SEARCHES)
        .map((search) => directory.list({ page: 1, pageSize: 100, ...search }, caller.signal)),
    );
  }

  async function ready(asked: readonly SelectionPart[], caller: Caller): Promise<Answered> {
    const criteria = allOf(asked.map(criteriaOfPart));
    const numbers = asked.flatMap((part) => ('numbers' in part ? part.numbers : []));
    const caughtUp = people.catchUp(); // With what the directory reads, as one query where that can be.
    const state = await directory.ready(caller);
    if (!state.complete && !caller.signal.aborted) {
      await askApi(asked, criteria, caller);
      if (numbers.length > 0) {
        const need = { maxAgeMs: LIST_MAX_AGE_MS, withinMs: LIST_WITHIN_MS };
        await parts.resolve(
          numbers.map((phone) => ({ phone })),
          need,
          caller,
        );
      }
    }
    await people.ready(caughtUp);
    return { criteria, state, warnings: [...warningsOf(state), ...people.warnings()] };
  }

  return {
    async find(asked, { sort, limit, without }, caller) {
      const answered = await ready(asked, caller);
      const { criteria, state } = answered;
      const found = directory.book.search(criteria, sort, limit, without);
      const all = await people.search(found, { criteria, sort, limit, without }, state.complete, caller);
      return { ...answered, found: { ...all, contacts: all.contacts.map(people.enrich) } };
    },
    async count(asked, by, caller) {
      const answered = await ready(asked, caller);
      const grouped = directory.book.group(answered.criteria, by);
      return {
        ...answered,
        grouped: answered.state.complete ? people.group(grouped, answered.criteria, by) : grouped,
      };
    },
  };
}

/** What is said of an account that was not read whole, or of whose reading there is doubt. */
function warningsOf(state: DirectoryState): string[] {
  const { complete, read, total, missing, restMs, doubt, failure, ageMs } = state;
  const doubtful = doubt
    ? [
        `The last reading found ${doubt.found} of ${doubt.before} contacts; it is repeated before that is believed.`,
      ]
    : [];
  if (!complete) {
    const known = `Only ${read} of ${total ?? 'all'} contacts have been read`;
    const rest = restMs === undefined ? 'reading goes on' : `the rest takes about ${seconds(restMs)}`;
    return [...doubtful, `${known}; ${rest}, and a later call has it.`];
  }
  if (failure !== undefined && ageMs > TOLD_FROM_MS)
    doubtful.push(`The account could not be read anew (${failure}), so this is not the latest.`);
  if (missing > 0) return [...doubtful, `Sent counts ${missing} more contacts than it lists.`];
  return doubtful;
}

/** In steps that an estimate deserves. */
function seconds(ms: number): string {
  const exact = Math.max(1, ms / 1000);
  if (exact >= 120) return `${Math.round(exact / 60)} minutes`;
  return `${exact < 10 ? Math.ceil(exact) : Math.ceil(exact / 5) * 5} s`;
}
