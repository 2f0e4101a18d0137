/**
 * The JSON of the Sent v3 API, in the guide's dialect and in today's, parsed once. What the API must give is
 * required; all else may be missing, null or of a strange type and then counts as not given; unknown fields pass by.
 */
import * as z from 'zod/v4';
import { bounded } from './bounded.ts';

const text = z
  .string()
  .min(1)
  .nullish()
  .catch(undefined)
  .transform((value) => value ?? undefined);
const flag = z
  .boolean()
  .nullish()
  .catch(undefined)
  .transform((value) => value ?? undefined);
const number = z
  .number()
  .nullish()
  .catch(undefined)
  .transform((value) => value ?? undefined);
const id = z.union([z.string().min(1), z.number().transform(String)]);
/** The messages carry prices as numbers, the activities as strings with four decimals. */
const price = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^-?\d+(\.\d+)?$/)
      .transform(Number),
  ])
  .nullish()
  .catch(undefined)
  .transform((value) => value ?? undefined);
const record = z
  .record(z.string(), z.unknown())
  .nullish()
  .catch(undefined)
  .transform((value) => value ?? undefined);
const channels = z
  .unknown()
  .optional()
  .transform((list) => [...channelsIn(list)]);
const names = z
  .array(z.string())
  .nullish()
  .catch(undefined)
  .transform((list) => list ?? []);
const rows = <T extends z.ZodType>(row: T) =>
  z
    .array(row)
    .nullish()
    .transform((list) => list ?? []);

/** A contact of any dialect. Read by hand: a book of 100,000 has 1.5 million fields, and zod takes ten times as long. */
export type SentContact = {
  id: string;
  phone_number: string | undefined;
  format_e164: string | undefined;
  format_international: string | undefined;
  format_national: string | undefined;
  format_rfc: string | undefined;
  /** The calling code, `"1"`, not the country. */
  country_code: string | undefined;
  /** ISO 3166-1 alpha-2. */
  region_code: string | undefined;
  available_channels: readonly string[];
  default_channel: string | undefined;
  opt_out: boolean;
  is_inherited: boolean | undefined;
  metadata: Record<string, unknown> | undefined;
  created_at: string | undefined;
  updated_at: string | undefined;
};
export const contactSchema: z.ZodType<SentContact> = z.unknown().transform((value, context) => {
  const row = isRecord(value) ? value : {};
  const id = typeof row.id === 'number' ? String(row.id) : textIn(row.id);
  if (id === undefined) {
    context.addIssue('a contact without an id');
    return z.NEVER;
  }
  const { country_code, opt_out, is_inherited, metadata } = row;
  return {
    id,
    phone_number: textIn(row.phone_number),
    format_e164: textIn(row.format_e164),
    format_international: textIn(row.format_international),
    format_national: textIn(row.format_national),
    format_rfc: textIn(row.format_rfc),
    country_code: typeof country_code === 'number' ? String(country_code) : textIn(country_code),
    region_code: textIn(row.region_code),
    available_channels: channelsIn(row.available_channels),
    default_channel: textIn(row.default_channel),
    opt_out: opt_out === true,
    is_inherited: typeof is_inherited === 'boolean' ? is_inherited : undefined,
    metadata: isRecord(metadata) && !Array.isArray(metadata) ? bounded(metadata) : undefined,
    created_at: textIn(row.created_at),
    updated_at: textIn(row.updated_at),
  };
});

const textIn = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** Channel names: the API gives a comma list, later dialects may give an array. Equal lists are one and the same. */
function channelsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') {
    const known = lists.get(value);
    if (known !== undefined) return known;
  }
  const list: unknown[] = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [];
  const channels = list
    .filter((channel) => typeof channel === 'string')
    .map((channel) => channel.trim().toLowerCase())
    .filter(Boolean);
  if (typeof value === 'string' && lists.size < MOST_LISTS) lists.set(value, channels);
  return channels;
}
const lists = new Map<string, readonly string[]>();
const MOST_LISTS = 500;

const paginationSchema = z.object({ total_count: number, total_pages: number, has_more: flag });
export type SentPagination = z.infer<typeof paginationSchema>;

