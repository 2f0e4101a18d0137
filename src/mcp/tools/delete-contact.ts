import * as z from 'zod/v4';
import type { Contact, MutationResult } from '../../contacts/index.ts';
import { lines } from '../text.ts';
import { defineTool } from '../tool.ts';
import { actOfMany, type Many, manyInput, manyOutput, manyText } from './change-many.ts';
import { changedContact, claimOf, contactText, outcomeLines } from './render.ts';
import { contactKey, contactOutput, sandbox, sandboxOutput, warningsOutput } from './schemas.ts';

const HINT =
  'If the aim was that they get no more messages: only opt_out: true keeps that, if they are added again.';
type One = MutationResult & { deleted: Contact; hint?: string };

/** DELETE /v3/contacts/{id}: permanent in the guide; today it parts the contact from the account. */
export const deleteContact = defineTool({
  name: 'delete_contact',
  title: 'Delete contacts',
  description:
    'Removes one contact for good, with its consent history, or a selection: that returns a preview with a plan, and the same tool with plan alone does it, going on while remaining is above 0. To stop messages use update_contact with opt_out: true instead, which lasts.',
  effect: 'delete',
  input: () => z.strictObject({ ...contactKey, ...manyInput, sandbox }),
  output: () =>
    z.looseObject({
      deleted: contactOutput.optional(),
      hint: z.string().optional(),
      ...manyOutput,
      sandbox: sandboxOutput,
      warnings: warningsOutput,
    }),
  run: async ({ selection, preview, plan, ...input }, { contacts, caller }): Promise<One | Many> => {
    if (selection !== undefined || preview || plan !== undefined)
      return contacts.changeMany('delete', { ...input, selection, plan, changes: {} }, caller);
    const { deleted, ...result } = await contacts.remove(input, caller);
    return { deleted: changedContact(deleted), ...(!result.sandbox && { hint: HINT }), ...result };
  },
  act: (output) => {
    if ('status' in output) return actOfMany(output);
    const { deleted, sandbox: isDryRun } = output;
    return { outcome: isDryRun ? 'dry_run' : 'deleted', people: 1, numbers: [deleted.phone_number] };
  },
  render: async (output) => {
    if ('status' in output) return manyText(output);
    const { deleted, hint, ...outcome } = output;
    return lines(
      `${await claimOf(outcome, 'Deleted', 'Would be deleted')}:`,
      contactText(deleted),
      hint,
      outcomeLines(outcome),
    );
  },
});
