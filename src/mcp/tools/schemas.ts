/** The shapes that several tools share. */
import * as z from 'zod/v4';

const optional = <T extends z.ZodType>(schema: T) => schema.optional();

export const contactOutput = z.looseObject({
  id: z.string(),
  phone_number: z.string(),
  region_code: optional(z.string()),
  available_channels: z.array(z.string()),
  default_channel: optional(z.string()),
  opt_out: z.boolean(),
  metadata: optional(z.record(z.string(), z.unknown())),
  created_at: optional(z.string()),
  updated_at: optional(z.string()),
  from_address_book: optional(z.array(z.string())),
  in_sent: optional(z.boolean()),
});
/** A contact in a list: what a reader needs of it. */
export const listedOutput = z.looseObject({
  phone_number: z.string(),
  region_code: optional(z.string()),
  available_channels: z.array(z.string()),
  default_channel: optional(z.string()),
  opt_out: optional(z.boolean()),
  metadata: optional(z.record(z.string(), z.unknown())),
  created_at: optional(z.string()),
  updated_at: optional(z.string()),
  from_address_book: optional(z.array(z.string())),
  in_sent: optional(z.boolean()),
});
export const warningsOutput = z.array(z.string()).optional();
export const keptHereOutput = z.array(z.string()).optional();
export const sandboxOutput = z.boolean().optional();

/** Which contact: exactly one of the two. */
export const contactKey = {
  contact_id: z.string().min(1).optional(),
  phone_number: z.string().min(1).optional().describe('instead of contact_id; any usual format'),
};
export const changes = {
  default_channel: z.enum(['sms', 'whatsapp']).optional().describe('routing preference'),
  opt_out: z.boolean().optional().describe('true: receives nothing, on any channel'),
};
export const sandbox = z.boolean().optional().describe('dry run: checks, changes nothing');
export const country = z.string().min(2).describe('for a number without +code: BR, +55 or Brazil');
