import * as z from 'zod/v4';
import type { SearchResult } from '../../contacts/index.ts';
import { countryName, SORTS } from '../../contacts/index.ts';
import { count, inline, lines } from '../text.ts';
import { defineTool } from '../tool.ts';
import { contactTable } from './render.ts';
import { contactOutput, warningsOutput } from './schemas.ts';

const moment = z.string().min(2).optional();

type Found = SearchResult & { groupedBy?: string | undefined };

/** GET /v3/contacts, and the directory of the whole account (contacts/directory.ts). */
export const searchContacts = defineTool({
  name: 'search_contacts',
  title: 'Search contacts',
  description:
    'Finds and counts contacts of the Sent account. All given filters must hold; with none, lists all. Use group_by for "how many per …": it returns counts instead of contacts. Returns the total, one line per contact (number | country | channels, * = default | opt-out | metadata) and a cursor for the next page. Numbers serve as ids in the other tools. For everything about one contact use get_contact.',
  effect: 'read',
  input: () =>
    z.strictObject({
      query: z
        .string()
        .min(1)
        .optional()
        .describe('part of a number, country name or metadata words; typos forgiven'),
      phone_number: z.string().min(1).optional().describe('exact number'),
      country: z
        .union([z.string(), z.array(z.string()).min(1)])
        .optional()
        .describe('BR, +55 or Brazil; a list for several'),
      channel: z.enum(['sms', 'whatsapp', 'rcs']).optional().describe('reachable on'),
      default_channel: z.enum(['sms', 'whatsapp', 'rcs']).optional(),
      opt_out: z.boolean().optional(),
      metadata: z.record(z.string(), z.unknown()).optional().describe('equal values, by key'),
      created_after: moment.describe('ISO date or time, or span back: 7d, 3mo'),
      created_before: moment,
      updated_after: moment,
      updated_before: moment,
      sort: z.enum(SORTS).optional(),
      group_by: z
        .string()
        .regex(
          /^(country|channel|default_channel|opt_out|metadata\..+)$/,
          'expected country, channel, default_channel, opt_out or metadata.<key>',
        )
        .optional()
        .describe('country, channel, default_channel, opt_out or metadata.<key>'),
      limit: z.int().min(1).max(100).default(20),
      cursor: z.string().min(1).optional().describe('next_cursor of the page before'),
    }),
  output: () =>
    z.looseObject({
      total: z.number(),
      contacts: z.array(contactOutput),
      groups: z.array(z.looseObject({ value: z.string(), count: z.number() })).optional(),
      next_cursor: z.string().optional(),
      complete: z.boolean(),
      as_of: z.string(),
      warnings: warningsOutput,
    }),
  run: async (input, { contacts, caller }): Promise<Found> => contacts.search(input, caller),
  render: ({ total, contacts, groups, next_cursor, complete, warnings }) => {
    const amount = `${count(total, 'contact')}${complete ? '' : ' so far'}`;
    const head = groups
      ? `${amount}${groups.length > 0 ? ': ' : '.'}${groups.map(groupText).join(', ')}`
      : total === contacts.length
        ? `${amount}${total > 0 ? ':' : ' found.'}`
        : `${amount}; ${contacts.length} shown${next_cursor ? `, next: cursor ${next_cursor}` : ''}:`;
    return lines(head, contactTable(contacts), warnings);
  },
});

const groupText = ({ value, count: amount }: { value: string; count: number }): string =>
  `${/^[A-Z]{2}$/.test(value) ? `${countryName(value)} (${value})` : inline(value, 60)} ${amount}`;
