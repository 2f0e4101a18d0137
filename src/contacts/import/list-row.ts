/** One line of somebody's list, whatever file it came from, before its numbers are judged. */
export type ListRow = {
  /** As a spreadsheet counts: the header is row 1. In a vCard file: which card. In a plain list: which entry. */
  row: number;
  /** As they were written; several where a person has several, none where there is none. */
  numbers: readonly string[];
  /** The country that the row itself names for its numbers, as it was written. */
  country: string | undefined;
  /** The other columns that hold something, by a plain name: `name`, `company`, `tags`, `note`, `customer_since`. */
  fields: Fields;
};
export type Fields = Readonly<Record<string, string | readonly string[]>>;

/** Between several values that Google and Outlook put into one cell. */
const BETWEEN_VALUES = /\s*(?::::|[;,\n|])\s*/;

/** The parts of a cell with several tags; `* myContacts`, which Google gives everybody, says nothing. */
export const tagsIn = (cell: string): string[] => [
  ...new Set(
    cell
      .split(BETWEEN_VALUES)
      .map((tag) => tag.replace(/^\*\s*/, '').trim())
      .filter((tag) => tag !== '' && tag !== 'myContacts'),
  ),
];

/** The numbers in a cell: parted only where each part has the digits of a whole number. */
export function numbersIn(cell: string): string[] {
  const text = cell.trim();
  const parts = text.split(BETWEEN_VALUES).filter(Boolean);
  const whole = parts.length > 1 && parts.every((part) => part.replace(/\P{Nd}/gu, '').length >= 7);
  return whole ? parts : text === '' ? [] : [text];
}
