import {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  isSupportedCountry,
  type PhoneNumber,
  parseDigits,
  parsePhoneNumberFromString,
  validatePhoneNumberLength,
} from 'libphonenumber-js/max';
import { AppError } from '../../errors.ts';

export type ParsedNumber = {
  /** `+` and digits, as the API takes it. */
  e164: string;
  /** Whether the numbering plan of its country knows it. False leaves the decision to the API. */
  known: boolean;
  /** ISO 3166-1 alpha-2, where the plan tells it. */
  region: string | undefined;
};

export type NumberFormats = {
  format_international: string;
  format_national: string;
  format_rfc: string;
  country_code: string;
};

const E164 = /^\+[1-9]\d{6,14}$/;
/** Marks that keyboards, address books and web pages put into numbers: zero-width and direction marks, soft hyphens. */
const INVISIBLE = /[\p{Cf}\u00ad]/gu;
const PUNCTUATION = /[\s().\-\u2010-\u2015\u2212/·]/gu;

const refused = (what: string, next: string): AppError =>
  new AppError('invalid_input', what, { next, sentCode: 'VALIDATION_002' });

/**
 * Reads a number in any usual format: `+34 612 34 56 78`, `0034…`, `tel:+34-…`, `(415) 555-0123` with a country.
 * A number without a calling code is never guessed: it needs `country`, and must then have a length
 * that this country uses. One in the shape of E.164 (`+`, 7 to 15 digits) that no plan knows is let through with
 * `known: false`.
 *
 * @param country ISO alpha-2, or a calling code such as `+44`, for numbers without a calling code.
 * @param field how to name the value in an error; the number itself is never repeated.
 * @throws AppError `invalid_input` with the Sent code VALIDATION_002.
 */
export function parsePhone(input: string, country: string | undefined, field = 'phone_number'): ParsedNumber {
  const text = input
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .trim()
    .replace(/^tel:/i, '')
    .replace(/;.*$/, '')
    .replace(/^00(?=[\s().\-/]*[1-9])/, '+'); // The usual international prefix.
  const bare = text.replace(PUNCTUATION, '');
  if (!/^\+?\p{Nd}+$/u.test(bare)) {
    throw refused(
      `${field} is not a phone number.`,
      'Give one number, such as +14155550123, without words or extension.',
    );
  }
  if (bare.startsWith('+')) return international(text, bare, field);
  if (country === undefined) {
    throw refused(
      `${field} has no country code, and numbers are not guessed.`,
      'Write it with + and the country code (+14155550123), or give the country if the tool takes one.',
    );
  }
  const parsed = parseAtHome(text, bare, country);
  if (!parsed?.isPossible()) {
    throw refused(
      `${field} is not a number of the country ${country}.`,
      'Check the digits with the user, or write it with + and its country code.',
    );
  }
  return { e164: parsed.number, known: parsed.isValid(), region: parsed.country };
}

/**
 * A number without its plus, as one of a country. Spreadsheets drop the plus: digits that begin with the country's own
 * calling code and are a number so are that number, though a plan of many lengths, such as Germany's, would also take
 * them for a longer one at home. That is dialled with a 0 before it.
 */
function parseAtHome(text: string, bare: string, country: string): PhoneNumber | undefined {
  const code = callingCodeOf(country);
  if (code === undefined) return undefined;
  const abroad = bare.startsWith(code) ? parsePhoneNumberFromString(`+${bare}`) : undefined;
  if (abroad?.isValid()) return abroad;
  return country.startsWith('+')
    ? parsePhoneNumberFromString(text, { defaultCallingCode: code })
    : parsePhoneNumberFromString(text, country as CountryCode);
}

/** The calling code of a country as `parsePhone` takes it, without a plus. */
export function callingCodeOf(country: string): string | undefined {
  if (country.startsWith('+')) return country.slice(1);
  return isSupportedCountry(country) ? getCountryCallingCode(country as CountryCode) : undefined;
}

function international(text: string, bare: string, field: string): ParsedNumber {
  const parsed = parsePhoneNumberFromString(text);
  if (parsed?.isValid() && parsed.ext === undefined)
    return { e164: parsed.number, known: true, region: parsed.country };
  if (!E164.test(bare)) {
    throw refused(
      `${field} has the wrong number of digits.`,
      'Give + and 7 to 15 digits, beginning with the country code.',
    );
  }
  return { e164: bare, known: false, region: parsed?.country };
}

/** What a numbering plan says of a number that somebody wrote in a list. */
export type ExaminedNumber = {
  e164: string;
  /** Without its plus; empty where no country has it. */
  callingCode: string;
  /** The digits after it. */
  national: string;
  region: string | undefined;
  length: 'fits' | 'too short' | 'too long' | 'of no plan';
  /** Whether the plan knows the number, and whether for mobile phones alone; found out when it is asked. */
  isKnown(): boolean;
  isMobile(): boolean;
};