/** A page of rows: `{ [name]: rows, pagination }`, or the rows as a bare array, with or without paging beside it. */
const page = <T extends z.ZodType>(row: T, name: string) =>
  z.preprocess(
    (data) => {
      if (Array.isArray(data)) return { rows: data };
      return isRecord(data) && !('rows' in data) ? { ...data, rows: data[name] } : data;
    },
    z.object({
      rows: z.array(row),
      pagination: paginationSchema
        .nullish()
        .catch(undefined)
        .transform((value) => value ?? undefined),
    }),
  );
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
export type SentPage<T> = { rows: T[]; pagination: SentPagination | undefined };

export const contactPageSchema = page(contactSchema, 'contacts');

export const summarySchema = z.object({
  message_count: number.transform((value) => value ?? 0),
  first_message_at: text,
  last_message_at: text,
  channels_used: names,
  channel_scores: rows(z.object({ channel: z.string(), success_score: number, fail_score: number })),
});
export type SentSummary = z.infer<typeof summarySchema>;

const recipientSchema = z.object({ message_id: text, to: text, channel: text, body: text });
/** The answer to a send; every field may be missing, as the acceptance itself is the status 2xx. */
export const acceptedSchema = z.object({
  status: text,
  template_id: text,
  template_name: text,
  recipients: rows(recipientSchema),
});
export type SentAccepted = z.infer<typeof acceptedSchema>;

const eventSchema = z.object({
  status: text,
  timestamp: text,
  description: text,
  reason_code: text,
  reason: text,
});
export type SentEvent = z.infer<typeof eventSchema>;

const bodySchema = z.union([
  z.string().transform((content) => ({ header: undefined, content, footer: undefined })),
  z.object({ header: text, content: text, footer: text }),
]);

export const messageSchema = z.object({
  id: id.optional().catch(undefined),
  contact_id: text,
  phone: text,
  template_id: text,
  template_name: text,
  channel: text,
  direction: text,
  status: text,
  message_body: bodySchema
    .nullish()
    .catch(undefined)
    .transform((value) => value ?? undefined),
  created_at: text,
  price,
  reason_code: text,
  reason: text,
  events: rows(eventSchema).catch([]),
});
export type SentMessage = z.infer<typeof messageSchema>;

export const activitiesSchema = z.object({ activities: rows(eventSchema.extend({ price })) });
export type SentActivities = z.infer<typeof activitiesSchema>;

export const templateSchema = z.object({
  id,
  name: text.transform((value) => value ?? ''),
  category: text,
  language: text,
  status: text,
  channels,
  variables: names,
});
export type SentTemplate = z.infer<typeof templateSchema>;
export const templatePageSchema = page(templateSchema, 'templates');

export const lookupSchema = z.object({
  phone_number: text,
  is_valid: flag,
  carrier_name: text,
  line_type: text,
  /** ISO alpha-2 here, where a contact has the calling code. */
  country_code: text,
  mobile_country_code: text,
  mobile_network_code: text,
  is_ported: flag,
  is_voip: flag,
});
export type SentLookup = z.infer<typeof lookupSchema>;

const channelSetupSchema = z
  .object({ configured: flag, phone_number: text, business_name: text })
  .nullish()
  .catch(undefined)
  .transform((value) => value ?? undefined);
export const accountSchema = z.object({
  id: text,
  type: text,
  name: text,
  status: text,
  profiles: rows(z.object({ id: text, name: text, status: text })).catch([]),
  channels: z
    .object({ sms: channelSetupSchema, whatsapp: channelSetupSchema, rcs: channelSetupSchema })
    .nullish()
    .catch(undefined)
    .transform((value) => value ?? undefined),
});
export type SentAccount = z.infer<typeof accountSchema>;

/** What stands around every answer. All of it is optional in the official types. */
export const envelopeSchema = z.object({
  success: flag,
  data: z.unknown().optional(),
  error: z
    .object({ code: text, details: record })
    .nullish()
    .catch(undefined)
    .transform((value) => value ?? undefined),
  meta: z
    .object({ request_id: text })
    .nullish()
    .catch(undefined)
    .transform((value) => value ?? undefined),
  /** One dialect puts the paging beside a bare array. */
  pagination: paginationSchema.nullish().catch(undefined),
});
export type Envelope = z.infer<typeof envelopeSchema>;
