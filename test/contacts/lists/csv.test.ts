import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCsv } from '../../../src/contacts/lists/files/csv.ts';

const cells = (text: string) => [...readCsv(text)].map((record) => record.cells);

test('reads RFC 4180 as csv-parse does', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', '1', ' ', '"', ',', '\n', '\r\n', 'é'), maxLength: 8 });
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(table, fc.constantFrom('\n', '\r\n'), (rows, end) => {
      const text = rows.map((row) => row.map(quoted).join()).join(end);
      expect(cells(text)).toEqual(
        parse(text, { relax_column_count: true, record_delimiter: ['\r\n', '\n'] }),
      );
    }),
  );
});

test.each([
  ['a b,c\n', [['a b', 'c']]],
  ['="+34",x\n', [['="+34"', 'x']]],
  ['"Bob" the boss,x\n', [['"Bob" the boss', 'x']]],
  ['5" pipe,x\n', [['5" pipe', 'x']]],
  ['a,b\r\n\r\nc,d', [['a', 'b'], [''], ['c', 'd']]],
  [
    'a,b\rc,d\r',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  [
    'a,\n,b',
    [
      ['a', ''],
      ['', 'b'],
    ],
  ],
  ['sep=|\na,b|c\n', [['a,b', 'c']]],
  ['\uFEFFa;b\n', [['a', 'b']]],
])('%j', (text, expected) => {
  expect(cells(text)).toEqual(expected);
});
