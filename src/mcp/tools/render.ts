/** How contacts, outcomes and messages read in the text of a result. */
import type { Contact, FullContact } from '../../contacts/index.ts';
import { inline, inlineList, lines } from '../text.ts';

/** A contact as lists show it: opt-out only where it is true, times only where the question is about them. */
export type ListedContact = Omit<Contact, 'id' | 'opt_out' | 'kept_here' | 'created_at' | 'updated_at'> & {
  opt_out?: true;
  created_at?: string | undefined;
  updated_at?: string | undefined;
};

export function listed(
  contact: Contact,
  times: readonly ('created_at' | 'updated_at')[] = [],
): ListedContact {
  const { id: _id, opt_out, kept_here: _kept, created_at, updated_at, ...shown } = contact;
  return {
    ...shown,
    ...(opt_out && { opt_out }),
    ...(times.includes('created_at') && { created_at: toTheMinute(created_at) }),
    ...(times.includes('updated_at') && { updated_at: toTheMinute(updated_at) }),
  };
}

/** ISO 8601 in UTC; what is no time as it is. */
const toTheMinute = (iso: string | undefined): string | undefined => {
  const ms = Date.parse(iso ?? '');
  return Number.isNaN(ms) ? iso : `${new Date(ms).toISOString().slice(0, 16)}Z`;
};

/** In a list of so many, keys that most contacts have are named once, above it. */
const TABLE_FROM = 5;
const SHARED_FROM = 0.75;

/** Contacts as a table, one on each line. */
export function contactTable(contacts: readonly ListedContact[]): string[] {
  const counts = new Map<string, number>();
  for (const contact of contacts) {
    for (const key of ownKeys(contact)) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const shared = [...counts]
    .filter(([, count]) => count >= SHARED_FROM * contacts.length)
    .map(([key]) => key);
  if (contacts.length < TABLE_FROM || shared.length === 0) return contacts.map((one) => contactLine(one));
  const columns = shared.slice(0, MAX_KEYS);
  return [
    `number | country | channels | ${timeColumns(contacts)}${columns.map((key) => inline(key, 40)).join('; ')}`,
    ...contacts.map((one) => contactLine(one, columns)),
  ];
}

/** The times that a table shows; all of its contacts have them, or none of them. */
const timeColumns = (contacts: readonly ListedContact[]): string =>
  [
    contacts.some((one) => one.created_at) && 'created | ',
    contacts.some((one) => one.updated_at) && 'updated | ',
  ]
    .filter(Boolean)
    .join('');

/** The keys of a contact's metadata that are not the address book's. */
const ownKeys = ({
  metadata,
  from_address_book,
}: Pick<Contact, 'metadata' | 'from_address_book'>): string[] =>
  Object.keys(metadata ?? {}).filter((key) => !from_address_book?.includes(key));

/**
 * One contact on one line: number, country, channels with the default marked, opt-out, metadata.
 * @param columns keys of the metadata that a heading names: their values come first, in this order.
 */
export function contactLine(contact: ListedContact, columns: readonly string[] = []): string {
  const channels = contact.available_channels
    .slice(0, 10)
    .map((channel) => (channel === contact.default_channel ? `${inline(channel)}*` : inline(channel)));
  if (contact.default_channel && !contact.available_channels.includes(contact.default_channel)) {
    channels.push(`(${inline(contact.default_channel)}*)`);
  }
  return [
    inline(contact.phone_number),
    contact.region_code ?? '-',
    channels.join() || '-',
    ...(contact.opt_out ? ['OPTED OUT'] : []),
    ...(contact.in_sent === false ? ['NOT IN SENT'] : []),
    ...timesOf(contact, columns.length > 0),
    ...metadataParts(contact, 40, columns),
  ].join(' | ');
}

/** As they are listed, in UTC; named where no heading does. */
const timesOf = ({ created_at, updated_at }: ListedContact, isNamed: boolean): string[] =>
  [['created', created_at] as const, ['updated', updated_at] as const].flatMap(([what, at]) => {
    if (at === undefined) return [];
    const shown = inline(at).replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)Z$/, '$1 $2');
    return [isNamed ? shown : `${what} ${shown}`];
  });

