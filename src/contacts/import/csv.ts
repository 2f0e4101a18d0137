import { type CsvError, parse } from 'csv-parse/sync';
import { AppError } from '../../errors.ts';

/** A record of a CSV text; `row` counts from 1 as a spreadsheet shows it, lines inside a cell not counted. */
export type CsvRecord = { row: number; cells: readonly string[] };

const DELIMITERS = [',', ';', '\t', '|'] as const;
/** A spreadsheet's own line, which it does not show: it names the delimiter. */
const SEP_LINE = /^sep=(.)\r?\n/i;
/** So much of the text, and so many records of it, tell the delimiter. */
const SAMPLE_CHARACTERS = 65_536;
const SAMPLE_RECORDS = 20;

const cannotRead = (what: string): AppError =>
  new AppError('invalid_input', `The list cannot be read: ${what}.`, {
    next: 'Correct it there, or export the list again as CSV, and call again.',
  });

function records(text: string, delimiter: string, options: { lax: boolean; to?: number }): string[][] {
  return parse(text, {
    delimiter,
    bom: true,
    relax_column_count: true,
    relax_quotes: options.lax,
    record_delimiter: ['\r\n', '\n', '\r'],
    ...(options.to !== undefined && { to: options.to }),
  });
}

/** RFC 4180; and where that fails, the way people write: `="+34…"`, `Bob "the boss"`. */
function recordsOf(text: string, delimiter: string): string[][] {
  try {
    return records(text, delimiter, { lax: false });
  } catch {
    const found = records(text, delimiter, { lax: true });
    const open = found.findIndex((cells) => cells.some((cell) => /^".*[\r\n]/s.test(cell)));
    if (open >= 0) throw cannotRead(`a quotation mark in row ${open + 1} is not closed where its cell ends`);
    return found;
  }
}

/** The delimiter by which most records have as many cells as the first one; a comma where there is one column. */
function delimiterOf(text: string): string {
  let best: { delimiter: string; alike: number; width: number } = { delimiter: ',', alike: 0, width: 1 };
  for (const delimiter of DELIMITERS) {
    let sample: string[][];
    try {
      sample = records(text.slice(0, SAMPLE_CHARACTERS), delimiter, { lax: true, to: SAMPLE_RECORDS });
    } catch {
      continue; // Read so, a quoted cell does not end.
    }
    const width = sample[0]?.length ?? 1;
    if (width === 1) continue;
    const alike = sample.filter((cells) => cells.length === width).length / sample.length;
    if (alike > best.alike || (alike === best.alike && width > best.width))
      best = { delimiter, alike, width };
  }
  return best.delimiter;
}

/**
 * All records of a CSV text, empty ones included so that rows are counted right. Delimiter (comma, semicolon, tab,
 * bar), line ends and a byte order mark are found out.
 * @throws AppError `invalid_input` naming the row where a quoted cell does not end: what follows it would be lost.
 */
export function readCsv(given: string): CsvRecord[] {
  const text = given.replace(/^\uFEFF/, '');
  const sep = SEP_LINE.exec(text);
  const body = sep ? text.slice(sep[0].length) : text;
  try {
    const found = recordsOf(body, sep?.[1] ?? delimiterOf(body));
    return found.map((cells, index) => ({ row: index + 1, cells }));
  } catch (error) {
    if (error instanceof AppError) throw error;
    const at = (error as CsvError & { records?: number }).records ?? 0;
    throw cannotRead(`a quotation mark opened in row ${at + 1} is never closed`);
  }
}
