import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Changes } from '../changes/index.ts';
import type { Contact } from '../model/index.ts';

export type BulkKind = 'update' | 'delete';
/** The tool that makes and carries out each kind of plan; the handle of a plan begins with its kind. */
export const TOOL_OF: Record<BulkKind, string> = { update: 'update_contact', delete: 'delete_contact' };

/** The most people that a plan is about. */
export const MAX_PEOPLE = 10_000;

/** What is to be done, to whom exactly. */
export type Plan = {
  /** The handle: the kind and 13 letters that nobody guesses. */
  plan: string;
  kind: BulkKind;
  changes: Changes;
  people: readonly PlannedPerson[];
  /** Carried out, it is a dry run. */
  sandbox?: true;
};
export type PlannedPerson = {
  id: string;
  phone_number: string;
  region_code: string | undefined;
  /** They had opted out when this was planned, and are to be opted back in. */
  opts_in?: true;
};

export type SkipReason = 'not_a_contact' | 'unchanged';
export type Decision = {
  people: readonly PlannedPerson[];
  skipped: ReadonlyMap<SkipReason, readonly string[]>;
};

/**
 * Who of the people found gets the change, and who is left out and why.
 * @param found.isFresh whether what is known of them is no older than a minute.
 */
export function decide(
  kind: BulkKind,
  changes: Changes,
  found: { contacts: readonly Contact[]; notContacts?: readonly string[]; isFresh: boolean },
): Decision {
  const people: PlannedPerson[] = [];
  const skipped = new Map<SkipReason, string[]>();
  const skip = (reason: SkipReason, phoneNumber: string): void => {
    const others = skipped.get(reason);
    if (others) others.push(phoneNumber);
    else skipped.set(reason, [phoneNumber]);
  };
  for (const phoneNumber of found.notContacts ?? []) skip('not_a_contact', phoneNumber);
  for (const contact of found.contacts) {
    const { id, phone_number, region_code } = contact;
    const reason = skipReason(kind, changes, contact, found.isFresh);
    if (reason !== undefined) skip(reason, phone_number);
    else {
      const opts_in = kind === 'update' && changes.opt_out === false && contact.opt_out;
      people.push({ id, phone_number, region_code, ...(opts_in && { opts_in }) });
    }
  }
  return { people, skipped };
}

function skipReason(
  kind: BulkKind,
  changes: Changes,
  contact: Contact,
  isFresh: boolean,
): SkipReason | undefined {
  if (contact.in_sent === false) return 'not_a_contact';
  if (kind === 'delete') return undefined;
  const { default_channel, opt_out, metadata = {} } = changes;
  const isSame =
    (default_channel === undefined || default_channel === contact.default_channel) &&
    // Who was opted out a while ago may be back in by now, and is opted out for sure.
    (opt_out === undefined || (opt_out === contact.opt_out && (isFresh || !opt_out))) &&
    Object.entries(metadata).every(([key, value]) =>
      isDeepStrictEqual(contact.metadata?.[key] ?? null, value),
    );
  return isSame ? 'unchanged' : undefined;
}

/** What of the changes is asked of one person: nobody is opted in whose opting in was not planned. */
export const changesFor = (changes: Changes, person: PlannedPerson): Changes =>
  changes.opt_out === false && !person.opts_in ? { ...changes, opt_out: undefined } : changes;

/** People by country, most first. */
export function countriesOf(people: readonly PlannedPerson[]): { country: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { region_code = 'none' } of people) counts.set(region_code, (counts.get(region_code) ?? 0) + 1);
  return [...counts]
    .map(([country, count]) => ({ country, count }))
    .sort((a, b) => b.count - a.count || (a.country < b.country ? -1 : 1));
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
/** @param seed unguessable. */
export const planHandle = (kind: BulkKind, seed: string): string =>
  `${kind}_${[...createHash('sha256').update(seed).digest().subarray(0, 13)].map((byte) => ALPHABET[byte % 32]).join('')}`;
