import { type ExaminedNumber, examinePhone } from '../../model/index.ts';
import type { Label } from '../headings/index.ts';
import { type ListRow, MAX_NUMBER_CELL, type WrittenNumber } from '../list-row.ts';
import { readNumberText } from './number-text.ts';
import { createCountryReader } from './row-country.ts';

/** Where a number without a calling code is from. */
export type CountryRule = {
  /** Said for this very list: it stands over the country of a row's address, for a number that fits it. */
  explicit?: string | undefined;
  /** Said once for all: the country of a row stands over it. */
  fallback?: string | undefined;
};

/** What is to be thought of a number; reasons are sentences of ours. */
export type Verdict =
  | { is: 'valid'; number: ExaminedNumber; label: Label | undefined; extension: string | undefined }
  /** Most likely nobody's; `e164` where it could be imported all the same. */
  | { is: 'doubtful'; reason: string; e164: string | undefined }
  | { is: 'invalid'; reason: string }
  /** Never anybody's own, such as a fax. */
  | { is: 'never'; label: Label };

const NEVER: readonly (Label | undefined)[] = ['fax', 'pager', 'other_person'];
const SCIENTIFIC = /^[+-]?\d+(?:[.,]\d+)?E\+?\d+$/i;
const WITH_CODE = /^\s*(?:\+|00(?=[\s().\-/]*[1-9]))/;
/** In a column of calling codes: what stands before the number at home, `030` or `(0170)`. */
const AREA_CODE = /^\(?(0[1-9]\d{0,4})\)?\s?[/-]?$/;
const SHORTEST_NUMBER = 7;
const LONGEST_NUMBER = 15;
const SHORTEST_CODE = 3;

const invalid = (reason: string): Verdict => ({ is: 'invalid', reason });
const doubtful = (reason: string, e164?: string): Verdict => ({ is: 'doubtful', reason, e164 });

/**
 * Validates one number after the other, each with what its row says of its country.
 * @param asksPlan whether a number with its calling code is looked up in its plan, which takes most of the time.
 */
export function createNumberValidator(
  countries: CountryRule,
  asksPlan: boolean,
): (written: WrittenNumber, row: ListRow) => Verdict {
  const readCountry = createCountryReader();

  /** The countries whose number it may be, the likeliest first; undefined where its row names one that is none. */
  function candidatesOf(written: WrittenNumber, row: ListRow): readonly string[] | undefined {
    const isArea = AREA_CODE.test(written.dialCode ?? '');
    const dialCode = isArea ? undefined : readCountry(written.dialCode);
    const address = readCountry(row.country);
    if (dialCode) return 'reads' in dialCode ? [dialCode.reads] : undefined;
    if (address && 'unknown' in address && countries.explicit === undefined) return undefined;
    const own = address && 'reads' in address ? address.reads : undefined;
    const all = countries.explicit === undefined ? [own, countries.fallback] : [countries.explicit, own];
    return all.filter((country) => country !== undefined);
  }

  return (written, row) => {
    if (written.value.length > MAX_NUMBER_CELL) return invalid('The cell is too long to be a phone number.');
    const { text: own, label = written.label, extension } = readNumberText(written.value);
    const areaCode = /^[+0]/.test(own) ? undefined : AREA_CODE.exec(written.dialCode ?? '')?.[1];
    const text = areaCode === undefined ? own : `${areaCode} ${own}`;
    if (label !== undefined && NEVER.includes(label)) return { is: 'never', label };
    if (SCIENTIFIC.test(text))
      return invalid('A spreadsheet has cut its digits: format the column as text there and export again.');
    const digits = text.replace(/\D/g, '');
    if (digits === '' || /\p{L}/u.test(text)) return invalid('It is not a phone number.');
    const candidates = candidatesOf(written, row);
    const number = WITH_CODE.test(text) ? examinePhone(text, undefined) : examineFrom(candidates ?? [], text);
    const placeholder = placeholderReason(number?.national ?? digits);
    if (placeholder !== undefined) return doubtful(placeholder, number?.e164);
    if (digits.length < SHORTEST_NUMBER && digits.length >= SHORTEST_CODE)
      return doubtful('It is as short as a service number.');
    if (number === undefined && digits.length > LONGEST_NUMBER)
      return doubtful('It is too long for a number.');
    if (number === undefined) return invalid(whyNot(text, candidates));
    if (number.length !== 'fits') {
      const fits = digits.length >= SHORTEST_CODE;
      return fits ? doubtful(lengthReason(number), number.e164) : invalid(whyNot(text, candidates));
    }
    const hasCode = WITH_CODE.test(text);
    const other = hasCode ? undefined : readAbroad(areaCode ? digits.slice(1) : digits, number);
    if (other !== undefined) return doubtful(`It may be ${number.e164} or ${other}.`);
    if (asksPlan && !number.isKnown()) {
      const fault = faultByPlan(number.e164);
      if (fault !== undefined) return doubtful(lengthReason({ ...number, length: fault }), number.e164);
    }
    return { is: 'valid', number, label, extension };
  };
}

