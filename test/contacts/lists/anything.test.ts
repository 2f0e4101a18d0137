import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../../../src/errors.ts';
import { opened } from './validated.ts';

/** Pieces of which bad files are made: of every format a little, in any order. */
const PIECES = [
  ...[
    'name',
    'phone',
    'Handy',
    'Fax',
    'Country code',
    'Phone 1 - Type',
    '姓名',
    'Телефон',
    ',',
    ';',
    '\t',
    '|',
    '"',
    "'",
    '=',
  ],
  ...[
    '\n',
    '\r\n',
    '\r',
    '\u0000',
    '\uFEFF',
    ' ',
    '+491701234501',
    '0170 1234501',
    '(415) 555-0123',
    '12',
    '1.2E+10',
  ],
  ...[
    'BEGIN:VCARD\r\n',
    'END:VCARD\r\n',
    'TEL;TYPE=CELL:',
    'FN;CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE:=E',
    '=\r\n',
    'N:;;',
  ],
  ...[
    'item1.X-ABLabel:',
    'PHOTO;ENCODING=b:',
    'sep=;\r\n',
    'x123',
    'wa.me/',
    '@c.us',
    ':::',
    ' / ',
    '\u202e',
    '\ud800',
    'Jörg',
  ],
];

test('a file of anything is read or refused in words of ours, and every number is one', async () => {
  const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) => pieces.join(''));
  const bytes = fc.oneof(
    text.map((one) => Buffer.from(one)),
    text.map((one) => Buffer.from(one, 'utf16le')),
    text.map((one) => Buffer.from(one, 'latin1')),
    fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
    fc.uint8Array({ maxLength: 100 }).map((array) => Buffer.concat([Buffer.from('PK\u0003\u0004'), array])),
  );
  await fc.assert(
    fc.asyncProperty(bytes, fc.constantFrom(undefined, 'DE', 'US', '+34'), async (file, explicit) => {
      try {
        const { all, invalid, doubtful } = await opened(file, { explicit });
        for (const { e164 } of all) expect(e164).toMatch(/^\+[1-9]\d{6,14}$/);
        for (const { reason } of [...invalid, ...doubtful]) expect(reason).toMatch(/^[A-Z].*\.$/);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        expect(error.code).toBe('invalid_input');
      }
    }),
    { numRuns: 1_000 },
  );
});
