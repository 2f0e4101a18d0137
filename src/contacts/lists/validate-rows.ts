import { type ExaminedNumber, examinePhone } from '../model/index.ts';
import type { Label } from './heading.ts';
import { type Fields, type ListRow, MAX_NUMBER_CELL, type WrittenNumber } from './list-row.ts';
import { readNumberText } from './number-text.ts';
import { createCountryReader } from './row-country.ts';

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
  valid: ValidNumber[];
  invalid: InvalidNumber[];
  doubtful: DoubtfulNumber[];
  setAside: SetAside[];
};

/** Where a number without a calling code is from. */
export type CountryRule = {
  /** Said for this very list: it stands over the country of a row's address, for a number that fits it. */
  explicit?: string | undefined;
  /** Said once for all: the country of a row stands over it. */
  fallback?: string | undefined;
};

const NEVER: readonly (Label | undefined)[] = ['fax', 'pager', 'other_person'];
/** Which of a person's numbers are taken: those of the first kind in this order that the person has. */
const PREFERENCE: readonly (Label | undefined)[] = ['mobile', 'main', undefined, 'work', 'home', 'other'];

const SCIENTIFIC = /^[+-]?\d+(?:[.,]\d+)?E\+?\d+$/i;
const REASONS = {
  cut: 'A spreadsheet has cut its digits: format the column as text there and export again.',
  noNumber: 'There is no number.',
  noCountry: 'It has no country code, and numbers are not guessed.',
  unknownCountry: 'It has no country code, and the country of its row is unknown.',
  notANumber: 'It is not a phone number.',
  text: 'The cell is too long to be a phone number.',
  repeated: 'All its digits are the same.',
  counting: 'Its digits only count.',
  shortCode: 'It is as short as a service number.',
} as const;

/**
 * Judges the numbers of one row after the other.
 * @param everyNumber takes all numbers that are a person's own, as for an address book, and not the best alone.
 */
export function createRowValidator(countries: CountryRule, everyNumber = false): (row: ListRow) => RowNumbers {
  const readCountry = createCountryReader();

  function candidatesOf(number: WrittenNumber, row: ListRow): readonly string[] | 'unknown' {
    const [dialCode, address] = [readCountry(number.dialCode), readCountry(row.country)];
    if (dialCode && 'reads' in dialCode) return [dialCode.reads];
    if (dialCode) return 'unknown';
    const own = address && 'reads' in address ? address.reads : undefined;
    const all = countries.explicit === undefined ? [own, countries.fallback] : [countries.explicit, own];
    const known = all.filter((country) => country !== undefined);
    return address && 'unknown' in address && countries.explicit === undefined ? 'unknown' : known;
  }

  function judge(number: WrittenNumber, row: ListRow, into: RowNumbers & { mobile: Set<ValidNumber> }): void {
    const { value } = number;
    const refuse = (reason: string) => void into.invalid.push({ row: row.row, value: value.slice(0, 200), reason });
    if (value.length > MAX_NUMBER_CELL) return refuse(REASONS.text);
    const { text, label = number.label, extension } = readNumberText(value);
    if (label !== undefined && NEVER.includes(label)) {
      into.setAside.push({ row: row.row, value, label });
      return;
    }
    if (SCIENTIFIC.test(text)) return refuse(REASONS.cut);
    const digits = text.replace(/\D/g, '');
    if (!/\d/.test(text) || /\p{L}/u.test(text)) return refuse(REASONS.notANumber);
    const doubt = (reason: string, e164?: string) =>
      void into.doubtful.push({ row: row.row, value, reason, e164, fields: row.fields });
    const placeholder = placeholderReason(digits);
    const hasCode = /^\s*(?:\+|00(?=[\s().\-/]*[1-9]))/.test(text);
    const candidates = hasCode ? [] : candidatesOf(number, row);
    if (placeholder === undefined && !hasCode && digits.length >= 3) {
      if (candidates === 'unknown') return refuse(REASONS.unknownCountry);
      if (candidates.length === 0 && digits.length > 6) return refuse(REASONS.noCountry);
    }
    const found = hasCode
      ? examinePhone(text, undefined)
      : best(typeof candidates === 'string' ? [] : candidates, text, digits);
    if (placeholder !== undefined) return doubt(placeholder, found?.e164);
    if (digits.length >= 3 && digits.length <= 6) return doubt(REASONS.shortCode);
    if (found === undefined) {
      const country = candidates[0];
      return refuse(
        hasCode
          ? 'It has the wrong number of digits.'
          : country === undefined
            ? REASONS.noCountry
            : `It is not a number of the country ${country}.`,
      );
    }
    if (found.length !== 'fits') return doubt(lengthReason(found), found.e164);
    const { e164, region, known } = found;
    const valid: ValidNumber = { row: row.row, e164, region, label, extension, known, fields: row.fields };
    if (label !== undefined && label !== 'mobile' && found.isMobile()) into.mobile.add(valid);
    into.valid.push(valid);
  }

  return (row) => {
    const found = { valid: [], invalid: [], doubtful: [], setAside: [], mobile: new Set<ValidNumber>() };
    const into: RowNumbers & { mobile: Set<ValidNumber> } = found;
    if (row.numbers.length === 0) into.invalid.push({ row: row.row, value: '', reason: REASONS.noNumber });
    for (const number of row.numbers) judge(number, row, into);
    const { valid, invalid, doubtful, setAside } = into;
    if (everyNumber) return { valid, invalid, doubtful, setAside };
    const kindOf = (one: ValidNumber): Label | undefined =>
      into.mobile.has(one) ? 'mobile' : one.label;
    const kind = PREFERENCE.find((wanted) => valid.some((one) => kindOf(one) === wanted));
    const others = valid.filter((one) => kindOf(one) !== kind);
    return {
      valid: valid.filter((one) => kindOf(one) === kind),
      invalid,
      doubtful,
      setAside: [
        ...setAside,
        ...others.map(({ e164, label }) => ({ row: row.row, value: e164, label: label ?? 'other' })),
      ],
    };
  };
}

