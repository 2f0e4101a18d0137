import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../errors.ts';
import type { Caller } from '../runtime/index.ts';
import type { ContactPatch, SentClient, SentContact } from '../sent/index.ts';
import { inline } from '../text/index.ts';
import type { ContactKey, Directory, Finder } from './directory/index.ts';
import {
  type Contact,
  type FullContact,
  oneCountry,
  parsePhone,
  toContact,
  toFullContact,
} from './model/index.ts';

export type Changes = {
  default_channel?: string | undefined;
  opt_out?: boolean | undefined;
  metadata?: Readonly<Record<string, unknown>> | undefined;
};
/** `sandbox` stands where the API confirmed that a dry run was one. */
export type MutationResult = { sandbox?: true; warnings?: string[] };

/** What changes contacts. Each is safe to repeat. */
export type Mutations = {
  /** An existing contact is no error: it is given back with `created: false`, the changes made to it as asked. */
  create(
    input: Changes & { phone_number: string; country?: string | undefined; sandbox?: boolean | undefined },
    caller: Caller,
  ): Promise<MutationResult & { contact: FullContact; created: boolean }>;
  /** Metadata is merged; a key given as null is removed. Opting somebody back in is asked first. */
  update(
    input: ContactKey & Changes & { sandbox?: boolean | undefined },
    caller: Caller,
  ): Promise<MutationResult & { contact: FullContact; changed: string[] }>;
  /** Asked first. Gives what was deleted. */
  remove(
    input: ContactKey & { sandbox?: boolean | undefined },
    caller: Caller,
  ): Promise<MutationResult & { deleted: Contact }>;
};

const NOT_CONFIRMED =
  'WARNING: Sent did not confirm that this was a dry run, so it may have been done for real. Check before going on.';
const NOT_SHOWN = 'Sent accepted the change but did not show the contact: check it with get_contact.';
const UNKNOWN_NUMBER = 'No numbering plan knows this number; Sent decides whether it can be reached.';

