import { AppError } from '../../errors.ts';
import { findCountry, parsePhone } from '../model/index.ts';
import { unquoted } from './columns.ts';
import type { Fields, ListRow } from './list-row.ts';

/** `region`: ISO 3166-1 alpha-2, where the numbering plan tells it. */
export type ValidRow = { row: number; e164: string; region: string | undefined; fields: Fields };
/** `value` as it was written; `reason` a sentence of ours. */
export type InvalidRow = { row: number; value: string; reason: string };
export type Judged = {
  valid: readonly ValidRow[];
  invalid: readonly InvalidRow[];
  /** Numbers that stood in the list before, in the same or another way of writing. */
  doubles: number;
  /** Valid ones that no numbering plan knows: Sent decides. */
  unknown: number;
};

const SCIENTIFIC = /^[+-]?\d+(?:[.,]\d+)?E\+?\d+$/i;
/** What lead forms and messaging exports write before a number. */
const LABEL = /^(?:p|tel|phone|whatsapp|sms):\s*/i;
/** A whole number that a program kept as a decimal one: its last digit is none of the number. */
const DECIMAL = /^(\+?\d{7,})[.,]0$/;

/** A number as it was meant, out of what spreadsheets and exports make of it. */
const meant = (value: string): string => unquoted(value).replace(LABEL, '').replace(DECIMAL, '$1');

/** Judges one row after the other; `take` gives what is new in it. */
export function createJudge(country: string | undefined): {
  take(row: ListRow): { valid: (ValidRow & { known: boolean })[]; invalid: InvalidRow[]; doubles: number };
} {
  const seen = new Set<string>();
  const regions = new Map<string, string | undefined>();
  const regionOf = (text: string): string | undefined => {
    if (!regions.has(text)) regions.set(text, readCountry(text));
    return regions.get(text);
  };

  return {
    take({ row, numbers, country: own, fields }) {
      const valid: (ValidRow & { known: boolean })[] = [];
      const invalid: InvalidRow[] = [];
      let doubles = 0;
      if (numbers.length === 0) invalid.push({ row, value: '', reason: 'There is no number.' });
      for (const value of numbers) {
        const number = meant(value);
        if (SCIENTIFIC.test(number)) {
          invalid.push({ row, value, reason: CUT });
          continue;
        }
        const region = own === undefined ? country : regionOf(own);
        if (own !== undefined && region === undefined && !/^\s*(\+|00)/.test(number)) {
          invalid.push({
            row,
            value,
            reason: 'It has no country code, and the country of its row is unknown.',
          });
          continue;
        }
        try {
          const { e164, known, region: its } = parsePhone(number, region, 'It');
          if (seen.has(e164)) doubles++;
          else {
            seen.add(e164);
            valid.push({ row, e164, region: its, fields, known });
          }
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          invalid.push({ row, value, reason: error.message });
        }
      }
      return { valid, invalid, doubles };
    },
  };
}

const CUT = 'A spreadsheet has cut its digits: format the column as text there and export again.';

/** ISO code of a country as a list writes it; a calling code without its plus (`34`) stands for one too. */
function readCountry(text: string): string | undefined {
  try {
    return findCountry(/^\d{1,3}$/.test(text) ? `+${text}` : text).regions[0];
  } catch {
    return undefined;
  }
}

/**
 * Judges all rows before anything is done with one: numbers in E.164 by the row's country, else by `country`; each
 * number once, at its first place.
 * @param country ISO alpha-2, for numbers without a calling code in rows that name no country.
 */
export function judge(rows: Iterable<ListRow>, country: string | undefined): Judged {
  const judging = createJudge(country);
  const valid: ValidRow[] = [];
  const invalid: InvalidRow[] = [];
  let doubles = 0;
  let unknown = 0;
  for (const row of rows) {
    const taken = judging.take(row);
    for (const { known, ...one } of taken.valid) {
      valid.push(one);
      if (!known) unknown++;
    }
    invalid.push(...taken.invalid);
    doubles += taken.doubles;
  }
  return { valid, invalid, doubles, unknown };
}
