/** How contacts, outcomes and messages read in the text of a result. */
import type { Contact, FullContact } from '../../contacts/contact.ts';
import { inline, lines } from '../text.ts';

/** One contact on one line: number, country, channels with the default marked, opt-out, metadata. */
export function contactLine(contact: Contact): string {
  const channels = contact.available_channels.map((channel) =>
    channel === contact.default_channel ? `${channel}*` : channel,
  );
  if (contact.default_channel && !contact.available_channels.includes(contact.default_channel)) {
    channels.push(`(${contact.default_channel}*)`);
  }
  return [
    contact.phone_number,
    contact.region_code ?? '-',
    channels.join() || '-',
    ...(contact.opt_out ? ['OPTED OUT'] : []),
    ...(contact.metadata ? [metadataText(contact.metadata, 40)] : []),
  ].join(' | ');
}

export const metadataText = (metadata: Readonly<Record<string, unknown>>, most: number): string =>
  Object.entries(metadata)
    .map(([key, value]) => `${inline(key, 40)}: ${inline(value, most)}`)
    .join('; ');

/** A contact in full, a fact a line. */
export const contactText = (contact: FullContact): string =>
  lines(
    `${contact.phone_number}${contact.region_code ? ` (${contact.region_code})` : ''}, id ${contact.id}`,
    contact.format_international !== undefined &&
      `Written: ${contact.format_international}; at home ${contact.format_national ?? '-'}; ${contact.format_rfc ?? '-'}`,
    `Channels: ${contact.available_channels.join(', ') || 'none known'}; default: ${contact.default_channel ?? 'chosen by Sent'}`,
    contact.opt_out ? 'OPTED OUT of every channel: must not be messaged.' : 'Not opted out.',
    contact.metadata && `Metadata: ${metadataText(contact.metadata, 200)}`,
    contact.created_at !== undefined &&
      `Created ${contact.created_at}${contact.updated_at ? `, updated ${contact.updated_at}` : ''}`,
  );

/** The warnings of an outcome, and that it was a dry run. */
export const outcomeLines = ({
  sandbox,
  warnings,
}: {
  sandbox?: true;
  warnings?: readonly string[];
}): string[] => [
  ...(sandbox ? ['Dry run, confirmed by Sent: nothing was changed.'] : []),
  ...(warnings ?? []),
];