export function createMutations(
  client: SentClient,
  directory: Directory,
  finder: Finder,
  options: { defaultCountry: string | undefined; sandbox: boolean },
): Mutations {
  /** Makes the changes and reads them back: what the answer does not show was not stored. */
  async function change(before: SentContact, changes: Changes, dryRun: boolean, caller: Caller) {
    const patch: ContactPatch = {
      ...(changes.default_channel !== undefined && { default_channel: changes.default_channel }),
      ...(changes.opt_out !== undefined && { opt_out: changes.opt_out }),
      // Whether the API merges or replaces is not documented: the whole is right either way.
      ...(changes.metadata !== undefined && { metadata: applied(before, changes).metadata }),
    };
    const answer = await client
      .updateContact(before.id, patch, { signal: caller.signal, dryRun })
      .catch(repeatable);
    const wanted = toFullContact(applied(before, changes));
    const sent = answer.data ?? (dryRun ? before : await client.getContact(before.id).catch(() => undefined));
    if (sent === undefined) {
      // It was done; only what came of it cannot be shown.
      directory.expire();
      const changed = differences(toContact(before), wanted);
      return { contact: wanted, changed, warnings: [NOT_SHOWN], dryRun: answer.dryRun };
    }
    const after = { ...sent, id: before.id };
    const warnings = dryRun ? [] : notStored(changes, after);
    const contact = answer.dryRun.confirmed ? wanted : toFullContact(after);
    if (!dryRun) directory.wrote(toContact(after));
    const changed = differences(toContact(before), dryRun ? wanted : contact);
    return { contact, changed, warnings, dryRun: answer.dryRun };
  }

  /** A change whose outcome is unknown may be made again: what is known of the contact is not trusted until then. */
  const repeatable = (error: unknown): never => {
    if (!(error instanceof AppError && error.mayHaveRun)) throw error;
    directory.expire();
    throw error.with({
      next: 'Make the same call again in a few seconds: it is safe to repeat. get_contact shows the present state.',
    });
  };

  /** What a dry run may claim; one that was not confirmed is said loudly and nothing known is trusted any more. */
  const outcome = (dryRun: { asked: boolean; confirmed: boolean }, warnings: string[]): MutationResult => {
    const unconfirmed = dryRun.asked && !dryRun.confirmed;
    if (unconfirmed) directory.expire();
    const all = unconfirmed ? [NOT_CONFIRMED, ...warnings] : warnings;
    return { ...(dryRun.confirmed && { sandbox: true }), ...(all.length > 0 && { warnings: all }) };
  };

  return {
    async create({ phone_number, country, sandbox, ...changes }, caller) {
      const number = parsePhone(
        phone_number,
        country === undefined ? options.defaultCountry : oneCountry(country),
      );
      const dryRun = sandbox === true || options.sandbox;
      const warnings = number.known ? [] : [UNKNOWN_NUMBER];
      const made = await client
        .createContact(number.e164, { signal: caller.signal, dryRun })
        .catch((error: unknown) => {
          if (error instanceof AppError && error.sentCode === 'RESOURCE_007') return undefined;
          return repeatable(error);
        });
      const sent =
        made?.data ??
        (await finder.byNumber(number.e164, caller).catch((error: unknown) => {
          if (made === undefined) throw error;
          return undefined;
        }));
      if (sent === undefined) {
        directory.expire();
        const what = made ? 'Sent has taken the contact' : 'Sent has this number already';
        throw new AppError(made ? 'unknown_outcome' : 'conflict', `${what} but does not show it.`, {
          next: 'Look for it with get_contact by its number; making the same call again is safe.',
        });
      }
      if (!dryRun) directory.wrote(toContact(sent));
      // A refusal because it exists changed nothing, dry run or not: there is nothing to confirm.
      const tried = made?.dryRun ?? { asked: false, confirmed: false };
      const created = made !== undefined;
      if (!created && sent.opt_out && changes.opt_out === false) {
        delete changes.opt_out;
        warnings.push('The contact has opted out. That was left as it is: only update_contact opts back in.');
      }
      if (isEmpty(changes)) return { contact: toFullContact(sent), created, ...outcome(tried, warnings) };
      if (created && dryRun) {
        // The contact of a dry run does not exist, so that the second step cannot be tried on it.
        warnings.push(`Not tried, as the contact does not exist yet: ${Object.keys(changes).join(', ')}.`);
        return { contact: toFullContact(applied(sent, changes)), created, ...outcome(tried, warnings) };
      }
      try {
        const after = await change(sent, changes, dryRun, caller);
        return {
          contact: after.contact,
          created,
          ...outcome(after.dryRun, [...warnings, ...after.warnings]),
        };
      } catch (error) {
        if (!created || !(error instanceof AppError)) throw error;
        const what = Object.keys(changes).join(', ');
        warnings.push(
          `The contact was created, but ${what} may not be set (${error.code}): use update_contact.`,
        );
        return { contact: toFullContact(sent), created, ...outcome(tried, warnings) };
      }
    },

    async update({ contact_id, phone_number, sandbox, ...changes }, caller) {
      if (isEmpty(changes)) {
        throw new AppError('invalid_input', 'Nothing to change was given.', {
          next: 'Give default_channel, opt_out or metadata.',
        });
      }
      const dryRun = sandbox === true || options.sandbox;
      const before = await finder.one({ contact_id, phone_number }, caller);
      if (changes.opt_out === false && before.opt_out && !dryRun) {
        await caller.confirm(
          `Opt ${toContact(before).phone_number} back in to messages on every channel? They opted out; go on only with their consent.`,
        );
      }
      const { contact, changed, warnings, dryRun: tried } = await change(before, changes, dryRun, caller);
      return { contact, changed, ...outcome(tried, warnings) };
    },

    async remove({ sandbox, ...key }, caller) {
      const before = toContact(await finder.one(key, caller));
      const dryRun = sandbox === true || options.sandbox;
      if (!dryRun) {
        await caller.confirm(
          `Delete the contact ${before.phone_number} for good? Its consent history goes with it; opting out keeps it.`,
        );
      }
      const answer = await client
        .deleteContact(before.id, { signal: caller.signal, dryRun })
        .catch(repeatable);
      if (!dryRun) directory.removed(before.id);
      return { deleted: before, ...outcome(answer.dryRun, []) };
    },
  };
}

const isEmpty = (changes: Changes): boolean => Object.values(changes).every((value) => value === undefined);

/** The contact as it is to be; a metadata key to be removed stands in it as null. */
const applied = (before: SentContact, changes: Changes): SentContact => ({
  ...before,
  default_channel: changes.default_channel ?? before.default_channel,
  opt_out: changes.opt_out ?? before.opt_out,
  metadata: changes.metadata ? { ...before.metadata, ...changes.metadata } : before.metadata,
});

/** What was asked for and is not in the API's answer, in words. */
function notStored(changes: Changes, after: SentContact): string[] {
  const missing: string[] = [];
  if (changes.default_channel !== undefined && changes.default_channel !== after.default_channel)
    missing.push('default_channel');
  if (changes.opt_out !== undefined && changes.opt_out !== after.opt_out) missing.push('opt_out');
  for (const [key, value] of Object.entries(changes.metadata ?? {})) {
    const stored = after.metadata?.[key] ?? null;
    if (!isDeepStrictEqual(stored, value)) missing.push(`metadata.${inline(key, 40)}`);
  }
  if (missing.length === 0) return [];
  const why =
    after.metadata === undefined && missing.every((field) => field.startsWith('metadata'))
      ? ' The Sent API of this account keeps no metadata.'
      : '';
  return [`Not stored by Sent: ${missing.join(', ')}.${why}`];
}

function differences(before: Contact, after: Contact): string[] {
  return (['default_channel', 'opt_out', 'metadata'] as const).filter(
    (field) => !isDeepStrictEqual(before[field], after[field]),
  );
}