function whyNot(text: string, candidates: readonly string[] | undefined): string {
  if (WITH_CODE.test(text)) return 'It has the wrong number of digits.';
  if (candidates === undefined) return 'It has no country code, and the country of its row is unknown.';
  const [country] = candidates;
  return country === undefined
    ? 'It has no country code, and numbers are not guessed.'
    : `It is not a number of the country ${country}.`;
}

/** The number read with the first country in whose plan it is, else the first whose length it has, else the first. */
function examineFrom(countries: readonly string[], text: string): ExaminedNumber | undefined {
  const read = countries.flatMap((country) => examinePhone(text, country) ?? []);
  return read.find((number) => number.isKnown()) ?? read.find(({ length }) => length === 'fits') ?? read[0];
}

/** @param digits without a calling code. */
function placeholderReason(digits: string): string | undefined {
  if (digits.length < SHORTEST_NUMBER) return undefined;
  if (/^(\d)\1*$/.test(digits)) return 'All its digits are the same.';
  return '01234567890'.includes(digits) || '9876543210'.includes(digits)
    ? 'Its digits only count.'
    : undefined;
}

type Placed = Pick<ExaminedNumber, 'region' | 'callingCode'>;
const placeOf = ({ region, callingCode }: Placed): string => region ?? `the calling code +${callingCode}`;

function lengthReason({ length, ...placed }: Placed & Pick<ExaminedNumber, 'length'>): string {
  if (length === 'of no plan') return 'No country has its calling code.';
  return `It is ${length} for a number of ${placeOf(placed)}.`;
}

/**
 * What a number without a calling code is where its digits begin with one of another country, whose plus a spreadsheet
 * has dropped (or after 011, as Americans dial it), and which speaks for it more than the plan at home does.
 */
function readAbroad(digits: string, home: ExaminedNumber): string | undefined {
  const written = digits.replace(/^011/, '');
  // Where all numbers have ten digits, one more tells; plans such as Germany's take any.
  if (written.startsWith('0') || home.callingCode === '1') return undefined;
  const abroad = examinePhone(`+${written}`, undefined);
  if (!abroad?.isKnown() || abroad.e164 === home.e164) return undefined;
  const isClear = home.isKnown() && (home.isMobile() || !abroad.isMobile());
  return isClear ? undefined : abroad.e164;
}

/** So many digits are left off or put to a number to see whether it is one then. */
const DIGITS_TOO_MANY = 3;
const DIGITS_MISSING = 6;

/** Plans of many lengths, such as Germany's, call most lengths possible: with other digits at its end it would be a number. */
function faultByPlan(e164: string): 'too short' | 'too long' | undefined {
  const isKnown = (text: string) => examinePhone(text, undefined)?.isKnown() ?? false;
  for (let more = 1; more <= DIGITS_TOO_MANY; more++) if (isKnown(e164.slice(0, -more))) return 'too long';
  for (let more = 1; more <= DIGITS_MISSING; more++) if (isKnown(e164 + '2'.repeat(more))) return 'too short';
  return undefined;
}
