import type { SentContact } from '../../sent/index.ts';
import { formatsOf, regionOf, toE164 } from './phone.ts';

/** A contact as lists and results show it. */
export type Contact = {
  id: string;
  /** E.164. */
  phone_number: string;
  /** ISO 3166-1 alpha-2. */
  region_code: string | undefined;
  available_channels: readonly string[];
  default_channel: string | undefined;
  /** Holds for every channel. */
  opt_out: boolean;
  metadata: Readonly<Record<string, unknown>> | undefined;
  /** ISO 8601, as the API wrote it. */
  created_at: string | undefined;
  updated_at: string | undefined;
  /** The keys of `metadata` that are in the user's address book and not in Sent. */
  from_address_book?: readonly string[];
  /** The keys of `metadata` that this server keeps, since Sent does not. */
  kept_here?: readonly string[];
  /** False for somebody of the address book whose number is no contact of Sent: then the id is the number. */
  in_sent?: false;
};

/** Who a contact is, and whether they may be sent to. */
export type Who = Pick<Contact, 'id' | 'phone_number' | 'region_code' | 'opt_out'>;

/** What a contact has in common with many others. */
export type Facets = Pick<Contact, 'region_code' | 'available_channels' | 'default_channel' | 'opt_out'>;

export type FullContact = Contact & {
  format_international: string | undefined;
  format_national: string | undefined;
  format_rfc: string | undefined;
  /** The calling code, `"1"`. */
  country_code: string | undefined;
  is_inherited: boolean | undefined;
};

export function toContact(sent: SentContact): Contact {
  const phone_number = toE164(sent.format_e164 ?? sent.phone_number ?? '');
  const region = sent.region_code?.toUpperCase();
  return {
    id: sent.id,
    phone_number,
    region_code: region !== undefined && /^[A-Z]{2}$/.test(region) ? region : regionOf(phone_number),
    available_channels: sent.available_channels,
    default_channel: sent.default_channel?.toLowerCase(),
    opt_out: sent.opt_out,
    metadata: withoutNulls(sent.metadata),
    created_at: sent.created_at,
    updated_at: sent.updated_at,
  };
}

/** The contact with its number in every format: the API's own, or ours where it gives none. */
export function toFullContact(sent: SentContact): FullContact {
  const contact = toContact(sent);
  const formats = formatsOf(contact.phone_number);
  return {
    ...contact,
    format_international: sent.format_international ?? formats?.format_international,
    format_national: sent.format_national ?? formats?.format_national,
    format_rfc: sent.format_rfc ?? formats?.format_rfc,
    country_code: sent.country_code ?? formats?.country_code,
    is_inherited: sent.is_inherited,
  };
}

/** Somebody whom Sent does not know, with the number in every format. */
export const withFormats = (contact: Contact): FullContact => {
  const formats = formatsOf(contact.phone_number);
  return {
    ...contact,
    format_international: formats?.format_international,
    format_national: formats?.format_national,
    format_rfc: formats?.format_rfc,
    country_code: formats?.country_code,
    is_inherited: undefined,
  };
};

/** A key set to null is a key removed. */
function withoutNulls(metadata: SentContact['metadata']): Contact['metadata'] {
  const values = Object.values(metadata ?? {});
  if (values.length === 0) return undefined;
  if (!values.includes(null)) return metadata;
  const kept = Object.entries(metadata ?? {}).filter(([, value]) => value !== null);
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}
