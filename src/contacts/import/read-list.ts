import { AppError } from '../../errors.ts';
import { columnsByContent, columnsByName, fieldsOf, unquoted } from './columns.ts';
import { readCsv } from './csv.ts';
import { type ListRow, numbersIn } from './list-row.ts';
import { isVcard, readVcards } from './vcard.ts';

/**
 * The rows of a list: vCards, or CSV whose header may name its columns in any order and in several usual ways, or be
 * missing. Rows that hold nothing are left out.
 * @throws AppError `invalid_input` where no column holds phone numbers, or where the text is broken.
 */
export function readList(text: string): ListRow[] {
  if (isVcard(text)) return readVcards(text);
  const records = readCsv(text).filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
  const [first] = records;
  if (first === undefined) return [];
  const byName = columnsByName(first.cells);
  const found = byName
    ? { columns: byName, header: true }
    : columnsByContent(records.map(({ cells }) => cells));
  if (found === undefined) {
    throw new AppError('invalid_input', 'The list has no column of phone numbers.', {
      next: 'Give it a header that names one, such as phone, and call again.',
    });
  }
  const { columns, header } = found;
  return records.slice(header ? 1 : 0).map(({ row, cells }) => ({
    row,
    numbers: columns.phones.flatMap((at) => numbersIn(cells[at] ?? '')),
    country: columns.country === undefined ? undefined : unquoted(cells[columns.country] ?? '') || undefined,
    fields: fieldsOf(cells, columns),
  }));
}

/** A plain list of numbers as rows. */
export const listOfNumbers = (numbers: readonly string[]): ListRow[] =>
  numbers.map((number, index) => ({ row: index + 1, numbers: [number], country: undefined, fields: {} }));
