import { findCountry } from '../../model/index.ts';

/** What people write where they have nothing to say. */
const NOT_SAID =
  /^(?:[-–—_.?/0]+|n[./]?\s?a\.?|none|null|nil|unknown|unbekannt|keine angabe|k\.?\s?a\.?|nan|undefined|#n\/a|#n\/v)?$/i;

/** What tells a number its country: an ISO code, a calling code with its `+`, or a word that is no country. */
export type RowCountry = { reads: string } | { unknown: true } | undefined;

/** A country or calling code as a cell has it: `34`, `+34`, `0034`, `ES`, `Spain (+34)`. */
export function createCountryReader(): (cell: string | undefined) => RowCountry {
  const known = new Map<string, RowCountry>();
  return (cell) => {
    const text = (cell ?? '').trim();
    if (!known.has(text)) known.set(text, read(text));
    return known.get(text);
  };
}

function read(text: string): RowCountry {
  if (NOT_SAID.test(text)) return undefined;
  const code =
    /^(?:\+|00)?\s*([1-9]\d{0,3})(?:\.0)?$/.exec(text)?.[1] ?? /\(?\+\s?(\d{1,4})\)?/.exec(text)?.[1];
  try {
    const { regions, callingCode } = findCountry(code === undefined ? text : `+${code.slice(0, 3)}`);
    const reads = callingCode === undefined ? regions[0] : `+${callingCode}`;
    return reads === undefined ? { unknown: true } : { reads };
  } catch {
    return { unknown: true };
  }
}
