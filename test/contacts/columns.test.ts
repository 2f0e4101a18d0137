import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFacetsTable } from '../../src/contacts/book/columns/facets.ts';
import { createIdColumn } from '../../src/contacts/book/columns/id-column.ts';
import { createMetadataColumn } from '../../src/contacts/book/columns/metadata-column.ts';
import { createNumberColumn } from '../../src/contacts/book/columns/number-column.ts';
import { createTimestampColumn } from '../../src/contacts/book/columns/timestamp-column.ts';
import { createWordIndex } from '../../src/contacts/book/columns/word-index.ts';
import { wordFit } from '../../src/contacts/question/text-fit.ts';
import { metadata, RUNS } from './arbitrary.ts';

describe('stamps', () => {
  it.each([
    '2026-03-04T12:34:56.1234567+00:00',
    '2026-03-04T12:34:56.1230000+00:00',
    '2026-03-04T12:34:56.1+00:00',
    '2026-03-04T12:34:56Z',
    '2026-03-04T12:34:56.007Z',
    '2026-03-04T12:34:56',
    '2026-03-04T12:34:56.123456789Z',
    '2026-03-04T12:34:56+02:00',
    '2026-02-31T12:00:00Z',
    '2026-03-04T24:00:00Z',
    '2016-12-31T23:59:60Z',
    '2026-03-04',
    '0001-01-01T00:00:00',
    'yesterday',
  ])('gives %s back to the letter', (iso) => {
    const stamps = createTimestampColumn();
    stamps.set(3, iso);
    expect(stamps.text(3)).toBe(iso);
    stamps.set(3, undefined);
    expect([stamps.text(3), stamps.time(3), stamps.text(99)]).toEqual([undefined, Number.NaN, undefined]);
  });

  it('gives any text back, and the time it stands for', () => {
    const date = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
    const tail = fc.stringMatching(/^(\.\d{1,8})?(Z|\+00:00|-03:00)$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(date, tail), { minLength: 1 }), (given) => {
        const texts = given.map(([day, end]) => `${day.toISOString().slice(0, 19)}${end}`);
        const stamps = createTimestampColumn();
        texts.forEach((text, row) => void stamps.set(row, text));
        texts.forEach((text, row) => {
          expect(stamps.text(row)).toBe(text);
          expect(stamps.time(row)).toBe(Date.parse(text));
        });
      }),
      RUNS,
    );
  });

  it('reads a time without a zone as UTC', () => {
    const stamps = createTimestampColumn();
    stamps.set(0, '2026-03-04T12:00:00');
    expect(stamps.time(0)).toBe(Date.UTC(2026, 2, 4, 12));
  });
});

describe('the metadata column', () => {
  it('gives all rows back as they were set last', () => {
    const step = fc.tuple(fc.integer({ min: 0, max: 30 }), metadata);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const column = createMetadataColumn();
        const model = new Map<number, unknown>();
        for (const [row, value] of steps) {
          column.set(row, value);
          model.set(row, value);
        }
        for (const [row, value] of model) expect(column.get(row)).toEqual(value);
      }),
      RUNS,
    );
  });

  it('lets go of values that no row has any more', () => {
    const column = createMetadataColumn();
    for (let n = 0; n < 40_000; n++) column.set(n % 10, { seen: n, name: 'x' });
    expect(column.cells().length).toBeLessThan(10_000);
    expect(column.get(7)).toEqual({ seen: 39_997, name: 'x' });
    expect(column.words().find('39997', column.cells().length, false)).toBeDefined();
    expect(column.words().find('17', column.cells().length, false)?.includes(4)).toBeFalsy();
  });

  it('tells 7 from "7" and a list from its text', () => {
    const column = createMetadataColumn();
    [{ a: 7 }, { a: '7' }, { a: [7] }, { a: '[7]' }, { b: 7 }].forEach((value, row) => {
      column.set(row, value);
      expect(column.get(row)).toEqual(value);
    });
    expect(column.cells()).toHaveLength(5);
  });
});

