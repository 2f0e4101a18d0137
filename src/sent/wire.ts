/**
 * The JSON of the Sent v3 API, in the guide's dialect and in today's, parsed once. What the API must give is
 * required; all else may be missing, null or of a strange type and then counts as not given; unknown fields pass by.
 */
import * as z from 'zod/v4';
import { channelsIn, contactRowSchema, textIn } from './wire-contact.ts';

export { contactSchema, type SentContact } from './wire-contact.ts';

const text = z.unknown().optional().transform(textIn);
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
const priceIn = (value: unknown): number | undefined => {
  const isWritten = typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value);
  return isWritten || Number.isFinite(value) ? Number(value) : undefined;
};
const price = z.unknown().optional().transform(priceIn);
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
      // A row that is none, such as null, is no reason to show nothing; rows of which none is one are no empty page.
      rows: z.array(z.unknown()).transform((list, context) => {
        const read = list.flatMap((one) => {
          const { success, data } = row.safeParse(one);
          return success ? [data] : [];
        });
        if (read.length === 0 && list.length > 0) context.addIssue('rows that cannot be read');
        return read;
      }),
      pagination: paginationSchema
        .nullish()
        .catch(undefined)
        .transform((value) => value ?? undefined),
    }),
  );
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
export type SentPage<T> = { rows: T[]; pagination: SentPagination | undefined };

export const contactPageSchema = page(contactRowSchema, 'contacts');

export const summarySchema = z.object({
  message_count: number.transform((value) => value ?? 0),
  first_message_at: text,
  last_message_at: text,
  channels_used: names,
  channel_scores: rows(z.object({ channel: z.string(), success_score: number, fail_score: number })),
});
export type SentSummary = z.infer<typeof summarySchema>;

/** Read by hand: a send to 10,000 has 40,000 fields, and zod leaves ten times as much memory behind. */
const recipients = z
  .array(z.unknown())
  .nullish()
  .transform((list, context) =>
    (list ?? []).map((one) => {
      if (!isRecord(one) || Array.isArray(one)) context.addIssue('a recipient that is none');
      const { message_id, to, channel, price } = isRecord(one) ? one : {};
      return {
        message_id: textIn(message_id),
        to: textIn(to),
        channel: textIn(channel),
        price: priceIn(price),
      };
    }),
  );
/** The answer to a send; every field may be missing, as the acceptance itself is the status 2xx. */
export const acceptedSchema = z.object({
  status: text,
  template_id: text,
  template_name: text,
  /** Given back by an API that knows it; one that does not leaves it out, and sends now. */
  scheduled_at: text,
  price,
  recipients,
});
export type SentAccepted = z.infer<typeof acceptedSchema>;

/** The answer to a cancellation; its success is the status 2xx. */
export const cancelledSchema = z.object({ status: text }).catch({ status: undefined });
export type SentCancelled = z.infer<typeof cancelledSchema>;

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
  scheduled_at: text,
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
