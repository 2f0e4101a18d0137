import { type Dialect, hash, idOf } from './ids.ts';
import { numberOfPerson, personOf } from './people.ts';

export type Metadata = Record<string, unknown>;

/** A contact as the simulator keeps it. Times are milliseconds. */
export type Contact = {
  readonly index: number;
  readonly id: string;
  /** As it was given when the contact was made. */
  readonly phone_number: string;
  readonly e164: string;
  readonly created_at: number;
  channels: readonly string[];
  default_channel: string | null;
  opt_out: boolean;
  metadata: Metadata;
  updated_at: number | null;
  /** When this person last wrote to us; null for never. Decides whether free text may be sent. */
  last_inbound_at: number | null;
};

export type ContactChange = Partial<
  Pick<Contact, 'channels' | 'default_channel' | 'opt_out' | 'metadata' | 'last_inbound_at' | 'updated_at'>
>;

const DAY_MS = 86_400_000;
/** In ten people: four have SMS and WhatsApp, three SMS only, two RCS as well, one none yet. */
const [NONE, SMS, BOTH, RICH]: (readonly string[])[] = [
  [],
  ['sms'],
  ['sms', 'whatsapp'],
  ['sms', 'whatsapp', 'rcs'],
];
const CHANNELS = [BOTH, SMS, BOTH, RICH, SMS, BOTH, NONE, SMS, BOTH, RICH];

/** The channels of person `index`. */
export const channelsOf = (index: number): readonly string[] =>
  CHANNELS[hash(index, 1) % CHANNELS.length] ?? [];

/** Person `index` as a contact, the same each time: made in the two years before `bornAt`, later ones later. */
export function personAsContact(
  index: number,
  book: { of: number; bornAt: number; dialect: Dialect },
): Contact {
  const { of, bornAt, dialect } = book;
  const e164 = numberOfPerson(index);
  const channels = channelsOf(index);
  const wanted = ['sms', 'whatsapp', '', '', ''][hash(index, 2) % 5] ?? '';
  const age = (1 - (index + hash(index, 3) / 2 ** 32) / of) ** 1.5;
  const created_at = Math.round(bornAt - age * 730 * DAY_MS);
  const wrote = hash(index, 5) % 10;
  return {
    index,
    id: idOf('contact', index, dialect),
    phone_number: e164,
    e164,
    created_at,
    channels,
    default_channel: wanted !== '' && channels.includes(wanted) ? wanted : null,
    opt_out: hash(index, 4) % 20 === 0,
    metadata: personOf(index),
    updated_at: null,
    last_inbound_at:
      wrote > 3 ? null : wrote === 0 ? bornAt - DAY_MS / 24 : Math.round((created_at + bornAt) / 2),
  };
}
