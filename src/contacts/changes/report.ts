import { isDeepStrictEqual } from 'node:util';
import type { SentContact } from '../../sent/index.ts';
import { inline } from '../../text/index.ts';
import { type Contact, type FullContact, toFullContact } from '../model/index.ts';
import type { Applied } from './apply.ts';
import { type Changes, withChanges } from './changes.ts';

/** `sandbox` stands where the API confirmed that a dry run was one. */
export type MutationResult = {
  sandbox?: true;
  /** Keys of the metadata that Sent does not keep and that are kept here. */
  kept_here?: readonly string[];
  warnings?: string[];
};
export type ChangeReport = {
  contact: FullContact;
  changed: string[];
  kept_here: readonly string[];
  warnings: string[];
};

/** Of a dry run of one contact that may have been none. */
export const DRY_RUN_NOT_CONFIRMED =
  'WARNING: Sent did not confirm that this was a dry run, so it may have been done for real. Check before going on.';
const NOT_SHOWN = 'Sent accepted the change but did not show the contact: check it with get_contact.';
const DOES_NOT_LAST = 'What is kept here lasts only until this server ends, as SENT_STATE is off.';

/**
 * What to tell of a change: the contact as it is now, the fields that changed, and what was asked for and is nowhere.
 * @param was the contact as it was shown before.
 * @param show lays notes and address book under a contact as they are now.
 * @param lasts whether notes outlive this process.
 */
export function reportOf(
  was: Contact,
  before: SentContact,
  changes: Changes,
  applied: Applied,
  { show, lasts }: { show: <T extends Contact>(contact: T) => T; lasts: boolean },
): ChangeReport {
  const { after, dryRun, keptHere } = applied;
  const wanted = withChanges(before, changes);
  const now = dryRun.confirmed || after === undefined ? wanted : after;
  const contact = show(toFullContact(now));
  const compared = dryRun.asked ? show(toFullContact(wanted)) : contact;
  return {
    contact,
    changed: (['default_channel', 'opt_out', 'metadata'] as const).filter(
      (field) => !isDeepStrictEqual(was[field], compared[field]),
    ),
    kept_here: keptHere,
    warnings: [
      ...(after === undefined ? [NOT_SHOWN] : dryRun.asked ? [] : notStored(changes, after, applied)),
      ...(keptHere.length > 0 && !lasts ? [DOES_NOT_LAST] : []),
    ],
  };
}

/** What a dry run may claim; one that was not confirmed is said loudly. */
export function mutationResult(
  dryRun: { asked: boolean; confirmed: boolean },
  warnings: readonly string[],
  kept_here: readonly string[] = [],
): MutationResult {
  const all = dryRun.asked && !dryRun.confirmed ? [DRY_RUN_NOT_CONFIRMED, ...warnings] : [...warnings];
  return {
    ...(dryRun.confirmed && { sandbox: true }),
    ...(kept_here.length > 0 && { kept_here }),
    ...(all.length > 0 && { warnings: all }),
  };
}

/** What was asked for and is neither in the API's answer nor kept here, in words. */
function notStored(changes: Changes, after: SentContact, { keptHere, notKept }: Applied): string[] {
  const missing: string[] = [];
  if (changes.default_channel !== undefined && changes.default_channel !== after.default_channel)
    missing.push('default_channel');
  if (changes.opt_out !== undefined && changes.opt_out !== after.opt_out) missing.push('opt_out');
  for (const [key, value] of Object.entries(changes.metadata ?? {})) {
    if (keptHere.includes(key) || notKept.includes(key)) continue;
    if (!isDeepStrictEqual(after.metadata?.[key] ?? null, value)) missing.push(`metadata.${inline(key, 40)}`);
  }
  return [
    ...(missing.length > 0 ? [`Not stored by Sent: ${missing.join(', ')}.`] : []),
    ...(notKept.length > 0
      ? [
          `Sent does not keep metadata.${notKept.map((key) => inline(key, 40)).join(', metadata.')}, and it could not be written down here.`,
        ]
      : []),
  ];
}