/** Keys of the metadata that a text shows; the structured result holds more. */
const MAX_KEYS = 20;

export const metadataText = (metadata: Readonly<Record<string, unknown>>, most: number): string =>
  Object.entries(metadata)
    .slice(0, MAX_KEYS)
    .map(([key, value]) => `${inline(key, 40)}: ${inline(value, most)}`)
    .concat(Object.keys(metadata).length > MAX_KEYS ? ['… (cut)'] : [])
    .join('; ');

/** The contact's own metadata, and apart from it what is in the user's address book alone. */
function metadataParts(
  contact: Pick<Contact, 'metadata' | 'from_address_book'>,
  most: number,
  columns: readonly string[] = [],
): string[] {
  const { metadata = {} } = contact;
  const keys = ownKeys(contact);
  const only = (chosen: (key: string) => boolean): string =>
    metadataText(Object.fromEntries(Object.entries(metadata).filter(([key]) => chosen(key))), most);
  const values = columns.some((key) => keys.includes(key))
    ? columns.map((key) => (keys.includes(key) ? inline(metadata[key], most) : '-'))
    : [];
  const own = [...values, only((key) => keys.includes(key) && !columns.includes(key))]
    .filter(Boolean)
    .join('; ');
  const theirs = only((key) => !keys.includes(key));
  return [...(own ? [own] : []), ...(theirs ? [`address book: ${theirs}`] : [])];
}

const keptHereLine = (keys: readonly string[] = []): string | false =>
  keys.length > 0 && `Kept here, as Sent does not keep metadata: ${inlineList(keys)}.`;

/** A contact with all that is given of it, a fact a line. */
export const contactText = (contact: Contact & Partial<Omit<FullContact, keyof Contact>>): string =>
  lines(
    `${inline(contact.phone_number)}${contact.region_code ? ` (${contact.region_code})` : ''}, id ${inline(contact.id, 200)}`,
    contact.format_international !== undefined &&
      `Written: ${inline(contact.format_international)}; at home ${inline(contact.format_national ?? '-')}; ${inline(contact.format_rfc ?? '-')}`,
    `Channels: ${inlineList(contact.available_channels) || 'none known'}; default: ${inline(contact.default_channel ?? 'chosen by Sent')}`,
    contact.opt_out ? 'OPTED OUT of every channel: must not be messaged.' : 'Not opted out.',
    contact.in_sent === false && 'Not in Sent: only in the address book of the user.',
    metadataParts(contact, 200).map((part) => `Metadata: ${part}`),
    keptHereLine(contact.kept_here),
    contact.created_at !== undefined &&
      `Created ${inline(contact.created_at)}${contact.updated_at ? `, updated ${inline(contact.updated_at)}` : ''}`,
  );

/** What a change gives of a contact: all but its times and formats, which nobody changes. */
export const changedContact = (contact: Contact): Contact => ({
  id: contact.id,
  phone_number: contact.phone_number,
  region_code: contact.region_code,
  available_channels: contact.available_channels,
  default_channel: contact.default_channel,
  opt_out: contact.opt_out,
  metadata: contact.metadata,
  created_at: undefined,
  updated_at: undefined,
  ...(contact.from_address_book && { from_address_book: contact.from_address_book }),
});

/** What an outcome may claim to have done: as it is, as it would be, or neither, after a dry run that may have been none. */
export async function claimOf(
  { sandbox, warnings = [] }: { sandbox?: true; warnings?: readonly string[] },
  done: string,
  would: string,
): Promise<string> {
  if (sandbox) return would;
  const { DRY_RUN_NOT_CONFIRMED } = await import('../../contacts/index.ts'); // Not before the first call.
  if (!warnings.includes(DRY_RUN_NOT_CONFIRMED)) return done;
  return `Perhaps ${done.toLowerCase()}, not confirmed as a dry run`;
}

/** The warnings of an outcome, what is kept here, and that it was a dry run. */
export const outcomeLines = ({
  sandbox,
  kept_here,
  warnings = [],
}: {
  sandbox?: true;
  kept_here?: readonly string[];
  warnings?: readonly string[];
}): string =>
  lines(sandbox && 'Dry run, confirmed by Sent: nothing was changed.', keptHereLine(kept_here), warnings);
