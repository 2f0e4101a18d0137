import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, renameSync, statSync, writeFileSync, writeSync } from 'node:fs';
import type { Settings } from '../../config/index.ts';
import type { RowOutcome } from '../../contacts/index.ts';
import { readCsv, type ValidatedRows } from '../../contacts/lists/index.ts';
import { sanitise } from '../../text/index.ts';
import { FileProblem } from '../files/index.ts';

export type Outcomes = Map<string, RowOutcome>;

/**
 * What an import did, row by row, kept in a CSV file while it is being done: a line for each number as soon as it is
 * settled, so that after a kill nothing of it is lost but what was under way, which is safe to repeat.
 */
export type Report = {
  settled(e164: string, outcome: RowOutcome): void;
  /** One line for each row, in place of the lines as they came. */
  close(): void;
};

const HEADER = ['row', 'phone_number', 'outcome', 'reason'];
/** Sent knows a repeated request for a day; after it the account is asked anew what it has. */
const CONTINUED_WITHIN_MS = 24 * 3_600_000;

/** Tells accounts apart in a report without naming them. */
export const accountMark = ({ baseUrl, profileId, apiKey }: Settings): string =>
  createHash('sha256').update([baseUrl, profileId, apiKey].join('\n')).digest('hex').slice(0, 12);

/**
 * What is done according to the report of an import that did not come to its end; undefined where there is none to
 * go on with: no report, a finished one, one older than a day.
 * @throws FileProblem for a file that is no such report or that belongs to another account: it is not overwritten.
 */
export function readReport(path: string, account: string, nowMs: number): Outcomes | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new FileProblem(
      `The report ${sanitise(path, 300)} cannot be read: name another file with --report.`,
    );
  }
  const [header, mark, ...records] = cellsOf(text.slice(0, text.lastIndexOf('\n') + 1));
  if (header?.join() !== HEADER.join() || mark?.[2] !== 'account') {
    throw new FileProblem(
      `There is another file where the report would go, ${sanitise(path, 300)}: name one with --report.`,
    );
  }
  const outcomes: Outcomes = new Map();
  const left = new Set<string>();
  for (const [, e164 = '', outcome] of records) {
    if (outcome === 'pending' || outcome === 'failed') left.add(e164);
    else if (outcome === 'created' || outcome === 'existing') {
      outcomes.set(e164, { outcome });
      left.delete(e164);
    }
  }
  if (left.size === 0 || nowMs - statSync(path).mtimeMs > CONTINUED_WITHIN_MS) return undefined;
  if (mark[3] !== account) {
    throw new FileProblem(
      'The report belongs to an import into another account: name another with --report.',
    );
  }
  return outcomes;
}

/** No rows where it is no CSV at all. */
function cellsOf(text: string): (readonly string[])[] {
  try {
    return [...readCsv(text)].map(({ cells }) => cells);
  } catch {
    return [];
  }
}

/**
 * Begins a report, or goes on with one; `outcomes` is filled as numbers are settled.
 * @throws FileProblem where it cannot be written, before anything is done and at any time after.
 */
export function createReport(
  path: string,
  account: string,
  validated: ValidatedRows,
  outcomes: Outcomes,
): Report {
  const rows = new Map(validated.valid.map(({ e164, row }) => [e164, row]));
  const lineOf = (e164: string): string => {
    const one = outcomes.get(e164);
    const reason = one?.outcome === 'failed' ? [one.code, one.sentCode].filter(Boolean).join(' ') : '';
    return line([rows.get(e164), e164, one?.outcome ?? 'pending', reason]);
  };
  const writeWhole = (): void => {
    const leftOut = [
      ...validated.invalid.map(({ row, value, reason }) => line([row, harmless(value), 'invalid', reason])),
      ...validated.doubtful.map(({ row, value, reason }) => line([row, harmless(value), 'doubtful', reason])),
      ...validated.setAside.map(({ row, value, label }) => line([row, harmless(value), 'not taken', label])),
    ];
    const whole = [
      line(HEADER),
      line(['', '', 'account', account]),
      ...leftOut,
      ...[...rows.keys()].map(lineOf),
    ];
    writeFileSync(`${path}.new`, whole.join(''), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  };
  const file = written(path, () => {
    writeWhole();
    return openSync(path, 'a');
  });
  return {
    settled(e164, outcome) {
      outcomes.set(e164, outcome);
      written(path, () => writeSync(file, lineOf(e164)));
    },
    close() {
      closeSync(file);
      written(path, writeWhole);
    },
  };
}

function written<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new FileProblem(
      `The report ${sanitise(path, 300)} cannot be written (${code}): name another place with --report.`,
    );
  }
}

/** A value of a list that no spreadsheet takes for a formula, and no terminal for a command. */
function harmless(value: string): string {
  const text = sanitise(value, 200);
  return /^[=+\-@\t\r]/.test(text) && !/^\+?[\d\s().-]+$/.test(text) ? `'${text}` : text;
}

const line = (cells: readonly (string | number | undefined)[]): string =>
  `${cells.map((cell) => quoted(String(cell ?? ''))).join()}\n`;
const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
