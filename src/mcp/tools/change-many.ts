/** What update_contact and delete_contact share where many are meant: a plan that is shown, and its carrying out. */
import * as z from 'zod/v4';
import type { BulkPreview, BulkResult } from '../../contacts/index.ts';
import type { Act } from '../../runtime/index.ts';
import { count, inline, lines } from '../text.ts';

/** Failures that the text names one by one; the others are counted by code. */
const MAX_NAMED = 20;

export const manyInput = {
  selection: z
    .string()
    .min(1)
    .optional()
    .describe('from search_contacts: everybody it found; goes by a plan'),
  preview: z.boolean().optional().describe('only show the plan'),
  plan: z.string().min(1).optional().describe('of a preview, alone: does exactly that'),
};

export const manyOutput = {
  status: z.string().optional(),
  plan: z.string().optional(),
  count: z.number().optional(),
  done: z.number().optional(),
  failed: z.array(z.looseObject({ phone_number: z.string(), code: z.string() })).optional(),
  remaining: z.number().optional(),
};

export type Many = BulkPreview | BulkResult;

export const manyText = async (many: Many): Promise<string> =>
  many.status === 'preview' ? previewText(many) : resultText(many);

async function previewText(preview: BulkPreview): Promise<string> {
  const { changesText, countryName } = await import('../../contacts/index.ts'); // Not before the first call.
  const { changes, countries, first, skipped, opted_out, requests, takes_seconds, read_as, as_of } = preview;
  const what = changes ? changesText(changes) : 'deletion for good, with the consent history';
  const where = countries
    .map(({ country, count: amount }) =>
      country === 'none' ? `no country ${amount}` : `${countryName(country)} (${country}) ${amount}`,
    )
    .join(', ');
  const people = first.map(({ phone_number, region_code, name, opt_out }) =>
    [
      inline(phone_number),
      region_code,
      name !== undefined && inline(name, 40),
      opt_out === true && 'OPTED OUT',
    ]
      .filter((part) => part !== false && part !== undefined)
      .join(' '),
  );
  return lines(
    `Preview, nothing done: ${what}, for ${count(preview.count, 'contact')}${where && ` (${where})`}.`,
    read_as !== undefined && `Who: ${read_as}.`,
    people.length > 0 && `The first: ${people.join('; ')}.`,
    skipped.map(
      ({ reason, count: amount, phone_numbers }) =>
        `Skipped ${amount} (${reason}): ${phone_numbers.map((one) => inline(one)).join(', ')}${amount > phone_numbers.length ? ' …' : ''}`,
    ),
    opted_out > 0 && `${opted_out} of them have opted out.`,
    requests > 0 &&
      `${count(requests, 'request')}, about ${takes_seconds} s at the rate limit of the account.`,
    as_of !== undefined && `Known as of ${as_of}.`,
    preview.warnings,
    preview.plan !== undefined && `plan ${preview.plan}`,
    preview.next,
  );
}

function resultText({ plan, done, failed, remaining, done_at, ...result }: BulkResult): string {
  const total = done + failed.length + remaining;
  const codes = new Map<string, number>();
  for (const { code } of failed.slice(MAX_NAMED)) codes.set(code, (codes.get(code) ?? 0) + 1);
  const more = [...codes].map(([code, amount]) => `… and ${amount} more ${code}`);
  return lines(
    `${result.sandbox ? 'Dry run, nothing changed. It would be done' : 'Done'} for ${done} of ${count(total, 'contact')}${done_at === undefined ? '' : `, all of it by ${done_at}, nothing now`}.`,
    failed.length > 0 && `${failed.length} failed:`,
    failed.slice(0, MAX_NAMED).map(({ phone_number, code }) => `${inline(phone_number)} | ${code}`),
    more,
    remaining > 0 &&
      (result.sandbox
        ? `${remaining} not tried: a dry run begins anew with each call.`
        : `${remaining} to go: make the same call again, it goes on.`),
    result.warnings,
    `plan ${plan}`,
  );
}

export const actOfMany = (many: Many): Pick<Act, 'outcome' | 'people' | 'numbers' | 'plan'> => {
  const plan = many.plan === undefined ? {} : { plan: many.plan };
  if (many.status === 'preview') return { outcome: 'preview', people: many.count, ...plan };
  const { status, done, failed, remaining } = many;
  const outcome = `${many.sandbox ? 'dry_run ' : ''}${status}: done ${done}, failed ${failed.length}, remaining ${remaining}`;
  return { outcome, people: done, ...plan };
};
