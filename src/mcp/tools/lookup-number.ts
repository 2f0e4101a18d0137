import * as z from 'zod/v4';
import type { NumberFacts } from '../../contacts/index.ts';
import { inline, lines } from '../text.ts';
import { defineTool } from '../tool.ts';

/** GET /v3/numbers/lookup/{number}: a paid carrier query, at most 1,000 a day. */
export const lookupNumber = defineTool({
  name: 'lookup_number',
  title: 'Look up a number with its carrier',
  description:
    'Asks the carrier about one number: valid, mobile or landline, carrier, ported. Each call is billed: only when the user wants it, never for lists. For what Sent knows of a contact use get_contact, which is free.',
  effect: 'paid',
  input: () => z.strictObject({ phone_number: z.string().min(1).describe('with + and country code') }),
  output: () =>
    z.looseObject({
      phone_number: z.string().optional(),
      is_valid: z.boolean().optional(),
      line_type: z.string().optional(),
      carrier_name: z.string().optional(),
      country_code: z.string().optional(),
      is_ported: z.boolean().optional(),
      is_voip: z.boolean().optional(),
    }),
  run: ({ phone_number }, { contacts, caller }): Promise<NumberFacts> =>
    contacts.lookup(phone_number, caller),
  act: ({ phone_number }) => ({
    outcome: 'looked_up',
    people: 1,
    ...(phone_number !== undefined && { numbers: [phone_number] }),
  }),
  render: (facts) =>
    lines(
      `${facts.phone_number}: ${facts.is_valid === undefined ? 'validity unknown' : facts.is_valid ? 'valid' : 'not valid'}`,
      Object.entries(facts)
        .filter(([key]) => key !== 'phone_number' && key !== 'is_valid')
        .map(([key, value]) => `${key}: ${inline(value)}`),
    ),
});
