import { AppError } from '../../../errors.ts';

/** A record of a CSV text; `row` counts from 1 as a spreadsheet shows it, lines inside a cell not counted. */
export type CsvRecord = { row: number; cells: readonly string[] };

const DELIMITERS = [',', ';', '\t', '|'] as const;
/** A spreadsheet's own line, which it does not show: it names the delimiter. */
const SEP_LINE = /^sep=(.)\r?\n/i;
/** So much of the text, and so many records of it, tell the delimiter. */
const SAMPLE_CHARACTERS = 65_536;
const SAMPLE_RECORDS = 20;
/** A longer cell is no list's: a quotation mark that is not closed, or no CSV at all. */
const MAX_CELL = 200_000;

const cannotRead = (what: string): AppError =>
  new AppError('invalid_input', `The list cannot be read: ${what}.`, {
    next: 'Correct it there, or export the list again as CSV, and call again.',
  });

/** A cell and where the text goes on after it. */
type Cell = { text: string; end: number; fault?: string };

const NEVER_CLOSED = 'a quotation mark opened in row % is never closed';
const NOT_WHERE_IT_ENDS = 'a quotation mark in row % is not closed where its cell ends';
const TOO_LONG = 'a cell in row % is too long for a list';
const BREAK = /[\r\n]/;

/** A cell that begins with a quotation mark; what follows its end before the next delimiter makes it plain text. */
function quotedCell(text: string, start: number, delimiter: string): Cell {
  let value = '';
  for (let from = start + 1; ; ) {
    const mark = text.indexOf('"', from);
    if (mark < 0) return { text: '', end: text.length, fault: NEVER_CLOSED };
    if (mark - start > MAX_CELL) return { text: '', end: mark, fault: TOO_LONG };
    value += text.slice(from, mark);
    if (text[mark + 1] === '"') {
      value += '"';
      from = mark + 2;
      continue;
    }
    const after = text[mark + 1];
    if (after === undefined || after === delimiter || BREAK.test(after))
      return { text: value, end: mark + 1 };
    const rest = plainCell(text, mark + 1, delimiter);
    // Written by hand, as `"Bob" the boss`. Over several lines it is a cell that does not end where it should.
    if (BREAK.test(value)) return { text: '', end: rest.end, fault: NOT_WHERE_IT_ENDS };
    return { ...rest, text: `"${value}"${rest.text}` };
  }
}

function plainCell(text: string, start: number, delimiter: string): Cell {
  let end = start;
  while (end < text.length && text[end] !== delimiter && text[end] !== '\n' && text[end] !== '\r') {
    if (++end - start > MAX_CELL) return { text: '', end, fault: TOO_LONG };
  }
  return { text: text.slice(start, end), end };
}

/**
 * The records one after the other, read as far as somebody asks: RFC 4180, and where a text departs from it the way
 * people write, `="+34…"` and `Bob "the boss"`. Of our own, since the packages for it cannot be paused between records
 * without a stream, and a long list must not hold up other work.
 * @throws AppError `invalid_input` naming the row where a cell does not end, or is too long for a list.
 */
function* records(text: string, delimiter: string): Generator<CsvRecord> {
  let row = 0;
  for (let at = 0; at < text.length; ) {
    row++;
    const cells: string[] = [];
    for (;;) {
      const cell = (text[at] === '"' ? quotedCell : plainCell)(text, at, delimiter);
      if (cell.fault !== undefined) throw cannotRead(cell.fault.replace('%', String(row)));
      cells.push(cell.text);
      at = cell.end;
      if (text[at] !== delimiter) break;
      at++;
    }
    if (text[at] === '\r') at++;
    if (text[at] === '\n') at++;
    yield { row, cells };
  }
}

/** The delimiter by which most records have as many cells as each other; a comma where there is one column. */
function delimiterOf(text: string): string {
  let best: { delimiter: string; alike: number; width: number } = { delimiter: ',', alike: 0, width: 1 };
  for (const delimiter of DELIMITERS) {
    const widths = sampleWidths(text, delimiter);
    // Lines above the header may hold one cell; those of a table hold several.
    const counts = new Map<number, number>();
    for (const width of widths) if (width > 1) counts.set(width, (counts.get(width) ?? 0) + 1);
    const [width, count] = [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0] ?? [1, 0];
    const alike = widths.length === 0 ? 0 : count / widths.length;
    if (alike > best.alike || (alike === best.alike && width > best.width))
      best = { delimiter, alike, width };
  }
  return best.delimiter;
}

function sampleWidths(text: string, delimiter: string): number[] {
  const widths: number[] = [];
  try {
    for (const { cells } of records(text.slice(0, SAMPLE_CHARACTERS), delimiter)) {
      if (cells.length > 1 || cells[0]?.trim()) widths.push(cells.length);
      if (widths.length >= SAMPLE_RECORDS) break;
    }
  } catch {
    // Read so, a quoted cell does not end: the records before it tell what they can.
  }
  return widths;
}

/**
 * The records of a CSV text, empty ones included so that rows are counted right. Delimiter (comma, semicolon, tab,
 * bar), line ends and a byte order mark are found out.
 * @throws AppError as `records`, where it gets there.
 */
export function readCsv(given: string): Iterable<CsvRecord> {
  const text = given.replace(/^\uFEFF/, '');
  const sep = SEP_LINE.exec(text);
  const body = sep ? text.slice(sep[0].length) : text;
  return records(body, sep?.[1] ?? delimiterOf(body));
}
