import { element, figures, numberIn, recordsIn, section, showPage, textIn, warnings } from './element.ts';
import { connectHost } from './host.ts';
import { createTable, words as own, phone, type Row } from './table.ts';
import { plain, type Words, wordsOf } from './words.ts';

/** What an import will do or has done: columns as read, the first numbers, and the rows that are left out. */
connectHost((data, host) => {
  const words = wordsOf(host);
  const figure = (value: unknown, label: string, tone?: string) =>
    [words.number(Array.isArray(value) ? value.length : numberIn(value)), label, tone ?? ''] as const;
  const isPreview = data.preview === true;
  const all = isPreview
    ? [figure(data.remaining, 'would be imported', 'good')]
    : [
        figure(data.created, 'created', 'good'),
        figure(data.existing, 'existed already'),
        figure(data.remaining, 'to go', 'unsure'),
      ];
  showPage(
    element('h1', {}, isPreview ? 'Import, nothing done yet' : 'Import'),
    figures(
      [
        ...all,
        figure(data.duplicates, 'duplicates'),
        figure(data.doubtful, 'doubtful', 'unsure'),
        figure(data.invalid, 'invalid', 'bad'),
        figure(data.failed, 'failed', 'bad'),
      ].filter(([value]) => value !== '0'),
    ),
    warnings(data.warnings),
    rows(
      'Columns as they are read',
      data.columns,
      [
        ['column', 'Column'],
        ['read_as', 'Read as'],
      ],
      words,
    ),
    rows(
      'The first numbers',
      data.first,
      [
        ['name', 'Name'],
        ['phone_number', 'Number'],
        ['label', 'Label'],
      ],
      words,
    ),
    rows('Doubtful, not imported', data.doubtful, REASONS, words),
    rows('Left out', data.invalid, REASONS, words),
    rows(
      'Failed',
      data.failed,
      [
        ['phone_number', 'Number'],
        ['code', 'Why'],
      ],
      words,
    ),
  );
});

const REASONS = [
  ['row', 'Row'],
  ['value', 'Value'],
  ['reason', 'Why'],
] as const;

/** A section with the rows of a list, the columns that any of them fills; nothing where there are none. */
function rows(
  title: string,
  list: unknown,
  columns: readonly (readonly [key: string, title: string])[],
  words: Words,
): HTMLElement | undefined {
  const found = recordsIn(list);
  if (found.length === 0) return undefined;
  const cellOf =
    (key: string) =>
    (row: Row): Node => {
      if (key === 'phone_number') return phone(row[key] ?? '');
      return own(key === 'reason' || key === 'code' ? plain(textIn(row[key])) : textIn(row[key]));
    };
  const shown = columns.filter(([key]) => found.some((row) => row[key] !== undefined));
  return section(
    title,
    createTable(
      {
        label: title,
        words,
        columns: shown.map(([key, name]) => ({
          title: name,
          text: (row) => textIn(row[key]),
          cell: cellOf(key),
        })),
      },
      found,
    ),
  );
}
