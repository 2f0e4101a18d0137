import { type Columns, chooseColumns, findHeader, lookAtColumns } from './columns/index.ts';
import { type CsvRecord, isVcard, readCsv, readVcards } from './files/index.ts';
import { type Label, labelIn } from './headings/index.ts';
import { type Fields, type ListRow, named, tagsIn, unquoted, type WrittenNumber } from './list-row.ts';
import type { CountryRule } from './numbers/index.ts';
import { numbersIn } from './numbers/index.ts';

/** A list that is being read: what its columns are, and its rows, read as somebody asks for them. */
export type List = {
  /** What each column was read as; none for vCards and plain lists. */
  columns: readonly ColumnRead[];
  /** To be read once. @throws AppError `invalid_input` where the text is broken, when the reading gets there. */
  rows: Iterable<ListRow>;
};
/** `column`: its header as the file has it, or its place; `read_as`: in words of ours. */
export type ColumnRead = { column: string; read_as: string };

export type ReadOptions = CountryRule & {
  /** The columns of the numbers, by header or by place from 1, where somebody has said them. */
  columns?: readonly string[] | undefined;
};

/** So many records tell what the columns hold. */
const SAMPLE = 60;

/**
 * Reads a list: vCards, or CSV whose header may name its columns in any order and in many languages, stand under a
 * title or be missing. Rows that hold nothing are left out.
 * @throws AppError `invalid_input` where no column holds phone numbers, or where it is not clear which does.
 */
export function readList(text: string, options: ReadOptions = {}): List {
  return isVcard(text) ? { columns: [], rows: readVcards(text) } : readTable(readCsv(text), options);
}

/** Those that its numbers may be from, as far as somebody has said. */
export const countriesOf = ({ explicit, fallback }: CountryRule): string[] =>
  [explicit, fallback].filter((country) => country !== undefined);

/** A table as rows, whatever file it is from. */
export function readTable(records: Iterable<CsvRecord>, options: ReadOptions): List {
  const reading = filled(records)[Symbol.iterator]();
  const first = [...take(reading, SAMPLE)];
  if (first.length === 0) return { columns: [], rows: [] };
  const countries = countriesOf(options);
  const cells = first.map((record) => record.cells);
  const headerAt = findHeader(cells, countries);
  const header = headerAt === undefined ? undefined : cells[headerAt];
  const below = first.slice((headerAt ?? -1) + 1);
  const looked = lookAtColumns(
    header,
    below.map((record) => record.cells),
    countries,
  );
  const columns = chooseColumns(looked, options.columns);
  return {
    columns: describe(columns),
    rows: {
      *[Symbol.iterator]() {
        for (const record of below) yield rowOf(record, columns);
        for (const record of { [Symbol.iterator]: () => reading }) yield rowOf(record, columns);
      },
    },
  };
}

function* filled(records: Iterable<CsvRecord>): Generator<CsvRecord> {
  for (const record of records) if (record.cells.some((cell) => cell.trim() !== '')) yield record;
}
function* take<T>(from: Iterator<T>, most: number): Generator<T> {
  for (let count = 0; count < most; count++) {
    const next = from.next();
    if (next.done) return;
    yield next.value;
  }
}

function rowOf({ row, cells }: CsvRecord, columns: Columns): ListRow {
  const numbers = columns.phones.flatMap(({ at, label, labelAt, dialCodeAt }) => {
    const beside = labelAt === undefined ? undefined : labelIn(cells[labelAt] ?? '');
    const dialCode = dialCodeAt === undefined ? undefined : unquoted(cells[dialCodeAt] ?? '');
    return numbersIn(cells[at] ?? '').map(
      (value): WrittenNumber => ({ value, label: beside ?? label, dialCode }),
    );
  });
  const country = columns.country === undefined ? undefined : unquoted(cells[columns.country] ?? '');
  return { row, numbers, country: country || undefined, fields: fieldsOf(cells, columns) };
}

/** The cells of a record that hold something, by name; a name made of its parts where there is no whole one. */
function fieldsOf(cells: readonly string[], columns: Columns): Fields {
  const fields: Record<string, string | string[]> = {};
  for (const { at, key } of columns.fields) {
    const value = unquoted(cells[at] ?? '');
    if (value === '' || Object.hasOwn(fields, key)) continue;
    fields[key] = key === 'tags' ? tagsIn(value) : value;
  }
  return named(fields);
}

const LABEL_WORDS: Readonly<Record<Label, string>> = {
  ...{ mobile: 'mobile', main: 'main', work: 'work', home: 'home', other: 'other' },
  ...{ fax: 'fax, never taken', pager: 'pager, never taken', other_person: "somebody else's, never taken" },
};

const FIELD_WORDS: ReadonlySet<string> = new Set([
  ...['name', 'first_name', 'middle_name', 'last_name', 'company', 'email', 'tags', 'note', 'country'],
]);
const LOOKS_LIKE_NUMBERS = 0.65;

/** What each column was read as, in words. */
function describe({ phones, country, fields, all }: Columns): ColumnRead[] {
  return all.flatMap((column) => {
    const { at, heading, phone } = column;
    if (column.header === '' && column.filled === 0) return [];
    const own = phones.find((one) => one.at === at);
    const field = fields.find((one) => one.at === at);
    const label = own?.label === undefined ? '' : ` (${LABEL_WORDS[own.label]})`;
    const read_as = own
      ? `phone number${label}`
      : phones.some(({ dialCodeAt }) => dialCodeAt === at)
        ? 'calling code of the number'
        : phones.some(({ labelAt }) => labelAt === at)
          ? 'kind of the number'
          : at === country
            ? 'country of the row'
            : field && FIELD_WORDS.has(field.key)
              ? field.key.replaceAll('_', ' ')
              : phone >= LOOKS_LIKE_NUMBERS && heading.kind === 'unknown'
                ? 'other, though it looks like phone numbers'
                : 'other';
    return [{ column: column.header || `column ${at + 1}`, read_as }];
  });
}

/** A plain list of numbers as rows. */
export const listOfNumbers = (numbers: readonly string[]): ListRow[] =>
  numbers.map((value, index) => ({
    row: index + 1,
    numbers: numbersIn(value).map((one) => ({ value: one, label: undefined, dialCode: undefined })),
    country: undefined,
    fields: {},
  }));
