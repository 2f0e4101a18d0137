import * as z from 'zod/v4';
import type { Contact, MutationResult } from '../../contacts/index.ts';
import { lines } from '../text.ts';
import { defineTool } from '../tool.ts';
import { actOfMany, type Many, manyInput, manyOutput, manyText } from './change-many.ts';
import { changedContact, claimOf, contactText, outcomeLines } from './render.ts';
import {
  changes,
  contactKey,
  contactOutput,
  keptHereOutput,
  sandbox,
  sandboxOutput,
  warningsOutput,
} from './schemas.ts';

type One = MutationResult & { contact: Contact; changed: string[] };

/** PATCH /v3/contacts/{id}. Opt-out holds for the whole contact, on every channel (Sent API v3). */
export const updateContact = defineTool({
  name: 'update_contact',
  title: 'Update contacts',
  description:
    'Changes default channel, opt-out or metadata of one contact, or of a selection: that returns a preview with a plan, and the same tool with plan alone does it, going on while remaining is above 0. Metadata that Sent does not keep is kept here (kept_here). Opting in needs their consent.',
  effect: 'update',
  input: () =>
    z.strictObject({
      ...contactKey,
      ...changes,
      metadata: z.record(z.string(), z.unknown()).optional().describe('merged; null removes a key'),
      ...manyInput,
      sandbox,
    }),
  output: () =>
    z.looseObject({
      contact: contactOutput.optional(),
      changed: z.array(z.string()).optional(),
      kept_here: keptHereOutput,
      ...manyOutput,
      sandbox: sandboxOutput,
      warnings: warningsOutput,
    }),
  run: async ({ selection, preview, plan, ...input }, { contacts, caller }): Promise<One | Many> => {
    if (selection !== undefined || preview || plan !== undefined) {
      const { default_channel, opt_out, metadata, ...target } = input;
      const wanted = { default_channel, opt_out, metadata };
      return contacts.changeMany('update', { ...target, selection, plan, changes: wanted }, caller);
    }
    const { contact, ...result } = await contacts.update(input, caller);
    return { contact: changedContact(contact), ...result };
  },
  act: (output) => {
    if ('status' in output) return actOfMany(output);
    const { contact, changed, sandbox: isDryRun } = output;
    const outcome = changed.length > 0 ? `changed ${changed.join(', ')}` : 'unchanged';
    return { outcome: isDryRun ? 'dry_run' : outcome, people: 1, numbers: [contact.phone_number] };
  },
  render: async (output) => {
    if ('status' in output) return manyText(output);
    const { contact, changed, ...outcome } = output;
    const what = await claimOf(outcome, 'Changed', 'Would change');
    return lines(
      changed.length > 0 ? `${what}: ${changed.join(', ')}.` : 'Nothing changed.',
      contactText(contact),
      outcomeLines(outcome),
    );
  },
});
