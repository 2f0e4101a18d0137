import * as z from 'zod/v4';
import type { Contact, MutationResult } from '../../contacts/index.ts';
import { lines } from '../text.ts';
import { defineTool } from '../tool.ts';
import { changedContact, claimOf, contactText, outcomeLines } from './render.ts';
import {
  changes,
  contactOutput,
  country,
  keptHereOutput,
  sandbox,
  sandboxOutput,
  warningsOutput,
} from './schemas.ts';

/** POST /v3/contacts, then PATCH for what POST does not take. RESOURCE_007 (exists) is no error. */
export const createContact = defineTool({
  name: 'create_contact',
  title: 'Create a contact',
  description:
    'Adds a contact by its number. An existing one is given back (created: false). Not needed before send_message, which adds recipients itself.',
  effect: 'update',
  input: () =>
    z.strictObject({
      phone_number: z.string().min(1).describe('with + and country code, or give country'),
      country: country.optional(),
      ...changes,
      metadata: z.record(z.string(), z.unknown()).optional(),
      sandbox,
    }),
  output: () =>
    z.looseObject({
      contact: contactOutput,
      created: z.boolean(),
      kept_here: keptHereOutput,
      sandbox: sandboxOutput,
      warnings: warningsOutput,
    }),
  run: async (
    input,
    { contacts, caller },
  ): Promise<MutationResult & { contact: Contact; created: boolean }> => {
    const { contact, ...result } = await contacts.create(input, caller);
    return { contact: changedContact(contact), ...result };
  },
  act: ({ contact, created, sandbox }) => ({
    outcome: sandbox ? 'dry_run' : created ? 'created' : 'existing',
    people: 1,
    numbers: [contact.phone_number],
  }),
  render: async ({ contact, created, ...outcome }) => {
    const what = `${await claimOf(outcome, 'Created', 'Would be created')}:`;
    return lines(created ? what : 'Existed already:', contactText(contact), outcomeLines(outcome));
  },
});
