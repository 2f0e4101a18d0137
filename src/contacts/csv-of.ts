import { sanitise } from '../text/index.ts';
import type { Contact } from './model/index.ts';

/** The columns that every contact has, as `import` reads them again; the keys of the metadata follow. */
const COLUMNS = [
  'phone_number',
  'region_code',
  'available_channels',
  'default_channel',
  'opt_out',
  'created_at',
  'updated_at',
] as const;

/** What a spreadsheet would run: a cell that begins like a formula, in half or in full width. */
const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;
/** A spreadsheet holds no more in a cell. */
const MAX_CELL_CHARS = 32_000;
/** A number of any kind is no formula, a phone number with its `+` neither. */
const NUMBER = /^[+-]?\d+(?:\.\d+)?$/;

/**
 * Contacts as CSV (RFC 4180, UTF-8): one row each, a column for each key of the metadata. No cell is run by a
 * spreadsheet: what begins like a formula has an apostrophe before it. Lists are joined with semicolons.
 */
export function csvOf(contacts: readonly Contact[]): string {
  const keys = [...new Set(contacts.flatMap(({ metadata }) => Object.keys(metadata ?? {})))];
  const taken = new Set<string>(COLUMNS);
  // Only said where somebody is in the address book alone.
  const inSent = contacts.some(({ in_sent }) => in_sent === false) ? ['in_sent'] : [];
  const head = [...COLUMNS, ...keys.map((key) => (taken.has(key) ? `metadata.${key}` : key)), ...inSent];
  const rows = contacts.map((contact) => [
    ...COLUMNS.map((column) => contact[column]),
    ...keys.map((key) =>
      contact.metadata !== undefined && Object.hasOwn(contact.metadata, key)
        ? contact.metadata[key]
        : undefined,
    ),
    ...inSent.map(() => contact.in_sent ?? true),
  ]);
  return [head, ...rows].map((row) => `${row.map(cellOf).join(',')}\r\n`).join('');
}

function cellOf(value: unknown): string {
  const text = textOf(value);
  const harmless = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n;]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

const textOf = (value: unknown): string => {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map(textOf).join(';');
  return sanitise(typeof value === 'object' ? JSON.stringify(value) : String(value), MAX_CELL_CHARS);
};
