import { AppError } from '../errors.ts';
import type { Caller } from '../runtime/index.ts';
import type { SentClient, SentContact } from '../sent/index.ts';
import type { AccountState } from '../state/index.ts';
import {
  type Apply,
  type Changes,
  insertOrFind,
  isEmpty,
  type MutationResult,
  mutationResult,
  reportOf,
  withChanges,
} from './changes/index.ts';
import type { ContactKey, Directory, Finder } from './directory/index.ts';
import {
  type Contact,
  type FullContact,
  oneCountry,
  parsePhone,
  toContact,
  toFullContact,
} from './model/index.ts';
import type { Notes, People } from './people/index.ts';

/** What changes one contact. Each is safe to repeat. */
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

const UNKNOWN_NUMBER = 'No numbering plan knows this number; Sent decides whether it can be reached.';

export function createMutations(parts: {
  client: Pick<SentClient, 'createContact' | 'deleteContact'>;
  directory: Pick<Directory, 'recordChange' | 'recordRemoval' | 'invalidate'>;
  finder: Finder;
  notes: Notes;
  people: Pick<People, 'ready' | 'enrich'>;
  state: Pick<AccountState, 'lasts'>;
  apply: Apply;
  defaultCountry: string | undefined;
  sandbox: boolean;
}): Mutations {
  const { client, directory, finder, notes, people, state, apply } = parts;

  async function change(before: SentContact, changes: Changes, dryRun: boolean, caller: Caller) {
    await people.ready();
    const was = people.enrich(toContact(before));
    const applied = await apply(before, changes, { signal: caller.signal, dryRun }).catch(repeatable);
    if (applied.after === undefined) directory.invalidate();
    else if (!dryRun) await directory.recordChange(toContact(applied.after));
    if (applied.dryRun.asked && !applied.dryRun.confirmed) directory.invalidate();
    const report = reportOf(was, before, changes, applied, { show: people.enrich, lasts: state.lasts });
    return { ...report, dryRun: applied.dryRun };
  }

  /** A change whose outcome is unknown may be made again: what is known of the contact is not trusted until then. */
  const repeatable = (error: unknown): never => {
    if (!(error instanceof AppError && error.mayHaveRun)) throw error;
    directory.invalidate();
    throw error.with({
      next: 'Make the same call again in a few seconds: it is safe to repeat. get_contact shows the present state.',
    });
  };

  return {
    async create({ phone_number, country, sandbox, ...changes }, caller) {
      const number = parsePhone(
        phone_number,
        country === undefined ? parts.defaultCountry : oneCountry(country),
      );
      const dryRun = sandbox === true || parts.sandbox;
      const warnings = number.known ? [] : [UNKNOWN_NUMBER];
      const inserted = await insertOrFind({ client, finder }, number.e164, { dryRun, caller }).catch(
        repeatable,
      );
      const { sent, created } = inserted;
      if (!dryRun) await directory.recordChange(toContact(sent));
      if (inserted.dryRun.asked && !inserted.dryRun.confirmed) directory.invalidate();
      if (!created && sent.opt_out && changes.opt_out === false) {
        delete changes.opt_out;
        warnings.push('The contact has opted out. That was left as it is: only update_contact opts back in.');
      }
      await people.ready();
      const found = people.enrich(toFullContact(sent));
      if (isEmpty(changes)) return { contact: found, created, ...mutationResult(inserted.dryRun, warnings) };
      if (created && dryRun) {
        // The contact of a dry run does not exist, so that the second step cannot be tried on it.
        warnings.push(`Not tried, as the contact does not exist yet: ${Object.keys(changes).join(', ')}.`);
        const contact = toFullContact(withChanges(sent, changes));
        return { contact, created, ...mutationResult(inserted.dryRun, warnings) };
      }
      try {
        const after = await change(sent, changes, dryRun, caller);
        const all = [...warnings, ...after.warnings];
        return { contact: after.contact, created, ...mutationResult(after.dryRun, all, after.kept_here) };
      } catch (error) {
        if (!created || !(error instanceof AppError)) throw error;
        const what = Object.keys(changes).join(', ');
        warnings.push(
          `The contact was created, but ${what} may not be set (${error.code}): use update_contact.`,
        );
        return { contact: found, created, ...mutationResult(inserted.dryRun, warnings) };
      }
    },

    async update({ contact_id, phone_number, sandbox, ...changes }, caller) {
      if (isEmpty(changes)) {
        throw new AppError('invalid_input', 'Nothing to change was given.', {
          next: 'Give default_channel, opt_out or metadata.',
        });
      }
      const dryRun = sandbox === true || parts.sandbox;
      const before = await finder.one({ contact_id, phone_number }, caller);
      if (changes.opt_out === false && before.opt_out && !dryRun) {
        await caller.confirm(
          `Opt ${toContact(before).phone_number} back in to messages on every channel? They opted out; go on only with their consent.`,
        );
      }
      const report = await change(before, changes, dryRun, caller);
      const { contact, changed, kept_here, warnings } = report;
      return { contact, changed, ...mutationResult(report.dryRun, warnings, kept_here) };
    },

    async remove({ sandbox, ...key }, caller) {
      const sent = await finder.one(key, caller);
      await people.ready();
      const before = people.enrich(toContact(sent));
      const dryRun = sandbox === true || parts.sandbox;
      if (!dryRun) {
        await caller.confirm(
          `Delete the contact ${before.phone_number} for good? Its consent history goes with it; opting out keeps it.`,
        );
      }
      const answer = await client
        .deleteContact(before.id, { signal: caller.signal, dryRun })
        .catch(repeatable);
      if (answer.dryRun.asked && !answer.dryRun.confirmed) directory.invalidate();
      if (dryRun) return { deleted: before, ...mutationResult(answer.dryRun, []) };
      await directory.recordRemoval(before.id);
      const warnings = await notes.removeContact(before.id).then(
        () => [],
        () => ['The notes of this contact could not be removed here.'],
      );
      return { deleted: before, ...mutationResult(answer.dryRun, warnings) };
    },
  };
}
