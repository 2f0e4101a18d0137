import { AppError } from '../../errors.ts';
import { quoted } from '../../text/index.ts';
import type { CsvRecord } from './files/index.ts';
import { decodeText, isVcard, readVcards, withoutPhotographs } from './files/index.ts';
import { countriesOf, type List, type ReadOptions, readList, readTable } from './read-list.ts';

/** A list of a file: how it was read, and what a person should know of that. */
export type OpenedList = List & {
  warnings: readonly string[];
  /** In which character set it was, a sentence, where that was found out and not said by the file. */
  readInCharset?: string;
};

/** A file of more bytes is refused; 100,000 rows are some 10 MB, cards with photographs more. */
export const MAX_LIST_BYTES = 128_000_000;
const MAX_TABLE_BYTES = 48_000_000;
/** A line of a list, and of a card, whose photograph may be one. */
const MAX_LINE_BYTES = 1_000_000;
const MAX_CARD_LINE_BYTES = 16_000_000;

/** Other files than lists, by how they begin, and how a list comes out of them. */
const OTHER_FILES: readonly [start: RegExp, what: string][] = [
  [/^ÐÏ.à/s, 'an old Excel workbook (.xls)'],
  [/^%PDF/, 'a PDF'],
  [/^\p{Cc}\x8b|^BZh|^7z\xbc\xaf|^Rar!/u, 'a packed file'],
  [/^\xff\xd8\xff|^\x89PNG|^GIF8|^RIFF/, 'a picture'],
  [/^SQLite format/, 'a database'],
  [/^\{\\rtf/, 'a text document'],
  [/^\s*(?:<!doctype|<html|<\?xml|<table)/i, 'a web page or XML'],
  [/^\s*[[{]\s*[{"\]}]/, 'JSON'],
];

const refused = (what: string, next: string): AppError => new AppError('invalid_input', what, { next });
const SAVE_AS_CSV =
  'Open it in the program that made it, save the sheet with the numbers as CSV UTF-8 (Excel: Save As; Numbers: Export To, CSV), and try that file.';

/**
 * Reads the bytes of a file as a list: CSV in any usual character set, vCards, an Excel or OpenDocument sheet.
 * @throws AppError `invalid_input` for anything else, for what is too large, and as `readList`.
 */
export async function openList(bytes: Uint8Array, options: ReadOptions = {}): Promise<OpenedList> {
  const start = Buffer.from(bytes.subarray(0, 512)).toString('latin1');
  if (bytes.length > MAX_LIST_BYTES) throw tooLarge();
  if (start.startsWith('PK\x03\x04')) return openWorkbook(bytes, options);
  const other = OTHER_FILES.find(([pattern]) => pattern.test(start.replace(/^\xef\xbb\xbf/, '')));
  if (other) throw refused(`The file is ${other[1]}, not a list.`, SAVE_AS_CSV);
  const isCards = isVcard(start.replaceAll('\0', '').replace(/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, ''));
  if (!isCards && bytes.length > MAX_TABLE_BYTES) throw tooLarge();
  const longest = isCards ? MAX_CARD_LINE_BYTES : MAX_LINE_BYTES;
  if (hasLineBeyond(bytes, longest))
    throw refused(
      'The file has a line that is too long for a list.',
      'Export the list again as CSV, and try that file.',
    );
  const { text, charset, raw, warnings } = await decodeText(
    isCards ? await withoutPhotographs(bytes) : bytes,
    countriesOf(options),
  );
  const list = raw ? { columns: [], rows: readVcards(text, raw) } : readList(text, options);
  const isTold = charset.startsWith('utf-') || raw !== undefined;
  return {
    ...list,
    warnings,
    ...(!isTold && {
      readInCharset: `The file is not in Unicode; it was read as ${charset}. Look whether the names are right.`,
    }),
  };
}

const tooLarge = (): AppError =>
  refused('The file is too large for a list.', 'Split it, and try the parts one after the other.');

/** Whether a line is longer, its end a line feed or, as old programs write it, a carriage return alone. */
function hasLineBeyond(file: Uint8Array, longest: number): boolean {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.length);
  for (let start = 0; bytes.length - start > longest; ) {
    const within = bytes.subarray(start, start + longest + 1);
    const end = Math.max(within.lastIndexOf(10), within.lastIndexOf(13));
    if (end < 0) return true;
    start += end + 1;
  }
  return false;
}

/** The first sheet that holds something is read; others are named. */
async function openWorkbook(bytes: Uint8Array, options: ReadOptions): Promise<OpenedList> {
  const { readWorkbook } = await import('./workbook/index.ts');
  const sheets = await readWorkbook(bytes);
  const withRows = sheets.filter(({ records }) => hasCells(records));
  const [first, ...others] = withRows;
  if (first === undefined) return { columns: [], rows: [], warnings: [] };
  const names = others.slice(0, 5).map(({ name }) => quoted(name, 40));
  const warnings =
    others.length === 0
      ? []
      : [
          `Only the sheet ${quoted(first.name, 40)} was read, not ${names.join(', ')}: save another as CSV to read it.`,
        ];
  return { ...readTable(first.records, options), warnings };
}

function hasCells(records: Iterable<CsvRecord>): boolean {
  for (const { cells } of records) if (cells.some((cell) => cell.trim() !== '')) return true;
  return false;
}
