import type { ImportResult } from '../../contacts/index.ts';
import { inline } from '../../mcp/index.ts';

const MAX_SHOWN = 20;

/** What an import would do, for a terminal: nothing of the file reaches it but harmless text. */
export function previewText(result: ImportResult, file: string): string {
  const { invalid, remaining, duplicates, doubtful = [], set_aside = [] } = result;
  const { columns = [], first = [], warnings = [] } = result;
  const aside = set_aside.map(({ label, count }) => `${count} ${label.replaceAll('_', ' ')}`);
  return [
    `Preview of ${inline(file, 200)}, nothing done. Valid numbers: ${remaining}. Doubtful: ${doubtful.length}. Invalid rows: ${invalid.length}. Duplicates: ${duplicates}.`,
    ...warnings,
    ...(columns.length > 0
      ? ['Columns:', ...columns.map(({ column, read_as }) => `  ${inline(column, 60)}: ${read_as}`)]
      : []),
    ...(first.length > 0 ? ['The first numbers as they will be:'] : []),
    ...first.map(({ phone_number, name, label, extension }) =>
      [
        `  ${phone_number}`,
        ...(name === undefined ? [] : [inline(name, 60)]),
        ...(label === undefined ? [] : [`(${label})`]),
        ...(extension === undefined ? [] : [`(extension ${extension} left off)`]),
      ].join('  '),
    ),
    ...(aside.length > 0
      ? [
          `Not taken: ${aside.join(', ')} (of each person the best number is; fax, pager and other people's never).`,
        ]
      : []),
    ...section('Doubtful, imported only with --doubtful:', doubtful),
    ...section('Invalid:', invalid),
    '',
  ].join('\n');
}

function section(title: string, rows: readonly { row: number; value: string; reason: string }[]): string[] {
  if (rows.length === 0) return [];
  const shown = rows
    .slice(0, MAX_SHOWN)
    .map(({ row, value, reason }) => `  row ${row}: ${inline(value, 60)} ${reason}`);
  const more = rows.length - shown.length;
  return [title, ...shown, ...(more > 0 ? [`  … and ${more} more`] : [])];
}
