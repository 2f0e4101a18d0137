import * as z from 'zod/v4';
import type { Contact, MutationResult } from '../../contacts/index.ts';
import { lines } from '../text.ts';
import { defineTool } from '../tool.ts';
import { changedContact, contactText, outcomeLines } from './render.ts';
import { contactKey, contactOutput, sandbox, sandboxOutput, warningsOutput } from './schemas.ts';

const HINT =
  'If the aim was that they get no more messages: only opt_out: true keeps that, if they are added again.';
type Output = MutationResult & { deleted: Contact; hint?: string };

/** DELETE /v3/contacts/{id}: permanent in the guide; today it parts the contact from the account. */
export const deleteContact = defineTool({
  name: 'delete_contact',
  title: 'Delete a contact',
  description:
    'Removes one contact for good, with its consent history. To stop messages use update_contact with opt_out: true instead, which lasts. Returns what was deleted.',
  effect: 'delete',
  input: () => z.strictObject({ ...contactKey, sandbox }),
  output: () =>
    z.looseObject({
      deleted: contactOutput,
      hint: z.string().optional(),
      sandbox: sandboxOutput,
      warnings: warningsOutput,
    }),
  run: async (input, { contacts, caller }): Promise<Output> => {
    const { deleted, ...result } = await contacts.remove(input, caller);
    return { deleted: changedContact(deleted), ...(!result.sandbox && { hint: HINT }), ...result };
  },
  act: ({ deleted, sandbox }) => ({
    outcome: sandbox ? 'dry_run' : 'deleted',
    people: 1,
    numbers: [deleted.phone_number],
  }),
  render: ({ deleted, hint, ...outcome }) =>
    lines(
      `${outcome.sandbox ? 'Would be deleted:' : 'Deleted:'}`,
      contactText(deleted),
      hint,
      outcomeLines(outcome),
    ),
});
