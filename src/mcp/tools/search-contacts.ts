import * as z from 'zod/v4';
import type { Question, SearchResult } from '../../contacts/index.ts';
import { count, inline, inlineList, lines } from '../text.ts';
import { defineTool } from '../tool.ts';
import { leanList } from './lean-list.ts';
import { contactTable, type ListedContact, listed } from './render.ts';
import { listedOutput, warningsOutput } from './schemas.ts';

const moment = () => z.string().min(2).optional();
const channel = () => z.enum(['sms', 'whatsapp', 'rcs']).optional();

/** The filters of a question, each with the words for a model; `CRITERIA` says what they mean. */
const filters = () =>
  ({
    query: z
      .string()
      .min(1)
      .optional()
      .describe('part of a number (ends in 99), country name or metadata words; typos forgiven'),
    country: z
      .union([z.string(), z.array(z.string()).min(1)])
      .optional()
      .describe('BR, +55 or Brazil; a list for several'),
    channel: channel().describe('reachable on, perhaps among others'),
    only_channel: channel().describe('reachable on it alone'),
    default_channel: channel(),
    opt_out: z.boolean().optional(),
    metadata: z.record(z.string(), z.unknown()).optional().describe('equal values, by key'),
    created_after: moment().describe('from then on; ISO date (UTC) or time, or span back: 24h, 7d, 3mo'),
    created_before: moment().describe('up to and without it'),
    updated_after: moment(),
    updated_before: moment(),
  }) satisfies { [Name in keyof Filters]-?: z.ZodType<Filters[Name]> };
type Filters = Omit<Question, 'phone_number' | 'selection' | 'sort' | 'group_by'>;

type Output = Omit<SearchResult, 'contacts' | 'times'> & { contacts: ListedContact[] };

/** GET /v3/contacts, and the directory of the whole account (contacts/directory). */
export const searchContacts = defineTool({
  name: 'search_contacts',
  title: 'Search contacts',
  description:
    'Finds and counts contacts of the Sent account. All given filters must hold; with none, lists all. Use group_by for "how many per …": it returns counts instead of contacts. Returns the total, how the question was read, one line per contact (number | country | channels, * = default | opt-out | metadata), a cursor for the next page, and a selection: a handle for all matches, for the other tools. Numbers serve as ids. For everything about one contact use get_contact.',
  effect: 'read',
  input: () =>
    z.strictObject({
      ...filters(),
      phone_number: z.string().min(1).optional().describe('exact number'),
      selection: z.string().min(1).optional().describe('of an earlier search; further filters narrow it'),
      sort: z.enum(['relevance', 'newest', 'oldest', 'recently_updated', 'phone_number']).optional(),
      group_by: z
        .string()
        .min(1)
        .optional()
        .describe(
          'country, channel, channels (combination), default_channel, opt_out, created_month or metadata.<key>; or two with a comma',
        ),
      limit: z.int().min(0).max(100).default(20).describe('0 only counts'),
      cursor: z.string().min(1).optional().describe('next_cursor of the page before'),
    }),
  output: () =>
    z.looseObject({
      total: z.number(),
      contacts: z.array(listedOutput),
      groups: z.array(z.looseObject({ value: z.string(), count: z.number() })).optional(),
      selection: z.string().optional(),
      next_cursor: z.string().optional(),
      complete: z.boolean(),
      as_of: z.string().optional(),
      read_as: z.string(),
      warnings: warningsOutput,
    }),
  run: async (input, { contacts, caller }): Promise<Output> => {
    const { times, ...found } = await contacts.search(input, caller);
    const rows = found.contacts.map((contact) => listed(contact, times));
    const list = leanList(rows, Object.keys(input.metadata ?? {}));
    const cut =
      list.leftOut.length > 0
        ? [`Left out of this list: ${inlineList(list.leftOut)}; a smaller limit or get_contact shows it.`]
        : [];
    const warnings = [...(found.warnings ?? []), ...cut];
    return { ...found, contacts: list.contacts, ...(warnings.length > 0 && { warnings }) };
  },
  links: ({ selection }) =>
    selection === undefined
      ? []
      : [{ uri: `sent://selections/${selection}`, name: `${selection}.csv`, mimeType: 'text/csv' }],
  render: async ({ total, contacts, groups, selection, next_cursor, complete, as_of, read_as, warnings }) => {
    const more = contacts.length > 0 && contacts.length < total;
    return lines(
      `${count(total, 'contact')}${complete ? '' : ' so far'}. Read as: ${read_as}.`,
      [
        selection === undefined ? [] : `All of them: selection ${selection}.`,
        more ? `${contacts.length} shown${next_cursor ? `, next: cursor ${next_cursor}` : ''}.` : [],
        as_of === undefined ? [] : `As of ${as_of.slice(0, 16)}Z; newer data is being read.`,
      ]
        .flat()
        .join(' '),
      groups && (await groupsText(groups)),
      contactTable(contacts),
      warnings,
    );
  },
});

async function groupsText(groups: readonly { value: string; count: number }[]): Promise<string> {
  const { countryName } = await import('../../contacts/index.ts'); // Not before the first call.
  const named = (value: string) =>
    /^[A-Z]{2}$/.test(value) ? `${countryName(value)} (${value})` : inline(value, 60);
  return groups.map(({ value, count: amount }) => `${named(value)} ${amount}`).join(', ');
}
