import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../../errors.ts';
import { type Facets, findCountry, readMoment } from '../model/index.ts';
import { readText, type TextQuery } from './text-query.ts';

export const SORTS = ['relevance', 'newest', 'oldest', 'recently_updated', 'phone_number'] as const;
export type Sort = (typeof SORTS)[number];

/** A question as the tool gets it. */
export type SearchInput = {
  query?: string | undefined;
  country?: string | readonly string[] | undefined;
  channel?: string | undefined;
  default_channel?: string | undefined;
  opt_out?: boolean | undefined;
  metadata?: Readonly<Record<string, unknown>> | undefined;
  created_after?: string | undefined;
  created_before?: string | undefined;
  updated_after?: string | undefined;
  updated_before?: string | undefined;
};

/** A question made plain: all parts must hold of a contact. Times in milliseconds: from `after` on, before `before`. */
export type Criteria = {
  text: TextQuery | undefined;
  regions: ReadonlySet<string> | undefined;
  callingCodes: readonly string[];
  channel: string | undefined;
  defaultChannel: string | undefined;
  optOut: boolean | undefined;
  metadata: readonly (readonly [key: string, value: unknown])[];
  created: Range;
  updated: Range;
};
export type Range = { after: number; before: number } | undefined;

/** @throws AppError `invalid_input` for an unknown country, a date that is none, or a query of no word or digit. */
export function readCriteria(input: SearchInput, now: number): Criteria {
  const countries = [input.country ?? []].flat().map(findCountry);
  const range = (
    after: 'created_after' | 'updated_after',
    before: 'created_before' | 'updated_before',
  ): Range => {
    if (input[after] === undefined && input[before] === undefined) return undefined;
    return {
      after: input[after] === undefined ? Number.NEGATIVE_INFINITY : readMoment(input[after], now, after),
      before: input[before] === undefined ? Number.POSITIVE_INFINITY : readMoment(input[before], now, before),
    };
  };
  return {
    text: input.query === undefined ? undefined : readText(input.query),
    regions: countries.length === 0 ? undefined : new Set(countries.flatMap(({ regions }) => regions)),
    callingCodes: countries.flatMap(({ callingCode }) =>
      callingCode === undefined ? [] : [`+${callingCode}`],
    ),
    channel: input.channel,
    defaultChannel: input.default_channel,
    optOut: input.opt_out,
    metadata: Object.entries(input.metadata ?? {}),
    created: range('created_after', 'created_before'),
    updated: range('updated_after', 'updated_before'),
  };
}

/** Whether there is nothing to filter by. */
export const isPlain = (input: SearchInput): boolean =>
  Object.values(input).every((value) => value === undefined);

/** Whether contacts with these facets fit; `by number` where it hangs on the calling code of each. */
export function fitsFacets(criteria: Criteria, facets: Facets): boolean | 'by number' {
  const { regions, callingCodes, channel, defaultChannel, optOut } = criteria;
  if (optOut !== undefined && facets.opt_out !== optOut) return false;
  if (defaultChannel !== undefined && facets.default_channel !== defaultChannel) return false;
  if (channel !== undefined && !facets.available_channels.includes(channel)) return false;
  if (regions === undefined || regions.has(facets.region_code ?? '')) return true;
  return callingCodes.length > 0 ? 'by number' : false;
}

/** A contact without the time holds in no range. */
export const isWithin = (range: Range, moment: number): boolean =>
  range === undefined || (moment >= range.after && moment < range.before);

/** Equality of metadata: by value; a number equals its digits as text; null stands for a key that is not there. */
export function isSame(actual: unknown, wanted: unknown): boolean {
  if (wanted === null || actual === undefined) return wanted === null && actual === undefined;
  // One thing is asked of a list, such as a tag: that it is in it.
  if (Array.isArray(actual) && typeof wanted !== 'object') return actual.some((item) => isSame(item, wanted));
  if (typeof actual === 'object' || typeof wanted === 'object') return isDeepStrictEqual(actual, wanted);
  return String(actual) === String(wanted);
}

/** What contacts are counted by: something that many share, or a key of the metadata. */
export type GroupBy = { facets: (facets: Facets) => readonly string[] } | { metadataKey: string };

const GROUPS: Record<string, (facets: Facets) => readonly string[]> = {
  country: ({ region_code }) => orNone(region_code),
  channel: ({ available_channels }) => (available_channels.length > 0 ? available_channels : NO_GROUP),
  default_channel: ({ default_channel }) => orNone(default_channel),
  opt_out: ({ opt_out }) => [String(opt_out)],
};
/** The group of what has no value. */
export const NO_GROUP: readonly string[] = ['none'];
const orNone = (value: string | undefined): readonly string[] => (value === undefined ? NO_GROUP : [value]);

/** @throws AppError `invalid_input` for a name that nothing can be grouped by. */
export function readGroupBy(groupBy: string): GroupBy {
  const metadataKey = /^metadata\.(.+)$/s.exec(groupBy)?.[1];
  if (metadataKey !== undefined) return { metadataKey };
  const facets = Object.hasOwn(GROUPS, groupBy) ? GROUPS[groupBy] : undefined;
  if (facets !== undefined) return { facets };
  throw new AppError('invalid_input', 'group_by names nothing to group by.', {
    next: `Use one of ${Object.keys(GROUPS).join(', ')} or metadata.<key>.`,
  });
}

/** The groups that a value of the metadata counts in: a list in one for each of its items. */
export function groupsOfValue(value: unknown): readonly string[] {
  const items = [value].flat();
  if (items.length === 0) return NO_GROUP;
  const names = items.map((item) => (typeof item === 'object' ? JSON.stringify(item) : String(item)));
  return [...new Set(names)];
}
