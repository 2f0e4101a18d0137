import * as z from 'zod/v4';
import type { ImportResult } from '../../contacts/index.ts';
import { count, inline, lines } from '../text.ts';
import { defineTool } from '../tool.ts';
import { outcomeLines } from './render.ts';
import { country, sandbox, sandboxOutput, warningsOutput } from './schemas.ts';

/** Invalid rows and failed numbers that the text names; the data has all of them. */
const MAX_SHOWN = 20;

/** POST /v3/contacts for each number: the API has no bulk endpoint (contract, 2.7). RESOURCE_007 is an existing one. */
export const importContacts = defineTool({
  name: 'import_contacts',
  title: 'Import contacts',
  description:
    'Creates contacts from up to 1,000 numbers, as a list or as CSV text (Google, Outlook, Excel and CRM exports in any language). Only numbers are stored: of each person the mobile one, never fax. Counts what was created, existed, is invalid or doubtful (with the reason) or failed. A preview says how the columns were read. If remaining is above 0, make the same call again: it goes on. For longer lists the user runs: sent-contacts-mcp import FILE.',
  effect: 'update',
  input: () =>
    z.strictObject({
      phone_numbers: z.array(z.string()).min(1).optional(),
      csv: z.string().min(1).optional().describe('text, instead of phone_numbers'),
      country: country.optional(),
      preview: z.boolean().optional().describe('reads and judges only'),
      sandbox,
    }),
  output: () =>
    z.looseObject({
      created: z.number(),
      existing: z.number(),
      invalid: z.array(z.looseObject({ row: z.number(), value: z.string(), reason: z.string() })),
      failed: z.array(
        z.looseObject({ phone_number: z.string(), code: z.string(), sent_code: z.string().optional() }),
      ),
      remaining: z.number(),
      duplicates: z.number(),
      doubtful: z.array(z.looseObject({ row: z.number(), value: z.string(), reason: z.string() })).optional(),
      set_aside: z.array(z.looseObject({ label: z.string(), count: z.number() })).optional(),
      preview: z.boolean().optional(),
      columns: z.array(z.looseObject({ column: z.string(), read_as: z.string() })).optional(),
      first: z
        .array(
          z.looseObject({
            phone_number: z.string(),
            name: z.string().optional(),
            label: z.string().optional(),
            extension: z.string().optional(),
          }),
        )
        .optional(),
      sandbox: sandboxOutput,
      warnings: warningsOutput,
    }),
  run: (input, { contacts, caller }): Promise<ImportResult> => contacts.importList(input, caller),
  act: ({ created, existing, failed, preview, sandbox }) => ({
    outcome: preview
      ? 'preview'
      : sandbox
        ? 'dry_run'
        : `created ${created}, existing ${existing}, failed ${failed.length}`,
    people: created + existing + failed.length,
  }),
  render: (result) => {
    const { invalid, doubtful = [], set_aside = [], failed, remaining, preview } = result;
    const { columns = [], first = [] } = result;
    return lines(
      headline(result),
      columns.length > 0 &&
        `Read: ${columns.map(({ column, read_as }) => `${inline(column, 60)} as ${read_as}`).join('; ')}.`,
      first.length > 0 && 'The first as they will be:',
      first.map(({ phone_number, name, label, extension }) =>
        [
          phone_number,
          name === undefined ? '-' : inline(name, 60),
          ...(label === undefined ? [] : [label]),
          ...(extension === undefined ? [] : [`extension ${extension} left off`]),
        ].join(' | '),
      ),
      doubtful.length > 0 &&
        `${count(doubtful.length, 'number')} doubtful and not imported; create_contact takes one that is right:`,
      shown(doubtful, rowLine),
      set_aside.length > 0 &&
        `Not taken: ${set_aside.map(({ label, count: amount }) => `${amount} ${label.replaceAll('_', ' ')}`).join(', ')} (of each person the best number is taken, and never fax, pager or somebody else's).`,
      invalid.length > 0 && `${count(invalid.length, 'row')} left out:`,
      shown(invalid, rowLine),
      failed.length > 0 && `${count(failed.length, 'number')} failed; the same call tries them again:`,
      shown(failed, ({ phone_number, code, sent_code }) =>
        [phone_number, code, sent_code].filter((part) => part !== undefined).join(' | '),
      ),
      remaining > 0 &&
        !preview &&
        (result.sandbox
          ? `${count(remaining, 'number')} not tried: a dry run begins anew with each call.`
          : `${count(remaining, 'number')} to go: make the same call again.`),
      outcomeLines(result),
    );
  },
});

const rowLine = ({ row, value, reason }: { row: number; value: string; reason: string }): string =>
  `row ${row} | ${inline(value, 40) || '-'} | ${reason}`;

function headline({ created, existing, remaining, duplicates, preview, sandbox: dry }: ImportResult): string {
  const folded = duplicates > 0 ? `; ${count(duplicates, 'duplicate')} folded` : '';
  if (preview) return `Preview, nothing done: ${count(remaining, 'number')} would be imported${folded}.`;
  return `${dry ? 'Would be created' : 'Created'}: ${created}; existed already: ${existing}${folded}.`;
}

const shown = <T>(all: readonly T[], line: (one: T) => string): string[] => [
  ...all.slice(0, MAX_SHOWN).map(line),
  ...(all.length > MAX_SHOWN ? [`… and ${all.length - MAX_SHOWN} more`] : []),
];
