import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../../errors.ts';
import { inline } from '../../text/index.ts';
import { type CountryChoice, countryName, findCountry, readMoment } from '../model/index.ts';
import type { Criterion, InputOf, Test } from './criterion.ts';
import { readText, type TextQuery, textReadAs } from './text-query.ts';

const VERBS = { created_at: 'created', updated_at: 'updated' } as const;

/**
 * Every filter of a search. A new one is a line here and its field in the tool's input: matching, grouping, paging,
 * people of the address book and `read_as` follow from its declaration.
 */
export const CRITERIA = {
  query: criterion<string>('asks', (query) => {
    const text = readText(query);
    return { tests: [{ on: 'text', text }], readAs: textReadAs(text) };
  }),
  country: criterion<string | readonly string[]>('narrows', readCountries),
  channel: criterion<string>('never', (channel) => ({
    tests: [{ on: 'facets', fits: ({ available_channels }) => available_channels.includes(channel) }],
    readAs: `reachable on ${channel}`,
  })),
  only_channel: criterion<string>('never', (channel) => ({
    tests: [
      {
        on: 'facets',
        fits: ({ available_channels: [first, ...others] }) => first === channel && others.length === 0,
      },
    ],
    readAs: `reachable on ${channel} alone`,
  })),
  default_channel: criterion<string>('never', (channel) => ({
    tests: [{ on: 'facets', fits: ({ default_channel }) => default_channel === channel }],
    readAs: `default ${channel}`,
  })),
  opt_out: criterion<boolean>('never', (optOut) => ({
    tests: [{ on: 'facets', fits: ({ opt_out }) => opt_out === optOut }],
    readAs: optOut ? 'opted out' : 'not opted out',
  })),
  metadata: criterion<Readonly<Record<string, unknown>>>('asks', (metadata) => {
    const wanted = Object.entries(metadata);
    return {
      tests: wanted.map(([key, value]) => ({ on: 'metadata', key, fits: (actual) => isSame(actual, value) })),
      readAs: wanted
        .map(([key, value]) =>
          value === null ? `without ${inline(key)}` : `${inline(key)} = ${inline(value)}`,
        )
        .join(', '),
    };
  }),
  created_after: since('created_at'),
  created_before: until('created_at'),
  updated_after: since('updated_at'),
  updated_before: until('updated_at'),
} as const satisfies Record<string, Criterion<never>>;

/** A question as the tool gets it. */
export type SearchInput = { [Name in keyof typeof CRITERIA]?: InputOf<(typeof CRITERIA)[Name]> | undefined };

/** A question made plain: all tests must hold of a contact. */
export type Criteria = {
  tests: readonly Test[];
  /** The words and digits asked for, from all texts of the question. */
  text: TextQuery | undefined;
  /** Whether people who are in the address book alone can answer it. */
  asksPeople: boolean;
  /** How the filters were read, in a few words; empty without any. */
  readAs: string;
};

/**
 * @param now milliseconds since the epoch from which spans of time count back.
 * @throws AppError `invalid_input` for an unknown country, a date that is none, or a query of no word or digit.
 */
export function readCriteria(input: SearchInput, now: number): Criteria {
  const tests: Test[] = [];
  const readAs: string[] = [];
  const people = new Set<string>();
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(CRITERIA, name)) {
      throw new AppError('invalid_input', `There is no filter ${inline(name)} in this version.`, {
        next: 'Ask search_contacts again with the filters that it has.',
      });
    }
    const criterion = CRITERIA[name as keyof SearchInput] as Criterion<unknown>;
    const read = criterion.read(value, now);
    tests.push(...read.tests);
    if (read.readAs !== '') readAs.push(read.readAs);
    if (read.tests.length > 0) people.add(criterion.people);
  }
  return criteriaOf(tests, readAs, people.has('asks') && !people.has('never'));
}

const criteriaOf = (tests: readonly Test[], readAs: readonly string[], asksPeople: boolean): Criteria => {
  const texts = tests.flatMap((test) => (test.on === 'text' ? [test.text] : []));
  const text = {
    numbers: texts.flatMap(({ numbers }) => numbers),
    words: [...new Set(texts.flatMap(({ words }) => words))],
  };
  return {
    tests,
    text: texts.length > 0 ? text : undefined,
    asksPeople,
    readAs: readAs.join(', '),
  };
};

