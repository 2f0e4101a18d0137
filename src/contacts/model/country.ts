import { countries, languages, type TCountryCode } from 'countries-list';
import iso2to3 from 'countries-list/minimal/countries.2to3.min.json';
import english from 'i18n-iso-countries/langs/en.json';
import { AppError } from '../../errors.ts';
import { closest, fold } from '../../text/index.ts';
import { plainDigits, regionsOfCallingCode } from './phone.ts';

/** The countries that somebody named: by their ISO codes, and by the calling code where that was what they said. */
export type CountryChoice = { regions: readonly string[]; callingCode: string | undefined };

/** Every way a name is written, folded, and the countries that it may mean. */
type NameIndex = Map<string, Set<string>>;

/** The parts of the United Kingdom are called countries but have no code, so that no library knows them. */
const PARTS = { england: 'GB', scotland: 'GB', wales: 'GB', 'northern ireland': 'GB' };

const REGIONS = Object.keys(countries) as TCountryCode[];

/** What a language calls regions, long and short; nothing where this build of Node does not know the language. */
function namesIn(language: string): Intl.DisplayNames[] {
  let names = namesCache.get(language);
  if (names === undefined) {
    try {
      names = (['long', 'short'] as const).map(
        (style) => new Intl.DisplayNames([language], { type: 'region', style, fallback: 'none' }),
      );
    } catch {
      names = [];
    }
    // A language that is not known is silently replaced by the one of the machine.
    names = names.filter((name) => name.resolvedOptions().locale.split('-')[0] === language);
    namesCache.set(language, names);
  }
  return names;
}
const namesCache = new Map<string, Intl.DisplayNames[]>();

/** The names of a region in English and in its own languages, long and short. */
function namesOf(region: string): string[] {
  const country = countries[region as TCountryCode];
  const spoken = ['en', ...(country?.languages ?? [])].flatMap(namesIn).map((names) => names.of(region));
  const usual = (english.countries as Record<string, string | string[]>)[region] ?? [];
  return [country?.name, country?.native, usual, spoken].flat().filter((name) => name !== undefined);
}

function enter(index: NameIndex, name: string, region: string): void {
  const known = index.get(fold(name));
  if (known) known.add(region);
  else index.set(fold(name), new Set([region]));
}

let own: NameIndex | undefined;
function ownNames(): NameIndex {
  if (own) return own;
  own = new Map();
  for (const region of REGIONS) {
    const three = (iso2to3 as Record<string, string>)[region];
    for (const name of [...namesOf(region), ...(three ? [three] : [])]) enter(own, name, region);
  }
  for (const [name, region] of Object.entries(PARTS)) enter(own, name, region);
  return own;
}

/** The names in all languages that Node knows (`Alemania`, `Holland`): slow to gather, so only for what is no own name. */
let foreign: NameIndex | undefined;
function foreignNames(): NameIndex {
  if (foreign) return foreign;
  foreign = new Map();
  for (const names of Object.keys(languages).flatMap(namesIn)) {
    for (const region of REGIONS) {
      const name = names.of(region);
      if (name !== undefined) enter(foreign, name, region);
    }
  }
  return foreign;
}

/** English name of a region, or its code. */
export const countryName = (region: string): string => namesIn('en')[0]?.of(region) ?? region;

const wordsCache = new Map<string, readonly string[]>();

/** The folded words of all names of a region, for text search. */
export function countryWords(region: string): readonly string[] {
  let words = wordsCache.get(region);
  if (words === undefined) {
    words = [...new Set(namesOf(region).flatMap((name) => fold(name).split(' ')))];
    wordsCache.set(region, words);
  }
  return words;
}

/**
 * Reads a country: ISO code (`BR`, `BRA`, also `UK`), calling code (`+55`) or name (`Brazil`, `Brasil`).
 * @throws AppError `invalid_input` that lists near names, for one that is unknown.
 */
export function findCountry(input: string): CountryChoice {
  const text = plainDigits(input.normalize('NFKC')).trim();
  const calling = /^(?:\+|00)?\s*([1-9]\d{0,2})$/.exec(text)?.[1];
  if (calling !== undefined) {
    const regions = regionsOfCallingCode(calling);
    if (regions.length > 0) return { regions, callingCode: calling };
  }
  if (/^[A-Za-z]{2}$/.test(text)) {
    const region = new Intl.Locale(`und-${text}`).region ?? '';
    if (region in countries) return { regions: [region], callingCode: undefined };
  }
  const name = fold(text).replace(/^the /, '');
  const meant = [...(ownNames().get(name) ?? foreignNames().get(name) ?? [])];
  const exact = meant.find((region) => fold(countryName(region)) === name);
  if (exact !== undefined || meant.length === 1) {
    return { regions: [exact ?? meant[0] ?? ''], callingCode: undefined };
  }
  const near = closest(name, ownNames().keys(), 8).flatMap((found) => [...(ownNames().get(found) ?? [])]);
  const named = [...new Set([...meant, ...near])]
    .slice(0, 4)
    .map((found) => `${countryName(found)} (${found})`);
  throw new AppError(
    'invalid_input',
    meant.length > 1 ? 'Several countries have that name.' : `There is no ${asTyped(input)}.`,
    {
      next: `${named.length > 0 ? `Did you mean ${named.join(', ')}? ` : ''}Use an ISO code (BR), a calling code (+55) or a name (Brazil); for a group of countries, list them.`,
    },
  );
}

/** A name as it was typed, so that one of several can be told; whatever else may be a number, and is not repeated. */
const asTyped = (input: string): string =>
  /^[\p{L}\p{M} .,'’-]{1,60}$/u.test(input) ? `country "${input.trim()}"` : 'such country';

/**
 * How to read a number written without its calling code: as one of this country, by its ISO code, or after this
 * calling code, with its `+`.
 * @throws AppError `invalid_input` for a country that is unknown.
 */
export function oneCountry(input: string): string {
  const { regions, callingCode } = findCountry(input);
  return callingCode === undefined ? (regions[0] ?? '') : `+${callingCode}`;
}
