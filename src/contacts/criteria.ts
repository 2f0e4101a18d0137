import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../errors.ts';
import type { Contact } from './contact.ts';
import { findCountry } from './country.ts';
import { readMoment } from './moment.ts';
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
type Range = { after: number; before: number } | undefined;

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

/**
 * Whether a contact fits, its text apart.
 * @param created,updated its times in milliseconds, NaN where it has none: then no range holds it.
 */
export function fits(criteria: Criteria, contact: Contact, created: number, updated: number): boolean {
  const { regions, channel, defaultChannel, optOut } = criteria;
  return (
    (optOut === undefined || contact.opt_out === optOut) &&
    (defaultChannel === undefined || contact.default_channel === defaultChannel) &&
    (channel === undefined || contact.available_channels.includes(channel)) &&
    (regions === undefined ||
      regions.has(contact.region_code ?? '') ||
      criteria.callingCodes.some((code) => contact.phone_number.startsWith(code))) &&
    within(criteria.created, created) &&
    within(criteria.updated, updated) &&
    criteria.metadata.every(([key, value]) => same(contact.metadata?.[key], value))
  );
}

const within = (range: Range, moment: number): boolean =>
  range === undefined || (moment >= range.after && moment < range.before);

/** Equality of metadata: by value; a number equals its digits as text; null stands for a key that is not there. */
function same(actual: unknown, wanted: unknown): boolean {
  if (wanted === null || actual === undefined) return wanted === null && actual === undefined;
  if (typeof actual === 'object' || typeof wanted === 'object') return isDeepStrictEqual(actual, wanted);
  return String(actual) === String(wanted);
}

const GROUPS = {
  country: (contact: Contact) => contact.region_code,
  channel: (contact: Contact) => contact.available_channels,
  default_channel: (contact: Contact) => contact.default_channel,
  opt_out: (contact: Contact) => String(contact.opt_out),
};

/**
 * The groups that a contact counts in; `none` where it has no value.
 * @throws AppError `invalid_input` for a name that nothing can be grouped by.
 */
export function readGroupBy(groupBy: string): (contact: Contact) => readonly string[] {
  const key = /^metadata\.(.+)$/.exec(groupBy)?.[1];
  const valuesOf =
    key !== undefined
      ? (contact: Contact) => contact.metadata?.[key]
      : Object.hasOwn(GROUPS, groupBy)
        ? GROUPS[groupBy as keyof typeof GROUPS]
        : undefined;
  if (valuesOf === undefined) {
    throw new AppError('invalid_input', 'group_by names nothing to group by.', {
      next: `Use one of ${Object.keys(GROUPS).join(', ')} or metadata.<key>.`,
    });
  }
  return (contact) => {
    const values = [valuesOf(contact) ?? []].flat();
    if (values.length === 0) return ['none'];
    return values.map((value) => (typeof value === 'object' ? JSON.stringify(value) : String(value)));
  };
}