/** The number read with the first country in whose plan it is, else the first whose length it has, else the first. */
function best(countries: readonly string[], text: string, digits: string): ExaminedNumber | undefined {
  const read = countries.flatMap((country) => {
    const plain = examinePhone(text, country);
    // A column of calling codes beside numbers that have theirs already.
    const withCode = country === `+${digits.slice(0, country.length - 1)}` && examinePhone(`+${digits}`, undefined);
    return [plain ?? [], withCode && !plain?.known && withCode.known ? withCode : []].flat();
  });
  return read.find(({ known }) => known) ?? read.find(({ length }) => length === 'fits') ?? read[0];
}

function placeholderReason(digits: string): string | undefined {
  if (digits.length < 7) return undefined;
  if (/^\d{0,4}?(\d)\1{6,}$/.test(digits) && new Set(digits.slice(-7)).size === 1) return REASONS.repeated;
  return /0?123456789|9876543210?/.test(digits) && digits.length <= 11 ? REASONS.counting : undefined;
}

function lengthReason({ length, region, e164 }: ExaminedNumber): string {
  if (length === 'of no plan') return 'No country has its calling code.';
  return `It is ${length} for a number of ${region ?? `the calling code ${e164.slice(0, 3)}`}.`;
}

/** All rows of a list judged, before anything is done with one. */
export type ValidatedRows = RowNumbers & {
  /** Numbers that stood in the list before, in the same or another way of writing. */
  duplicates: number;
};

/** Judges all rows: each number once, at its first place. */
export async function validateRows(rows: Iterable<ListRow>, countries: CountryRule): Promise<ValidatedRows> {
  const validate = createRowValidator(countries);
  const seen = new Set<string>();
  const all: ValidatedRows = { valid: [], invalid: [], doubtful: [], setAside: [], duplicates: 0 };
  for await (const row of unhurried(rows)) {
    const { valid, invalid, doubtful, setAside } = validate(row);
    for (const number of valid) {
      if (seen.has(number.e164)) all.duplicates++;
      else all.valid.push(number);
      seen.add(number.e164);
    }
    all.invalid.push(...invalid);
    all.doubtful.push(...doubtful);
    all.setAside.push(...setAside);
  }
  return all;
}

/** So many rows are read and judged before other work has its turn: some 10 ms. */
const ROWS_AT_ONCE = 200;

/** The same rows, with a pause now and then, so that a long list holds nobody up. */
export async function* unhurried<T>(rows: Iterable<T>): AsyncGenerator<T> {
  let count = 0;
  for (const row of rows) {
    yield row;
    if (++count % ROWS_AT_ONCE === 0) await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
