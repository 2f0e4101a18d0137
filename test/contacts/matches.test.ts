/** What each filter means, contact by contact: the reference that the book is held to. */
import { describe, expect, test } from 'vitest';
import type { Contact } from '../../src/contacts/model/index.ts';
import {
  allOf,
  criteriaOfNumbers,
  isPlain,
  isSame,
  readCriteria,
  type SearchInput,
  timesAskedFor,
} from '../../src/contacts/question/criteria.ts';
import { groupsOf, groupsOfValue, readGroupBy } from '../../src/contacts/question/grouping.ts';
import { knownTo, matches, timeOf } from '../../src/contacts/question/matches.ts';
import { numberFit, textFit, wordFit, wordsOf } from '../../src/contacts/question/text-fit.ts';
import { readText } from '../../src/contacts/question/text-query.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const contact = (more: Partial<Contact> = {}): Contact => ({
  id: 'c1',
  phone_number: '+34612345678',
  region_code: 'ES',
  available_channels: ['sms', 'whatsapp'],
  default_channel: 'sms',
  opt_out: false,
  metadata: { name: 'Zoë Ruiz', tags: ['vip', 7], n: 7 },
  created_at: '2026-11-01T00:00:00Z',
  updated_at: undefined,
  ...more,
});

test.each<[asked: SearchInput, of: Partial<Contact>, fits: boolean]>([
  [{ country: 'ES' }, {}, true],
  [{ country: 'PT' }, {}, false],
  [{ country: ['PT', 'Spain'] }, {}, true],
  [{ country: '+34' }, { region_code: undefined }, true],
  [{ country: ['+34', '+351'] }, { region_code: undefined }, true],
  [{ country: '+351' }, { region_code: undefined }, false],
  [{ country: 'ES' }, { region_code: undefined }, false],
  [{ channel: 'whatsapp' }, {}, true],
  [{ channel: 'rcs' }, {}, false],
  [{ only_channel: 'sms' }, {}, false],
  [{ only_channel: 'sms' }, { available_channels: ['sms'] }, true],
  [{ only_channel: 'sms' }, { available_channels: [] }, false],
  [{ default_channel: 'sms' }, {}, true],
  [{ default_channel: 'sms' }, { default_channel: undefined }, false],
  [{ opt_out: false }, {}, true],
  [{ opt_out: true }, {}, false],
  [{ metadata: { n: '7' } }, {}, true],
  [{ metadata: { n: 7, name: 'Zoë Ruiz' } }, {}, true],
  [{ metadata: { n: 7, name: 'Ana' } }, {}, false],
  [{ metadata: { gone: null } }, {}, true],
  [{ metadata: { n: null } }, {}, false],
  [{ metadata: { constructor: null } }, {}, true],
  [{ metadata: { n: 7 } }, { metadata: undefined }, false],
  [{ created_after: '2026-11-01' }, {}, true],
  [{ created_after: '2026-11-01T00:00:01Z' }, {}, false],
  [{ created_before: '2026-11-01' }, {}, false],
  [{ created_before: '2026-11-01T00:00:01Z' }, {}, true],
  [{ created_after: '2026-11-01' }, { created_at: '2026-11-01T00:00:00' }, true],
  [{ updated_after: '2026-01-01' }, {}, false],
  [{ updated_before: '2027-01-01' }, {}, false],
  [{ query: 'zoe' }, {}, true],
  [{ query: 'spain vip' }, {}, true],
  [{ query: 'spain nobody' }, {}, false],
  [{ query: '345 678' }, {}, true],
  [{ query: 'ends in 678' }, {}, true],
  [{ query: 'starts with 678' }, {}, false],
  [{ query: 'vip', opt_out: true }, {}, false],
  [{}, {}, true],
])('%j of %j: %s', (asked, of, fits) => {
  expect(matches(readCriteria(asked, NOW), contact(of))).toBe(fits);
});

test.each([
  [7, '7', true],
  ['7', 7, true],
  [['a', 7], '7', true],
  [['a'], 'b', false],
  [['a'], ['a'], true],
  [['a'], ['b'], false],
  [{ a: 1 }, { a: 1 }, true],
  [{ a: 1 }, '[object Object]', false],
  ['[object Object]', { a: 1 }, false],
  [undefined, null, true],
  [undefined, 'undefined', false],
  [0, null, false],
  [null, null, false],
])('the value %j is %j: %s', (actual, wanted, same) => {
  expect(isSame(actual, wanted)).toBe(same);
});

