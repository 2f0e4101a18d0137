import { type Contact, formatsOf, hash } from '../book/index.ts';
import type { SimulatedAccount } from '../simulated-account.ts';
import { isoLong, isoShort } from './envelope.ts';

/** The contact object of section 2.2. An unset default channel is `""` today (the field is not nullable) and null in the guide's era. */
export function contactOnWire(contact: Contact, account: SimulatedAccount) {
  const guide = account.dialect === 'guide';
  return {
    id: contact.id,
    ...(guide ? {} : { customer_id: account.customerId }),
    phone_number: contact.phone_number,
    ...formatsOf(contact.e164),
    available_channels: contact.channels.join(','),
    default_channel: contact.default_channel ?? (guide ? null : ''),
    opt_out: contact.opt_out,
    is_inherited: false,
    ...(account.storesMetadata ? { metadata: contact.metadata } : {}),
    created_at: isoLong(contact.created_at),
    updated_at: contact.updated_at === null ? null : isoLong(contact.updated_at),
  };
}

/** Past engagement is made up from the contact's index; messages really sent here are added to it. */
export function summaryOf(contact: Contact, account: SimulatedAccount) {
  const past =
    account.book.isGenerated(contact) && contact.channels.length > 0 ? hash(contact.index, 21) % 30 : 0;
  const sent = account.log.of(contact.id);
  const weekAfter = Math.min(contact.created_at + 7 * 86_400_000, (contact.created_at + account.now()) / 2);
  const times = [
    ...(past > 0 ? [weekAfter, contact.last_inbound_at ?? weekAfter] : []),
    ...sent.map((m) => m.createdAt),
  ];
  const used = new Set([...(past > 0 ? contact.channels : []), ...sent.map((message) => message.channel)]);
  return {
    contact_id: contact.id,
    message_count: past + sent.length,
    first_message_at: times.length > 0 ? isoShort(Math.min(...times)) : null,
    last_message_at: times.length > 0 ? isoShort(Math.max(...times)) : null,
    channels_used: [...used],
    channel_scores: [...used].map((channel) => {
      const fail_score = hash(contact.index, channel.length) % 20;
      return { channel, success_score: 100 - fail_score, fail_score };
    }),
  };
}
