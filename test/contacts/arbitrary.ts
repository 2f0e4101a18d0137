/** Random contacts and questions that meet often enough to be worth comparing. */
import fc from 'fast-check';
import type { Contact } from '../../src/contacts/model/contact.ts';
import type { SearchInput } from '../../src/contacts/question/criteria.ts';

/** Fixed, so that every run tries the same cases. */
export const RUNS = { seed: 20261123, numRuns: 150 };
export const NOW = Date.UTC(2026, 10, 23, 12);
const DAY_MS = 86_400_000;

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const iso = (zone: string, digits: string) => (days: number) =>
  new Date(NOW - days * DAY_MS).toISOString().replace('.000Z', `${digits}${zone}`);
const stamp = fc.oneof(
  fc.integer({ min: 0, max: 40 }).map(iso('Z', '')),
  fc.integer({ min: 0, max: 40 }).map(iso('+00:00', '.1234567')),
  fc.integer({ min: 0, max: 40 }).map(iso('+02:00', '.5')),
);
const channel = fc.constantFrom('sms', 'whatsapp', 'rcs');
const name = fc.constantFrom(
  ...['Hernández', 'Ana Hernandes', 'Anabel Zoehler', 'Zoë', 'Zoe Åkesson', 'Müller', 'Çelik 70877'],
);
const value = fc.oneof(name, fc.constantFrom('vip', 'customer', '7'), fc.constantFrom(7, 70877, true, false));
const nested = fc.constantFrom({ city: 'São Paulo' }, ['vip', 'x'], []);
const key = fc.constantFrom('name', 'segment', 'order', 'tags', '__proto__', '1');

export const metadata = fc
  .uniqueArray(fc.tuple(key, fc.oneof(value, nested)), { maxLength: 4, selector: ([name]) => name })
  .map((entries) => (entries.length === 0 ? undefined : Object.fromEntries(entries)));

const numbers = [
  ['ES', '+34612'],
  ['GB', '+4420'],
  ['US', '+1415555'],
  ['CA', '+1416555'],
  ['BR', '+55119'],
] as const;

export const contact = (id: fc.Arbitrary<string>): fc.Arbitrary<Contact> =>
  fc
    .record({
      id,
      land: fc.constantFrom(...numbers),
      tail: fc.constantFrom('70877', '0877', '5550', '1234'),
      strange: fc.integer({ min: 0, max: 19 }),
      available_channels: fc.uniqueArray(channel, { maxLength: 3 }),
      default_channel: optional(channel),
      opt_out: fc.boolean(),
      metadata,
      created_at: optional(stamp),
      updated_at: optional(stamp),
    })
    .map(({ land, tail, strange, ...rest }) => ({
      id: rest.id,
      phone_number: strange === 0 ? `ext. ${tail}` : `${land[1]}${tail}`,
      region_code: strange === 1 ? undefined : land[0],
      available_channels: rest.available_channels,
      default_channel: rest.default_channel,
      opt_out: rest.opt_out,
      metadata: rest.metadata,
      created_at: rest.created_at,
      updated_at: rest.updated_at,
    }));

export const contacts = (most: number): fc.Arbitrary<Contact[]> =>
  fc.uniqueArray(contact(fc.integer({ min: 0, max: 999 }).map((n) => `c${n}`)), {
    maxLength: most,
    selector: ({ id }) => id,
  });

const query = fc.constantFrom(
  'ana',
  '34',
  '55',
  'hernandez',
  'Hernandes',
  'hernandezz',
  'zoe',
  'Zoë',
  'vip',
  'sao paulo',
  'spain',
  'Brasil vip',
  'ends in 70877',
  'ends in 0877',
  '(415) 555',
  '+34 612',
  'starts with 20',
  '0044 20',
  '020',
  '5550',
  '+1 (415) 555-70877',
  '７０８７７',
  '7',
  'müll',
);
const moment = fc.constantFrom('7d', '3mo', '2026-11-01', '2026-11-10T08:00:00Z', '24h');

/** Most questions ask for one or two things, so that they have answers. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>, weight = 1) =>
  fc.oneof({ weight: 7, arbitrary: fc.constant(undefined) }, { weight, arbitrary });

export const filters: { [Name in keyof Required<SearchInput>]: fc.Arbitrary<SearchInput[Name]> } = {
  query: seldom(query, 7),
  country: seldom(fc.constantFrom<string | string[]>('ES', '+1', 'Spain', ['ES', 'Brasil'], 'UK', '44'), 2),
  channel: seldom(channel),
  only_channel: seldom(channel),
  default_channel: seldom(channel),
  opt_out: seldom(fc.boolean()),
  metadata: seldom(
    fc.dictionary(key, fc.oneof(value, nested, fc.constant(null)), { minKeys: 1, maxKeys: 2 }),
    2,
  ),
  created_after: seldom(moment),
  created_before: seldom(moment),
  updated_after: seldom(moment),
  updated_before: seldom(moment),
};

export const question: fc.Arbitrary<SearchInput> = fc.record(filters) as fc.Arbitrary<SearchInput>;
/** Only a text, which those who have it fit more or less. */
export const wording: fc.Arbitrary<SearchInput> = fc.record({ query });