describe('questions put together', () => {
  const read = (input: SearchInput) => readCriteria(input, NOW);

  test('all of their parts must hold, and their words and digits count once', () => {
    const both = allOf([read({ query: 'vip 612' }), read({ query: 'vip zoe', opt_out: false })]);
    expect(both.text?.words).toEqual(['vip', 'zoe']);
    expect(both.text?.numbers.map(({ digits }) => digits)).toEqual(['612']);
    expect(both.readAs).toBe('words vip, number with 612, words vip zoe, not opted out');
    expect(matches(both, contact())).toBe(true);
    expect(matches(both, contact({ opt_out: true }))).toBe(false);
    expect(allOf([read({}), read({ opt_out: true })]).readAs).toBe('opted out');
    expect(allOf([]).text).toBeUndefined();
  });

  test.each<[parts: SearchInput[], asks: boolean]>([
    [[{ query: 'zoe' }], true],
    [[{ country: 'ES' }], false],
    [[{ query: 'zoe', country: 'ES' }], true],
    [[{ query: 'zoe', opt_out: true }], false],
    [[{ query: 'zoe' }, {}], true],
    [[{}, {}], false],
    [[{ query: 'zoe' }, { metadata: { a: 1 } }], true],
    [[{ query: 'zoe' }, { opt_out: true }], false],
    [[{ metadata: {} }], false],
  ])('%j can be asked of people of the address book: %s', (parts, asks) => {
    expect(allOf(parts.map(read)).asksPeople).toBe(asks);
  });

  test('numbers are exactly those', () => {
    const criteria = criteriaOfNumbers(['+34612345678'], 'one number');
    expect(criteria).toMatchObject({ text: undefined, asksPeople: true, readAs: 'one number' });
    expect(matches(criteria, contact())).toBe(true);
    expect(matches(criteria, contact({ phone_number: '+346123456789' }))).toBe(false);
  });

  test('which times they are about, each once; and whether there is nothing to filter by', () => {
    const times = { created_after: '7d', created_before: '1d', updated_after: '1d', opt_out: true };
    expect(timesAskedFor(read(times))).toEqual(['created_at', 'updated_at']);
    expect(timesAskedFor(read({ opt_out: true, query: 'zoe' }))).toEqual([]);
    expect([isPlain({}), isPlain({ query: undefined }), isPlain({ opt_out: false })]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

test.each<[input: SearchInput, readAs: string]>([
  [{ country: ['BR', 'Brazil', '+55'] }, 'in Brazil (BR) or +55'],
  [{ channel: 'sms', only_channel: 'rcs' }, 'reachable on sms, reachable on rcs alone'],
  [{ metadata: { a: null, 'b c': 'x' } }, 'without a, b c = x'],
  [
    { created_after: '2026-11-01', updated_before: '2026-11-01T08:30:59Z' },
    'created from 2026-11-01, updated before 2026-11-01T08:30Z',
  ],
  [{ query: 'zoe +34 6' }, 'words zoe, number from +346'],
  [{ query: 'starts with 415' }, 'number from 415'],
  [{}, ''],
])('%j reads as %j', (input, readAs) => {
  expect(readCriteria(input, NOW).readAs).toBe(readAs);
});

test.each<[word: string, candidate: string, forgiving: boolean, fit: number]>([
  ['ana', 'ana', true, 4],
  ['an', 'ana', true, 3],
  ['a', 'ana', true, 0],
  ['anna', 'anya', true, 2],
  ['anna', 'anya', false, 0],
  ['ann', 'any', true, 0],
  ['a123', 'a124', true, 0],
  ['明', '王小明', false, 3],
  ['ruz', 'aruzb', false, 0],
])('%s fits %s (forgiving %s): %i', (word, candidate, forgiving, fit) => {
  expect(wordFit(word, candidate, forgiving)).toBe(fit);
});

test.each<[query: string, phone: string, fit: number]>([
  ['34612345678', '+34612345678', 8],
  ['5678', '+34612345678', 5],
  ['ends in 5678', '+34612345678', 5],
  ['ends in 4567', '+34612345678', 0],
  ['ends in 346', '+34612345678', 0],
  ['ends in 34612345678', '+34612345678', 5],
  ['346', '+34612345678', 4],
  ['+346', '+34612345678', 4],
  ['+612', '+34612345678', 0],
  ['612', '+34612345678', 4],
  ['starts with 612', '+34612345678', 4],
  ['starts with 345', '+34612345678', 0],
  ['345', '+34612345678', 3],
  ['0034612345678', '+34612345678', 8],
  ['00346', '+34612345678', 4],
  ['0035', '+34612345678', 0],
  ['0612', '+34612345678', 4],
  ['0613', '+34612345678', 0],
  ['999', '+34612345678', 0],
])('the digits of %j fit %s: %i', (query, phone, fit) => {
  const [part] = readText(query).numbers;
  expect(part && numberFit(part, phone)).toBe(fit);
});

test('a contact fits a text by the sum of its parts, and not at all where one is missing', () => {
  const score = (query: string, known = knownTo([contact()])) => textFit(readText(query), contact(), known);
  expect(score('zoe')).toBe(4);
  expect(score('zoe 5678')).toBe(9);
  expect(score('zoe 999')).toBe(0);
  expect(score('7')).toBe(3);
  expect(textFit(readText('777'), contact({ metadata: { order: 'A 777' } }), () => true)).toBe(2);
  expect(textFit(readText('777'), contact({ metadata: { order: 'A7771' } }), () => true)).toBe(0);
  // A typo is forgiven where nobody has the very word.
  expect([score('ruizz'), score('ruizz', () => true)]).toEqual([2, 0]);
});

test('words are found at any depth, and the name of what is true; of a long text the beginning', () => {
  expect(wordsOf('vip', true)).toEqual(['vip']);
  expect(wordsOf('vip', false)).toEqual([]);
  expect(wordsOf('vip', null)).toEqual([]);
  expect(wordsOf('a', { b: ['São Paulo', { gold: true }], c: 0 })).toEqual(['sao', 'paulo', 'gold', '0']);
  expect(wordsOf('a', `${'x '.repeat(499)}end over`).slice(-1)).toEqual(['en']);
});

test('a time without a zone is UTC; none is none', () => {
  expect(timeOf('2026-11-01T00:00:00.5')).toBe(Date.UTC(2026, 10, 1, 0, 0, 0, 500));
  expect(timeOf('2026-11-01T01:00:00+01:00')).toBe(Date.UTC(2026, 10, 1));
  expect(timeOf(undefined)).toBeNaN();
});

test.each<[by: string, of: Partial<Contact>, groups: string[]]>([
  ['country', {}, ['ES']],
  ['country', { region_code: undefined }, ['none']],
  ['channel', {}, ['sms', 'whatsapp']],
  ['channel', { available_channels: [] }, ['none']],
  ['channels', { available_channels: ['whatsapp', 'sms'] }, ['sms+whatsapp']],
  ['channels', { available_channels: [] }, ['none']],
  ['default_channel', { default_channel: undefined }, ['none']],
  ['opt_out', {}, ['false']],
  ['created_month', {}, ['2026-11']],
  ['created_month', { created_at: undefined }, ['none']],
  ['metadata.tags', {}, ['vip', '7']],
  ['metadata.toString', {}, ['none']],
  ['metadata.name', { metadata: undefined }, ['none']],
  ['channel,opt_out', {}, ['sms,false', 'whatsapp,false']],
  ['metadata.a,b', { metadata: { 'a,b': 1 } }, ['1']],
  ['country, metadata.a,b', { metadata: { 'a,b': 1 } }, ['ES,1']],
])('counted by %s, %j is in %j', (by, of, groups) => {
  expect(groupsOf(readGroupBy(by), contact(of))).toEqual(groups);
});

test('a value counts once in each of its groups', () => {
  expect([
    groupsOfValue([]),
    groupsOfValue(['a', 'a', 1]),
    groupsOfValue({ a: 1 }),
    groupsOfValue(null),
  ]).toEqual([['none'], ['a', '1'], ['{"a":1}'], ['null']]);
});
