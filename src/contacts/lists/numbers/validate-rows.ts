import { createTurn } from '../../../runtime/index.ts';
import type { Label } from '../headings/index.ts';
import type { Fields, ListRow } from '../list-row.ts';
import { type CountryRule, createNumberValidator } from './validate-number.ts';

export type ValidNumber = {
  row: number;
  e164: string;
  /** ISO 3166-1 alpha-2, where the numbering plan tells it. */
  region: string | undefined;
  label: Label | undefined;
  /** Digits that stood after the number for a switchboard; the number is taken without them. */
  extension: string | undefined;
  /** Whether a numbering plan knows it. */
  known: boolean;
  fields: Fields;
};
/** `value` as it was written; `reason` a sentence of ours. */
export type InvalidNumber = { row: number; value: string; reason: string };
/** What may be a number and is most likely none; `e164` where it could be imported all the same. */
export type DoubtfulNumber = InvalidNumber & { e164: string | undefined; fields: Fields };
/** A number that is not taken because of what it is for, or since its person has a better one. */
export type SetAside = { row: number; value: string; label: Label };

export type RowNumbers = {
  valid: readonly ValidNumber[];
  invalid: readonly InvalidNumber[];
  doubtful: readonly DoubtfulNumber[];
  setAside: readonly SetAside[];
};

/** Which of a person's numbers are taken: those of the first kind in this order that the person has. */
const PREFERENCE = [
  'mobile',
  'own and mobile',
  'mobile by its plan',
  'own',
  'work',
  'home',
  'other',
] as const;
type Kind = (typeof PREFERENCE)[number];
const LONGEST_VALUE = 200;

/**
 * Validates the numbers of one row after the other.
 * @param everyNumber takes all numbers that are a person's own, as for an address book, and not the best alone.
 */
export function createRowValidator(
  countries: CountryRule,
  everyNumber = false,
): (row: ListRow) => RowNumbers {
  const validate = createNumberValidator(countries, !everyNumber);
  return (list) => {
    const { row, fields } = list;
    const valid: { one: ValidNumber; isMobile: boolean }[] = [];
    const invalid: InvalidNumber[] = [];
    const doubtful: DoubtfulNumber[] = [];
    const setAside: SetAside[] = [];
    if (list.numbers.length === 0) invalid.push({ row, value: '', reason: 'There is no number.' });
    for (const written of list.numbers) {
      const verdict = validate(written, list);
      const value = written.value.slice(0, LONGEST_VALUE);
      if (verdict.is === 'never') {
        if (/\p{Nd}/u.test(value)) setAside.push({ row, value, label: verdict.label });
      } else if (verdict.is === 'invalid') invalid.push({ row, value, reason: verdict.reason });
      else if (verdict.is === 'doubtful')
        doubtful.push({ row, value, reason: verdict.reason, e164: verdict.e164, fields });
      else {
        const { number, label, extension } = verdict;
        const { e164, region } = number;
        const known = everyNumber || number.isKnown(); // An address book does not ask.
        const one = { row, e164, region, label, extension, known, fields };
        valid.push({ one, isMobile: !everyNumber && number.isMobile() });
      }
    }
    if (everyNumber || valid.length < 2)
      return { valid: valid.map(({ one }) => one), invalid, doubtful, setAside };
    const hasOwnMobile = valid.some(({ one, isMobile }) => isMobile && isOwn(one.label));
    const kinds = valid.map(({ one, isMobile }) => kindOf(one.label, isMobile, hasOwnMobile));
    const best = PREFERENCE.find((kind) => kinds.includes(kind));
    const isTaken = (at: number) => kinds[at] === best;
    return {
      valid: valid.flatMap(({ one }, at) => (isTaken(at) ? [one] : [])),
      invalid,
      doubtful,
      setAside: [
        ...setAside,
        ...valid.flatMap(({ one }, at) =>
          isTaken(at) ? [] : [{ row, value: one.e164, label: one.label ?? 'other' }],
        ),
      ],
    };
  };
}

const isOwn = (label: Label | undefined): boolean => label === undefined || label === 'main';

/** Numbers without a label stay together; what is called a work's number and is a mobile one by its plan is that. */
function kindOf(label: Label | undefined, isMobile: boolean, hasOwnMobile: boolean): Kind {
  if (label === 'mobile') return 'mobile';
  if (isOwn(label)) return hasOwnMobile ? 'own and mobile' : 'own';
  if (isMobile) return 'mobile by its plan';
  return label === 'work' || label === 'home' ? label : 'other';
}

/** All rows of a list validated, before anything is done with one. */
export type ValidatedRows = RowNumbers & {
  /** Numbers that stood in the list before, in the same or another way of writing. */
  duplicates: number;
};

/** Validates all rows: each number once, at its first place. */
export async function validateRows(rows: Iterable<ListRow>, countries: CountryRule): Promise<ValidatedRows> {
  const validate = createRowValidator(countries);
  const seen = new Set<string>();
  const valid: ValidNumber[] = [];
  const invalid: InvalidNumber[] = [];
  const doubtful: DoubtfulNumber[] = [];
  const setAside: SetAside[] = [];
  let duplicates = 0;
  await eachRow(rows, (row) => {
    const found = validate(row);
    for (const number of found.valid) {
      if (seen.has(number.e164)) duplicates++;
      else valid.push(number);
      seen.add(number.e164);
    }
    invalid.push(...found.invalid);
    doubtful.push(...found.doubtful);
    setAside.push(...found.setAside);
  });
  return { valid, invalid, doubtful, setAside, duplicates };
}

/** Takes one row after the other, with a pause now and then, so that a long list holds nobody up. */
export async function eachRow<T>(rows: Iterable<T>, take: (row: T) => void): Promise<void> {
  const turn = createTurn();
  for (const row of rows) {
    take(row);
    if (turn.isOver()) await turn.next();
  }
}
