import * as z from 'zod/v4';
import type { Contact, MutationResult } from '../../contacts/index.ts';
import { lines } from '../text.ts';
import { defineTool } from '../tool.ts';
import { contactLine, listed, outcomeLines } from './render.ts';
import { contactKey, contactOutput, sandbox, sandboxOutput, warningsOutput } from './schemas.ts';

/** DELETE /v3/contacts/{id}: permanent in the guide; today it parts the contact from the account. */
export const deleteContact = defineTool({
  name: 'delete_contact',
  title: 'Delete a contact',
  description:
    'Removes one contact for good, with its consent history. To stop messages use update_contact with opt_out: true instead, which lasts. Returns what was deleted.',
  effect: 'delete',
  input: () => z.strictObject({ ...contactKey, sandbox }),
  output: () => z.looseObject({ deleted: contactOutput, sandbox: sandboxOutput, warnings: warningsOutput }),
  run: (input, { contacts, caller }): Promise<MutationResult & { deleted: Contact }> =>
    contacts.remove(input, caller),
  render: ({ deleted, ...outcome }) =>
    lines(
      `${outcome.sandbox ? 'Would be deleted' : 'Deleted'}: ${contactLine(listed(deleted))}`,
      !outcome.sandbox &&
        'If the aim was that they get no more messages: only opt_out: true keeps that, if they are added again.',
      outcomeLines(outcome),
    ),
});
