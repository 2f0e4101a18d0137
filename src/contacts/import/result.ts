import type {
  ColumnRead,
  DoubtfulNumber,
  InvalidNumber,
  Label,
  List,
  ValidatedRows,
  ValidNumber,
} from '../lists/index.ts';
import type { RowOutcome } from './run.ts';

export type Failed = { phone_number: string; code: string; sent_code: string | undefined };
type Row = { row: number; value: string; reason: string };

/** Counts are of the whole list, over all calls that it took. */
export type ImportResult = {
  created: number;
  existing: number;
  invalid: readonly InvalidNumber[];
  failed: readonly Failed[];
  /** Valid numbers that nothing was done for yet: the same call again goes on with them. */
  remaining: number;
  /** Numbers that stood in the list more than once, folded. */
  duplicates: number;
  /** What is most likely no number of a person, and was not taken. */
  doubtful?: readonly Row[];
  /** Numbers that were not taken because of what they are for, such as a fax, or since their person has a better one. */
  set_aside?: readonly { label: Label; count: number }[];
  preview?: true;
  /** In a preview: what each column was read as, and the first numbers as they will be. */
  columns?: readonly ColumnRead[];
  first?: readonly FirstNumber[];
  sandbox?: true;
  warnings?: string[];
};
export type FirstNumber = { phone_number: string; name?: string; label?: Label; extension?: string };

/** So many numbers a preview shows. */
const FIRST = 10;

/** What is known of a list: how many of each outcome, and what is left. */
export function resultOf(rows: ValidatedRows, outcomes: ReadonlyMap<string, RowOutcome>): ImportResult {
  let created = 0;
  let existing = 0;
  const failed: Failed[] = [];
  for (const { e164 } of rows.valid) {
    const one = outcomes.get(e164);
    if (one === undefined) continue;
    if (one.outcome === 'failed')
      failed.push({ phone_number: e164, code: one.code, sent_code: one.sentCode });
    else if (one.outcome === 'created') created++;
    else existing++;
  }
  const remaining = rows.valid.length - created - existing - failed.length;
  const warnings = warningsOf(rows);
  const doubtful = rows.doubtful.map(({ row, value, reason }) => ({ row, value, reason }));
  const set_aside = countsOf(rows.setAside.map(({ label }) => label));
  return {
    created,
    existing,
    invalid: rows.invalid,
    failed,
    remaining,
    duplicates: rows.duplicates,
    ...(doubtful.length > 0 && { doubtful }),
    ...(set_aside.length > 0 && { set_aside }),
    ...(warnings.length > 0 && { warnings }),
  };
}

/** The same before anything is done: how the list was read, and who comes first. */
export function previewOf(
  list: Pick<List, 'columns'> & { warnings?: readonly string[] },
  rows: ValidatedRows,
): ImportResult {
  const result = resultOf(rows, new Map());
  const warnings = [...(list.warnings ?? []), ...(result.warnings ?? [])];
  return {
    ...result,
    preview: true,
    ...(list.columns.length > 0 && { columns: list.columns }),
    first: rows.valid.slice(0, FIRST).map(firstNumber),
    ...(warnings.length > 0 && { warnings }),
  };
}

function firstNumber({ e164, label, extension, fields }: ValidNumber): FirstNumber {
  const name = fields.name ?? fields.company;
  return {
    phone_number: e164,
    ...(name !== undefined && { name: String(name) }),
    ...(label !== undefined && { label }),
    ...(extension !== undefined && { extension }),
  };
}

function warningsOf({ valid }: ValidatedRows): string[] {
  const unknown = valid.filter(({ known }) => !known).length;
  const extensions = valid.filter(({ extension }) => extension !== undefined).length;
  return [
    ...(unknown > 0 ? [`${unknown} of the numbers are in no numbering plan; Sent decides.`] : []),
    ...(extensions > 0
      ? [
          `${extensions} of the numbers have an extension, which is left off: a message reaches the number itself.`,
        ]
      : []),
  ];
}

function countsOf(labels: readonly Label[]): { label: Label; count: number }[] {
  const counts = new Map<Label, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].map(([label, count]) => ({ label, count }));
}

/** The same rows with the doubtful numbers among those to be imported, as far as they can be numbers at all. */
export function withDoubtful(rows: ValidatedRows): ValidatedRows {
  const known = new Set(rows.valid.map(({ e164 }) => e164));
  const taken = rows.doubtful.filter(({ e164 }: DoubtfulNumber) => e164 !== undefined && !known.has(e164));
  const valid = taken.map(
    ({ row, e164 = '', fields }): ValidNumber => ({
      row,
      e164,
      region: undefined,
      label: undefined,
      extension: undefined,
      known: false,
      fields,
    }),
  );
  const doubtful = rows.doubtful.filter(({ e164 }) => e164 === undefined);
  return { ...rows, valid: [...rows.valid, ...valid], doubtful };
}
