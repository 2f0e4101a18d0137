import type { Label } from './headings/index.ts';

/** A number as somebody's list has it, before it is validated. */
export type WrittenNumber = {
  /** As it was written in its cell, for whoever looks it up there. */
  value: string;
  /** What it is for, by its column, the label beside it or a word in the cell. */
  label: Label | undefined;
  /** The calling code or country that a column of its own gives for it. */
  dialCode: string | undefined;
};

/** One line of somebody's list, whatever file it came from, before its numbers are validated. */
export type ListRow = {
  /** As a spreadsheet counts: the header is row 1. In a vCard file: which card. In a plain list: which entry. */
  row: number;
  /** Several where a person has several, none where there is none. */
  numbers: readonly WrittenNumber[];
  /** The country of the row, as it was written: of an address, so that it need not be the number's. */
  country: string | undefined;
  /** The other columns that hold something, by a plain name: `name`, `company`, `tags`, `note`, `customer_since`. */
  fields: Fields;
};
export type Fields = Readonly<Record<string, string | readonly string[]>>;

/** Longer cells hold a text with numbers in it, not a number. */
export const MAX_NUMBER_CELL = 300;
/** Between several values that Google and Outlook put into one cell. */
const BETWEEN_TAGS = /:::|[;,\n|]/;

/** The parts of a cell with several tags; `* myContacts`, which Google gives everybody, says nothing. */
export const tagsIn = (cell: string): string[] => [
  ...new Set(
    cell
      .split(BETWEEN_TAGS)
      .map((tag) => tag.trim().replace(/^\*\s*/, ''))
      .filter((tag) => tag !== '' && tag !== 'myContacts'),
  ),
];

/** A cell without what spreadsheets put around text to keep it text: `="…"` and an apostrophe before it. */
export const unquoted = (cell: string): string =>
  cell
    .trim()
    .replace(/^=\s*"(.*)"$/s, '$1')
    .replace(/^=(?=\s?\+?\d)/, '')
    .replace(/^'(?=\S)/, '')
    .trim();

/** The same fields, with a `name` put together from its parts where there is none. */
export function named(fields: Record<string, string | string[]>): Fields {
  if (fields.name !== undefined) return fields;
  const { first_name, middle_name, last_name } = fields;
  const parts = [first_name, middle_name, last_name].filter((part) => part !== undefined).map(String);
  if (parts.length === 0) return fields;
  const isChinese = parts.every((part) => /^[\p{Script=Han}\p{Script=Hangul}]+$/u.test(part));
  const name = isChinese ? [last_name, middle_name, first_name].join('') : parts.join(' ');
  return { name, ...fields };
}
