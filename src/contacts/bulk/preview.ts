import { inline } from '../../text/index.ts';
import type { Changes } from '../changes/index.ts';
import type { Contact } from '../model/index.ts';
import { countryName } from '../model/index.ts';
import { countriesOf, type Decision, type Plan, type SkipReason, TOOL_OF } from './plan.ts';

/** The people that a plan is to be made of, and what is known of how they were found. */
export type Found = {
  contacts: readonly Contact[];
  /** Numbers that are no contacts. */
  notContacts?: readonly string[];
  readAs?: string;
  /** Milliseconds since the epoch as of which they are known. */
  asOf?: number;
  warnings?: readonly string[];
};

/** What a plan will do, shown before anything is done. */
export type BulkPreview = {
  status: 'preview';
  /** Left out where there is nothing to do. */
  plan?: string;
  /** What is to change; for a deletion nothing. */
  changes?: Changes;
  count: number;
  countries: readonly { country: string; count: number }[];
  first: readonly FirstPerson[];
  skipped: readonly { reason: SkipReason; count: number; phone_numbers: readonly string[] }[];
  /** How many of them have opted out. */
  opted_out: number;
  requests: number;
  /** How long these take at the account's rate limit. */
  takes_seconds: number;
  read_as?: string;
  as_of?: string;
  next: string;
  warnings?: readonly string[];
};

type FirstPerson = { phone_number: string; region_code?: string; name?: string; opt_out?: true };

/** People and numbers that a preview names. */
const MAX_NAMED = 5;
/** Numbers named of those who are skipped: strangers may be miscopied, those with nothing to change are no surprise. */
const MAX_NUMBERS: Record<SkipReason, number> = { not_a_contact: 10, unchanged: 3 };
const MAX_COUNTRIES = 20;
/** Requests a minute of a plain account (contract, section 4), where the API has not said its own. */
const USUAL_LIMIT = 200;

export function previewOf(
  plan: Plan,
  found: Found,
  facts: { skipped: Decision['skipped']; requests: number; limit: number | undefined; canAsk: boolean },
): BulkPreview {
  const { people, kind, changes } = plan;
  const ids = new Set(people.map(({ id }) => id));
  const affected = found.contacts.filter(({ id }) => ids.has(id));
  const seconds = Math.ceil((facts.requests * 60) / (facts.limit || USUAL_LIMIT));
  const warnings = [...(found.warnings ?? [])];
  const optsIn = people.filter(({ opts_in }) => opts_in).length;
  if (optsIn > 0) {
    warnings.push(
      `${optsIn} of them opted out and would be opted back in: only with their consent.${facts.canAsk ? '' : ' This client cannot ask the person, so the plan will be refused here.'}`,
    );
  }
  if (plan.sandbox) warnings.push('The plan is a dry run: carried out, it changes nothing.');
  return {
    status: 'preview',
    ...(people.length > 0 && { plan: plan.plan }),
    ...(kind === 'update' && { changes }),
    count: people.length,
    countries: countriesOf(people).slice(0, MAX_COUNTRIES),
    first: affected.slice(0, MAX_NAMED).map(firstPerson),
    skipped: [...facts.skipped].map(([reason, numbers]) => ({
      reason,
      count: numbers.length,
      phone_numbers: numbers.slice(0, MAX_NUMBERS[reason]),
    })),
    opted_out: affected.filter(({ opt_out }) => opt_out).length,
    requests: facts.requests,
    takes_seconds: seconds,
    ...(found.readAs !== undefined && { read_as: found.readAs }),
    ...(found.asOf !== undefined && { as_of: new Date(found.asOf).toISOString() }),
    next:
      people.length > 0
        ? `Nothing was done. To do exactly this, call ${TOOL_OF[kind]} with plan alone within 24 hours.`
        : 'Nothing is to be done for anybody.',
    ...(warnings.length > 0 && { warnings }),
  };
}

const firstPerson = ({ phone_number, region_code, opt_out, metadata }: Contact): FirstPerson => ({
  phone_number,
  ...(region_code !== undefined && { region_code }),
  ...(typeof metadata?.name === 'string' && { name: metadata.name }),
  ...(opt_out && { opt_out }),
});

/** What the person is asked before a plan is carried out. */
export function questionFor({ kind, changes, people }: Plan): string {
  const optedIn = people.filter(({ opts_in }) => opts_in);
  const countries = countriesOf(optedIn.length > 0 ? optedIn : people)
    .map(({ country, count }) => `${country === 'none' ? 'no country' : countryName(country)} ${count}`)
    .join(', ');
  const amount = people.length === 1 ? '1 contact' : `${people.length} contacts`;
  const numbers = people.slice(0, MAX_NAMED).map(({ phone_number }) => phone_number);
  const first = `${people.length > numbers.length ? 'The first are ' : ''}${numbers.join(', ')}.`;
  if (kind === 'delete')
    return `Delete ${amount} for good (${countries})? ${first} Their consent history goes with them; opting out keeps it.`;
  if (optedIn.length > 0)
    return `Change ${amount}: ${changesText(changes)}? ${optedIn.length} of them opted out and would be opted back in to messages on every channel (${countries}); go on only with their consent. ${first}`;
  return `Change ${amount} (${countries}): ${changesText(changes)}? ${first}`;
}

/** Changes in words: `default_channel whatsapp, opt_out true`. */
export const changesText = ({ default_channel, opt_out, metadata = {} }: Changes): string =>
  [
    default_channel !== undefined && `default_channel ${default_channel}`,
    opt_out !== undefined && `opt_out ${opt_out}`,
    ...Object.entries(metadata).map(([key, value]) =>
      value === null ? `without metadata.${inline(key, 40)}` : `metadata.${inline(key, 40)} ${inline(value)}`,
    ),
  ]
    .filter((part) => part !== false)
    .join(', ');