describe('the word index finds what fits, as well as it fits', () => {
  const ofLetters = (letters: readonly string[], length: number): string[] =>
    length === 0
      ? ['']
      : ofLetters(letters, length - 1).flatMap((start) => letters.map((letter) => start + letter));
  const latin = [...'abcdefghijklm'];
  const han = Array.from({ length: 500 }, (_, at) => String.fromCodePoint(0x4e00 + 7 * at));
  const few = [
    'ana',
    'anna',
    'anya',
    'bert',
    'berti',
    'abert',
    'bret',
    'ert',
    'berta2',
    '70877',
    'zoe',
    'a',
    'ab',
  ];
  const crowd = ofLetters(latin, 3);

  it.each<[what: string, words: string[], asked: string[]]>([
    ['few', few, ['anna', 'anaa', 'bert', 'brt', 'bertx', 'xbert', 'ebrt', 'an', 'a', 'ab', '7087', '70876']],
    [
      'many that begin alike, in two letters and in four',
      [...few, 'abc', 'abcd', ...crowd.map((end) => `ab${end}`), ...crowd.map((end) => `abcd${end}`)],
      [
        'ab',
        'abc',
        'abcd',
        'abcde',
        'abcdefg',
        'abcdegf',
        'abceg',
        'bacde',
        'bacdefg',
        'abx',
        'abcdx',
        'xabcdef',
      ],
    ],
    [
      'of many letters',
      [...few, '王小明', ...han.map((letter, at) => `${letter}${han[(at * 3) % 500]}${han[(at * 5) % 500]}`)],
      ['小', '小明', '王小明', `${han[1]}${han[3]}`, 'anna', 'bertx', 'xert', 'ebrt'],
    ],
  ])('of %s', (_what, words, asked) => {
    const index = createWordIndex();
    // Some hold the word before as well, and each is told twice.
    const held = words.map((word, thing) => (thing % 3 === 0 ? [word, words[thing - 1] ?? word] : [word]));
    held.forEach((of, thing) => void index.add(thing, [...of, ...of]));
    for (const word of asked) {
      expect(index.has(word)).toBe(words.includes(word));
      for (const forgiving of [true, false]) {
        const fits = held.map((of) =>
          Math.max(...of.map((candidate) => wordFit(word, candidate, forgiving))),
        );
        const found = index.find(word, words.length, forgiving);
        expect([word, found && [...found]]).toEqual([word, fits.some((fit) => fit > 0) ? fits : undefined]);
      }
    }
  });
});

describe('the id column', () => {
  it('finds every id that is there and none that is not, and knows their order', () => {
    const uuid = fc
      .integer({ min: 0, max: 40 })
      .map((n) => `6ba7b8${n + 10}-9dad-11d1-80b4-00c04fd430${n + 10}`);
    const id = fc.oneof(
      uuid,
      fc.uuid(),
      uuid.map((text) => text.toUpperCase()),
      uuid.map((text) => text.replace(/-/, '_')),
      fc.integer({ min: 0, max: 20 }).map((n) => `contact_${n}`),
      fc.constantFrom('', 'é', 'x'.repeat(36)),
    );
    fc.assert(
      fc.property(fc.uniqueArray(id, { maxLength: 120 }), fc.array(fc.nat(119)), (given, gone) => {
        const column = createIdColumn();
        given.forEach((text, row) => void column.set(row, text));
        const left = new Map(given.map((text, row) => [row, text]));
        for (const row of gone) if (left.delete(row)) column.clear(row);
        const rows = [...left.keys()];
        given.forEach((text, row) => {
          expect(column.find(text)).toBe(left.has(row) ? row : undefined);
        });
        expect(rows.map(column.text)).toEqual([...left.values()]);
        const sorted = [...rows].sort((a, b) => (column.isBefore(a, b) ? -1 : 1));
        expect(sorted.map(column.text)).toEqual([...left.values()].sort());
      }),
      RUNS,
    );
  });
});

describe('the number column', () => {
  it('finds every number that is there and none that is not', () => {
    const phone = fc.oneof(
      fc.integer({ min: 0, max: 60 }).map((n) => `+3461${n}`),
      fc.constantFrom('', 'ext 5', '+', '12 34', '+1234567890123456789'),
    );
    const step = fc.tuple(fc.integer({ min: 0, max: 40 }), fc.option(phone, { nil: undefined }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const column = createNumberColumn();
        const model = new Map<number, string>();
        for (const [row, number] of steps) {
          if (number === undefined) {
            column.clear(row);
            model.delete(row);
          } else {
            column.set(row, number);
            model.set(row, number);
          }
        }
        const all = new Set(model.values());
        const found = [...model].map(([row, number]) => [
          column.text(row),
          model.get(column.find(number) ?? -1),
        ]);
        expect(found).toEqual([...model.values()].map((number) => [number, number]));
        const strangers = Array.from({ length: 61 }, (_, n) => `+3461${n}`).filter(
          (number) => !all.has(number),
        );
        expect(strangers.filter((number) => column.find(number) !== undefined)).toEqual([]);
      }),
      RUNS,
    );
  });
});

it('keeps each combination of facets once, and no two different ones as one', () => {
  const table = createFacetsTable();
  const base = { region_code: 'ES', available_channels: ['sms'], default_channel: undefined, opt_out: false };
  const others = [
    { ...base, available_channels: [] },
    { ...base, available_channels: ['sms', 'whatsapp'] },
    { ...base, available_channels: ['whatsapp', 'sms'] },
    { ...base, default_channel: 'sms' },
    { ...base, region_code: undefined },
    { ...base, opt_out: true },
  ];
  expect([base, { ...base }, ...others].map(table.numberOf)).toEqual([0, 0, 1, 2, 3, 4, 5, 6]);
  expect(table.all()).toEqual([base, ...others]);
});