/**
 * Numbers of one length that begin alike are in one plan: in a long list a tenth of the time. What starts so is more
 * than any plan needs to tell its countries apart (`+44 7911 1…` is Guernsey).
 */
const plansByStart = new Map<string, { callingCode: string; region: string }>();
const START_LENGTH = 9;
const MAX_STARTS = 20_000;
/** The length, which is at most sixteen, as one letter before the start. */
const startOf = (e164: string): string => e164.length.toString(32) + e164.slice(1, START_LENGTH);

/**
 * Reads a number without refusing it: what no plan allows is given with its fault, for a person to decide.
 * @param country as for `parsePhone`; undefined where the number has its calling code.
 * @returns undefined for a text without the digits of a number.
 */
export function examinePhone(input: string, country: string | undefined): ExaminedNumber | undefined {
  if (E164.test(input)) return knownStart(input) ?? examine(input, input, undefined);
  const text = input
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .trim()
    .replace(/^00(?=[\s().\-/]*[1-9])/, '+');
  const bare = text.replace(PUNCTUATION, '');
  const isNumber = /^\+?\p{Nd}+$/u.test(bare) && (country !== undefined || bare.startsWith('+'));
  if (!isNumber) return undefined;
  return (E164.test(bare) ? knownStart(bare) : undefined) ?? examine(text, bare, country);
}

function knownStart(e164: string): ExaminedNumber | undefined {
  const plan = plansByStart.get(startOf(e164));
  if (plan === undefined) return undefined;
  const { callingCode, region } = plan;
  const parsed = () => parsePhoneNumberFromString(e164);
  return {
    e164,
    callingCode,
    national: e164.slice(1 + callingCode.length),
    region,
    length: 'fits',
    isKnown: () => parsed()?.isValid() ?? false,
    isMobile: () => parsed()?.getType() === 'MOBILE',
  };
}

function examine(text: string, bare: string, country: string | undefined): ExaminedNumber | undefined {
  const isAbroad = country === undefined || bare.startsWith('+');
  const parsed = isAbroad ? parsePhoneNumberFromString(text) : parseAtHome(text, plainDigits(bare), country);
  if (parsed === undefined) {
    return E164.test(bare)
      ? {
          e164: bare,
          callingCode: '',
          national: bare.slice(1),
          region: undefined,
          length: 'of no plan',
          isKnown: () => false,
          isMobile: () => false,
        }
      : undefined;
  }
  const fault = parsed.isPossible() ? undefined : validatePhoneNumberLength(parsed.number);
  const length = fault === undefined ? 'fits' : fault === 'TOO_LONG' ? 'too long' : 'too short';
  const { countryCallingCode: callingCode, country: region } = parsed;
  // A start whose first number is in no country says nothing of those that follow.
  if (length === 'fits' && parsed.number === bare && region !== undefined && plansByStart.size < MAX_STARTS)
    plansByStart.set(startOf(bare), { callingCode, region });
  return {
    e164: parsed.number,
    callingCode,
    national: parsed.nationalNumber,
    region,
    length,
    isKnown: () => parsed.isValid() && parsed.ext === undefined,
    isMobile: () => parsed.getType() === 'MOBILE',
  };
}

/** The E.164 form of a number as the API holds it, or the text as it is where it has no such form. */
export function toE164(number: string): string {
  if (E164.test(number)) return number;
  const bare = number.replace(PUNCTUATION, '');
  return E164.test(bare) ? bare : number;
}

const parse = (e164: string): PhoneNumber | undefined => parsePhoneNumberFromString(e164);

/** ISO alpha-2 of a number, from its numbering plan. */
export const regionOf = (e164: string): string | undefined => parse(e164)?.country;

/** How a number is written abroad, at home and as an RFC 3966 link; undefined where no plan knows its calling code. */
export function formatsOf(e164: string): NumberFormats | undefined {
  const number = parse(e164);
  return (
    number && {
      format_international: number.formatInternational(),
      format_national: number.formatNational(),
      format_rfc: number.getURI(),
      country_code: number.countryCallingCode,
    }
  );
}

/** ISO codes of the countries that share a calling code (`1` → US, CA …); empty for one that does not exist. */
export const regionsOfCallingCode = (code: string): string[] =>
  getCountries().filter((region) => getCountryCallingCode(region) === code);

/** Made when it is first asked for: the numbering plans take a while to unpack. */
let callingCodes: ReadonlySet<string> | undefined;

/** How many digits after the `+` are the calling code (ITU-T E.164: none is the beginning of another). */
export function callingCodeLength(e164: string): number {
  callingCodes ??= new Set(getCountries().map((region) => String(getCountryCallingCode(region))));
  for (const length of [1, 2]) if (callingCodes.has(e164.slice(1, 1 + length))) return length;
  return 3;
}

/** The text with the digits of every script as 0 to 9. */
export const plainDigits = (text: string): string =>
  /^\p{ASCII}*$/u.test(text) ? text : text.replace(/\p{Nd}/gu, (digit) => parseDigits(digit) || digit);