/** The criteria of several questions, all of which must hold. */
export function allOf(parts: readonly Criteria[]): Criteria {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  return criteriaOf(
    parts.flatMap(({ tests }) => tests),
    parts.map(({ readAs }) => readAs).filter(Boolean),
    // A part without tests asks nothing, so that it forbids nothing either.
    parts.some(({ asksPeople }) => asksPeople) &&
      parts.every(({ asksPeople, tests }) => asksPeople || tests.length === 0),
  );
}

/** Exactly the contacts with one of these numbers, in E.164. */
export function criteriaOfNumbers(numbers: readonly string[], readAs: string): Criteria {
  const wanted = new Set(numbers);
  return {
    tests: [{ on: 'number', fits: (e164) => wanted.has(e164) }],
    text: undefined,
    asksPeople: true,
    readAs,
  };
}

/** Whether there is nothing to filter by. */
export const isPlain = (input: SearchInput): boolean =>
  Object.values(input).every((value) => value === undefined);

/** What a question says of times, so that they are worth showing. */
export const timesAskedFor = ({ tests }: Criteria): ('created_at' | 'updated_at')[] => [
  ...new Set(tests.flatMap(({ on }) => (on === 'created_at' || on === 'updated_at' ? [on] : []))),
];

function criterion<Input>(
  people: Criterion<Input>['people'],
  read: Criterion<Input>['read'],
): Criterion<Input> {
  return { people, read };
}

function readCountries(input: string | readonly string[]): { tests: Test[]; readAs: string } {
  const choices = [input].flat().flatMap(countriesIn);
  const regions = new Set(choices.flatMap((choice) => choice.regions));
  const codes = choices.flatMap(({ callingCode }) => (callingCode === undefined ? [] : [`+${callingCode}`]));
  const readAs = choices.map(({ regions: [region = ''], callingCode }) =>
    callingCode === undefined ? `${countryName(region)} (${region})` : `+${callingCode}`,
  );
  const test: Test = {
    on: 'facets',
    fits: ({ region_code }) => region_code !== undefined && regions.has(region_code),
    ...(codes.length > 0 && { orNumber: (e164) => codes.some((code) => e164.startsWith(code)) }),
  };
  return { tests: [test], readAs: `in ${[...new Set(readAs)].join(' or ')}` };
}

/** One country, whose name may have a comma (`Korea, Republic of`), or several with commas between them. */
function countriesIn(text: string): CountryChoice[] {
  const names = text.split(',').filter((name) => name.trim() !== '');
  try {
    return [findCountry(text)];
  } catch (error) {
    if (names.length < 2) throw error;
    return names.map(findCountry);
  }
}

/** From a moment on. */
function since(on: 'created_at' | 'updated_at'): Criterion<string> {
  const verb = VERBS[on];
  return criterion('never', (input, now) => {
    const from = readMoment(input, now, `${verb}_after`);
    return { tests: [{ on, fits: (time) => time >= from }], readAs: `${verb} from ${momentText(from)}` };
  });
}
/** Up to a moment, without it. */
function until(on: 'created_at' | 'updated_at'): Criterion<string> {
  const verb = VERBS[on];
  return criterion('never', (input, now) => {
    const to = readMoment(input, now, `${verb}_before`);
    return { tests: [{ on, fits: (time) => time < to }], readAs: `${verb} before ${momentText(to)}` };
  });
}

/** To the minute, in UTC; a day's first moment as the day. */
const momentText = (ms: number): string =>
  new Date(ms)
    .toISOString()
    .replace(/:\d\d\.\d+Z$/, 'Z')
    .replace('T00:00Z', '');

/** Equality of metadata: by value; a number equals its digits as text; null stands for a key that is not there. */
export function isSame(actual: unknown, wanted: unknown): boolean {
  if (wanted === null || actual === undefined) return wanted === null && actual === undefined;
  // One thing is asked of a list, such as a tag: that it is in it.
  if (Array.isArray(actual) && typeof wanted !== 'object') return actual.some((item) => isSame(item, wanted));
  if (typeof actual === 'object' || typeof wanted === 'object') return isDeepStrictEqual(actual, wanted);
  return String(actual) === String(wanted);
}
