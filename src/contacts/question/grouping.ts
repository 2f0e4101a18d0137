import { AppError } from '../../errors.ts';
import { inline } from '../../text/index.ts';
import type { Contact, Facets } from '../model/index.ts';
import { timeOf } from './matches.ts';

/** One thing that contacts are counted by: what many share, the month they were created in, a key of the metadata. */
export type GroupPart =
  | { on: 'facets'; groupsOf(facets: Facets): readonly string[] }
  | { on: 'created_month' }
  | { on: 'metadata'; key: string };
/** What contacts are counted by: one thing, or two together. */
export type GroupBy = { parts: readonly [GroupPart] | readonly [GroupPart, GroupPart]; readAs: string };

/** The group of what has no value. */
export const NO_GROUP: readonly string[] = ['none'];
const orNone = (value: string | undefined): readonly string[] => (value === undefined ? NO_GROUP : [value]);
const facets = (groupsOf: (facets: Facets) => readonly string[]): GroupPart => ({ on: 'facets', groupsOf });

const GROUPS: Record<string, GroupPart> = {
  country: facets(({ region_code }) => orNone(region_code)),
  channel: facets(({ available_channels }) =>
    available_channels.length > 0 ? available_channels : NO_GROUP,
  ),
  channels: facets(({ available_channels }) => orNone([...available_channels].sort().join('+') || undefined)),
  default_channel: facets(({ default_channel }) => orNone(default_channel)),
  opt_out: facets(({ opt_out }) => [String(opt_out)]),
  created_month: { on: 'created_month' },
};
export const GROUP_NAMES = [...Object.keys(GROUPS), 'metadata.<key>'];

/** @throws AppError `invalid_input` for a name that nothing can be grouped by. */
export function readGroupBy(groupBy: string): GroupBy {
  const text = groupBy.trim();
  // A key of the metadata may hold a comma: it parts two names only where both are some.
  for (let at = text.indexOf(','); at !== -1; at = text.indexOf(',', at + 1)) {
    const [first, second] = [partOf(text.slice(0, at).trim()), partOf(text.slice(at + 1).trim())];
    if (first && second) return { parts: [first, second], readAs: `counted by ${inline(text)}` };
  }
  const only = partOf(text);
  if (only !== undefined) return { parts: [only], readAs: `counted by ${inline(text)}` };
  throw new AppError('invalid_input', 'group_by names nothing to group by.', {
    next: `Use one of ${GROUP_NAMES.join(', ')}, or two of them with a comma.`,
  });
}

function partOf(name: string): GroupPart | undefined {
  const key = /^metadata\.(.+)/s.exec(name)?.[1];
  if (key !== undefined) return { on: 'metadata', key };
  return Object.hasOwn(GROUPS, name) ? GROUPS[name] : undefined;
}

/** The groups that a value of the metadata counts in: a list in one for each of its items. */
export function groupsOfValue(value: unknown): readonly string[] {
  const items = [value].flat();
  if (items.length === 0) return NO_GROUP;
  const names = items.map((item) => (typeof item === 'object' ? JSON.stringify(item) : String(item)));
  return [...new Set(names)];
}

/** The groups that one contact counts in. Pure: the book does the same for all of its rows. */
export function groupsOf({ parts }: GroupBy, contact: Contact): string[] {
  const [firsts = [], seconds] = parts.map((part) => {
    if (part.on === 'facets') return part.groupsOf(contact);
    if (part.on === 'created_month') return monthOf(timeOf(contact.created_at));
    return contact.metadata !== undefined && Object.hasOwn(contact.metadata, part.key)
      ? groupsOfValue(contact.metadata[part.key])
      : NO_GROUP;
  });
  return seconds === undefined
    ? [...firsts]
    : firsts.flatMap((first) => seconds.map((second) => `${first},${second}`));
}

/** The month of a time, in UTC: `2026-09`. */
export const monthOf = (time: number): readonly string[] =>
  Number.isNaN(time) ? NO_GROUP : [new Date(time).toISOString().slice(0, 7)];
