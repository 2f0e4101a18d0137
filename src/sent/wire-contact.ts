import * as z from 'zod/v4';
import { limitDepth } from './limit-depth.ts';

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
    phone_number: digitsIn(row.phone_number) ?? textIn(row.phone_number),
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
    metadata: isRecord(metadata) && !Array.isArray(metadata) ? limitDepth(metadata) : undefined,
    created_at: textIn(row.created_at),
    updated_at: textIn(row.updated_at),
  };
});

/** A row of a list; one without any number is nobody that could be told, found or reached. */
export const contactRowSchema: z.ZodType<SentContact> = contactSchema.refine(
  ({ phone_number, format_e164 }) => (format_e164 ?? phone_number) !== undefined,
);

/** A text that says something; whatever else is there counts as not given. */
export const textIn = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** A number that was sent as one: its digits, as nothing says that its calling code is among them. */
const digitsIn = (value: unknown): string | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? String(value) : undefined;

/** Channel names: the API gives a comma list, later dialects may give an array. Equal lists are one and the same. */
export function channelsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') {
    const known = knownLists.get(value);
    if (known !== undefined) return known;
  }
  const list: unknown[] = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [];
  const channels = list
    .filter((channel) => typeof channel === 'string')
    .map((channel) => channel.trim().toLowerCase())
    .filter(Boolean);
  if (typeof value === 'string' && knownLists.size < MAX_LISTS) knownLists.set(value, channels);
  return channels;
}
const knownLists = new Map<string, readonly string[]>();
const MAX_LISTS = 500;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
