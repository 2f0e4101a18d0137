import * as z from 'zod/v4';
import type { Contact, MutationResult } from '../../contacts/index.ts';
import { lines } from '../text.ts';
import { defineTool } from '../tool.ts';
import { changedContact, contactText, outcomeLines } from './render.ts';
import {
  changes,
  contactKey,
  contactOutput,
  keptHereOutput,
  sandbox,
  sandboxOutput,
  warningsOutput,
} from './schemas.ts';

/** PATCH /v3/contacts/{id}. Opt-out holds for the whole contact, on every channel (Sent API v3). */
export const updateContact = defineTool({
  name: 'update_contact',
  title: 'Update a contact',
  description:
    'Changes default channel, opt-out or metadata of one contact. Opting somebody back in needs their consent. Returns the contact and the names of the fields that changed.',
  effect: 'update',
  input: () =>
    z.strictObject({
      ...contactKey,
      ...changes,
      metadata: z.record(z.string(), z.unknown()).optional().describe('merged; null removes a key'),
      sandbox,
    }),
  output: () =>
    z.looseObject({
      contact: contactOutput,
      changed: z.array(z.string()),
      kept_here: keptHereOutput,
      sandbox: sandboxOutput,
      warnings: warningsOutput,
    }),
  run: async (
    input,
    { contacts, caller },
  ): Promise<MutationResult & { contact: Contact; changed: string[] }> => {
    const { contact, ...result } = await contacts.update(input, caller);
    return { contact: changedContact(contact), ...result };
  },
  act: ({ contact, changed, sandbox }) => ({
    outcome: sandbox ? 'dry_run' : changed.length > 0 ? `changed ${changed.join(', ')}` : 'unchanged',
    people: 1,
    numbers: [contact.phone_number],
  }),
  render: ({ contact, changed, ...outcome }) => {
    const what = outcome.sandbox ? 'Would change' : 'Changed';
    return lines(
      changed.length > 0 ? `${what}: ${changed.join(', ')}.` : 'Nothing changed.',
      contactText(contact),
      outcomeLines(outcome),
    );
  },
});
