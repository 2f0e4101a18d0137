import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../../errors.ts';
import type { ContactPatch, KeyedOptions, SentClient, SentContact } from '../../sent/index.ts';
import type { Notes } from '../people/index.ts';
import { type Changes, withChanges } from './changes.ts';
import type { ContactLock } from './contact-lock.ts';

/** What came of a change to one contact. */
export type Applied = {
  /** The contact as Sent has it now; undefined where the change was made and Sent does not show it. */
  after: SentContact | undefined;
  /** Keys of the metadata that Sent does not keep and that are kept here instead. */
  keptHere: readonly string[];
  /** Keys of the metadata that could be kept nowhere. */
  notKept: readonly string[];
  dryRun: { asked: boolean; confirmed: boolean };
};

/**
 * Makes changes to a contact: the API's own fields there, and metadata that it does not keep among the notes.
 * Two changes of metadata at once lose neither.
 * @throws as the API fails, and AppError `unavailable` where only a note was to be written and cannot be.
 */
export type Apply = (before: SentContact, changes: Changes, how: KeyedOptions) => Promise<Applied>;

export function createApply(parts: {
  client: Pick<SentClient, 'updateContact' | 'getContact'>;
  notes: Pick<Notes, 'of' | 'set'>;
  lock: ContactLock;
}): Apply {
  const { client, notes, lock } = parts;
  /** Whether this account's API keeps metadata; no version of its contract says so, so that only trying tells. */
  let keepsMetadata: boolean | undefined;

  async function patch(before: SentContact, changes: Changes, how: KeyedOptions) {
    const fields: ContactPatch = {
      ...(changes.default_channel !== undefined && { default_channel: changes.default_channel }),
      ...(changes.opt_out !== undefined && { opt_out: changes.opt_out }),
    };
    const without = Object.keys(fields).length > 0;
    const tries =
      changes.metadata !== undefined && (before.metadata !== undefined || keepsMetadata !== false);
    if (tries) {
      // Whether the API merges or replaces is not documented: the whole is right either way.
      const metadata = withChanges(before, changes).metadata;
      try {
        return await client.updateContact(before.id, { ...fields, metadata }, how);
      } catch (error) {
        // An API without the field may ignore it, or refuse it, or find nothing to change.
        if (!(error instanceof AppError) || !/^VALIDATION_/.test(error.sentCode ?? '')) throw error;
        if (before.metadata !== undefined) throw error;
      }
    }
    if (without) return client.updateContact(before.id, fields, how);
    const isDryRun = how.dryRun === true;
    return { data: before, dryRun: { asked: isDryRun, confirmed: isDryRun } };
  }

  async function applyTo(before: SentContact, changes: Changes, how: KeyedOptions): Promise<Applied> {
    const answer = await patch(before, changes, how);
    const { dryRun } = answer;
    const shown =
      answer.data ?? (dryRun.asked ? before : await client.getContact(before.id).catch(() => null));
    const after = shown === null ? undefined : { ...shown, id: before.id };
    const { metadata } = changes;
    if (metadata === undefined || dryRun.asked) return { after, keptHere: [], notKept: [], dryRun };
    keepsMetadata = after === undefined ? keepsMetadata : after.metadata !== undefined;

    const noted = await notes.of(before.id).catch(() => ({}));
    const toNote = Object.entries(metadata).flatMap(([key, value]): [string, unknown][] => {
      const isThere = isDeepStrictEqual(after?.metadata?.[key] ?? null, value);
      if (value !== null && !isThere && (after !== undefined || keepsMetadata === false))
        return [[key, value]];
      // What is removed, or is kept by the API now, is no note any more.
      return key in noted ? [[key, null]] : [];
    });
    const keptHere = toNote.filter(([, value]) => value !== null).map(([key]) => key);
    if (toNote.length === 0) return { after, keptHere, notKept: [], dryRun };
    try {
      await notes.set(before.id, Object.fromEntries(toNote));
    } catch (error) {
      if (changes.default_channel === undefined && changes.opt_out === undefined) throw error;
      return { after, keptHere: [], notKept: keptHere, dryRun };
    }
    return { after, keptHere, notKept: [], dryRun };
  }

  return (before, changes, how) => {
    if (changes.metadata === undefined || before.metadata === undefined || how.dryRun)
      return applyTo(before, changes, how);
    // The API is given the whole metadata, so that it is read and written by one at a time.
    return lock(before.id, async () =>
      applyTo(await client.getContact(before.id, { signal: how.signal }), changes, how),
    );
  };
}
