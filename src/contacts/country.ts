import { countries, type TCountryCode } from 'countries-list';
import iso2to3 from 'countries-list/minimal/countries.2to3.min.json';
import english from 'i18n-iso-countries/langs/en.json';
import { AppError } from '../errors.ts';
import { closest, fold } from './fold.ts';
import { regionsOfCallingCode } from './phone.ts';

/** The countries that somebody named: by their ISO codes, and by the calling code where that was what they said. */
export type CountryChoice = { regions: readonly string[]; callingCode: string | undefined };

const entries = Object.entries(countries) as [TCountryCode, (typeof countries)[TCountryCode]][];

/** Every name of each country, in English and in its own languages, long and short, folded → ISO code. */
let byName: Map<string, string> | undefined;

function namesOf(region: string): string[] {
  const country = countries[region as TCountryCode];
  const languages = new Set(['en', ...(country?.languages ?? [])]);
  const spoken = [...languages].flatMap((language) =>
    (['long', 'short'] as const).map((style) => {
      try {
        return new Intl.DisplayNames([language], { type: 'region', style, fallback: 'none' }).of(region);
      } catch {
        return undefined; // A language that this build of Node does not know.
      }
    }),
  );
  const usual = (english.countries as Record<string, string | string[]>)[region] ?? [];
  return [country?.name, country?.native, usual, spoken].flat().filter((name) => name !== undefined);
}

function nameIndex(): Map<string, string> {
  if (byName === undefined) {
    byName = new Map();
    for (const [region] of entries) {
      const three = (iso2to3 as Record<string, string>)[region];
      for (const name of [...namesOf(region), ...(three ? [three] : [])]) {
        if (!byName.has(fold(name))) byName.set(fold(name), region);
      }
    }
  }
  return byName;
}

/** English name of a region, or its code. */
export const countryName = (region: string): string =>
  new Intl.DisplayNames(['en'], { type: 'region' }).of(region) ?? region;

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
  const text = input.trim();
  const calling = /^(?:\+|00)\s*(\d{1,3})$/.exec(text)?.[1];
  if (calling !== undefined) {
    const regions = regionsOfCallingCode(calling);
    if (regions.length > 0) return { regions, callingCode: calling };
  }
  if (/^[A-Za-z]{2}$/.test(text)) {
    const region = new Intl.Locale(`und-${text}`).region ?? '';
    if (region in countries) return { regions: [region], callingCode: undefined };
  }
  const name = fold(text).replace(/^the /, '');
  const region = nameIndex().get(name);
  if (region !== undefined) return { regions: [region], callingCode: undefined };

  const near = [...new Set(closest(name, nameIndex().keys(), 8).map((found) => nameIndex().get(found) ?? ''))]
    .slice(0, 4)
    .map((found) => `${countryName(found)} (${found})`);
  throw new AppError('invalid_input', 'There is no such country.', {
    next: `${near.length > 0 ? `Did you mean ${near.join(', ')}? ` : ''}Use an ISO code (BR), a calling code (+55) or a name (Brazil); for a group of countries, list them.`,
  });
}

/**
 * The one country of a number written without its calling code.
 * @throws AppError `invalid_input` where the text stands for none or for several.
 */
export function oneCountry(input: string): string {
  const { regions } = findCountry(input);
  const [only] = regions;
  if (only === undefined || regions.length > 1) {
    throw new AppError('invalid_input', 'country stands for several countries.', {
      next: 'Use one ISO code, such as US.',
    });
  }
  return only;
}
