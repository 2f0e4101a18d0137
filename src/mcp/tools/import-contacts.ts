import * as z from 'zod/v4';
import type { ImportResult } from '../../contacts/index.ts';
import { count, inline, lines } from '../text.ts';
import { defineTool } from '../tool.ts';
import { outcomeLines } from './render.ts';
import { country, sandbox, sandboxOutput, warningsOutput } from './schemas.ts';

/** Invalid rows and failed numbers that the text names; the data has all of them. */
const MOST_SHOWN = 20;

/** POST /v3/contacts for each number: the API has no bulk endpoint (contract, 2.7). RESOURCE_007 is an existing one. */
export const importContacts = defineTool({
  name: 'import_contacts',
  title: 'Import contacts',
  description:
    'Creates contacts from up to 1,000 numbers, as a list or as CSV text with a phone column (Google, Outlook and Excel exports). Only numbers are stored. Counts what was created, existed, is invalid (with the reason) or failed. If remaining is above 0, make the same call again: it goes on. For longer lists the user runs: sent-contacts-mcp import FILE.',
  effect: 'update',
  input: () =>
    z.strictObject({
      phone_numbers: z.array(z.string()).min(1).optional(),
      csv: z.string().min(1).optional().describe('text, instead of phone_numbers'),
      country: country.optional(),
      preview: z.boolean().optional().describe('only judge the rows'),
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
      doubles: z.number(),
      preview: z.boolean().optional(),
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
    const { invalid, failed, remaining, preview } = result;
    return lines(
      headline(result),
      invalid.length > 0 && `${count(invalid.length, 'row')} left out:`,
      shown(invalid, ({ row, value, reason }) => `row ${row} | ${inline(value, 40) || '-'} | ${reason}`),
      failed.length > 0 && `${count(failed.length, 'number')} failed; the same call tries them again:`,
      shown(failed, ({ phone_number, code, sent_code }) =>
        [phone_number, code, sent_code].filter((part) => part !== undefined).join(' | '),
      ),
      remaining > 0 && !preview && `${count(remaining, 'number')} to go: make the same call again.`,
      outcomeLines(result),
    );
  },
});

function headline({ created, existing, remaining, doubles, preview, sandbox: dry }: ImportResult): string {
  const folded = doubles > 0 ? `; ${count(doubles, 'double')} folded` : '';
  if (preview) return `Preview, nothing done: ${count(remaining, 'number')} would be imported${folded}.`;
  return `${dry ? 'Would be created' : 'Created'}: ${created}; existed already: ${existing}${folded}.`;
}

const shown = <T>(all: readonly T[], line: (one: T) => string): string[] => [
  ...all.slice(0, MOST_SHOWN).map(line),
  ...(all.length > MOST_SHOWN ? [`… and ${all.length - MOST_SHOWN} more`] : []),
];
