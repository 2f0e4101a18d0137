import { countryOf, regionOf, type Shape } from './countries.ts';

export type NumberFormats = {
  format_e164: string;
  format_international: string;
  format_national: string;
  format_rfc: string;
  country_code: string;
  region_code: string;
};

/** How long each calling code is (ITU E.164 zones). */
const CALLING_CODE = /^\+(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})(\d+)$/;

/** `+<digits>` for text in E.164 shape once spaces, dashes, dots and parentheses are gone; undefined for anything else. */
export function parseE164(text: string): string | undefined {
  const bare = text.trim().replace(/[ \-.()]/g, '');
  return /^\+[1-9]\d{6,14}$/.test(bare) ? bare : undefined;
}

/** Calling code, national digits and ISO region (`ZZ` if unknown) of a number in E.164. */
export function splitNumber(e164: string): { code: string; digits: string; region: string } {
  const [, code = '', digits = ''] = CALLING_CODE.exec(e164) ?? [];
  return { code, digits, region: regionOf(code, digits) };
}

function shapeOf(code: string, region: string, digits: string): Shape | undefined {
  const country = countryOf(code === '1' ? 'US' : region);
  return country?.shapes.find((shape) => shape.digits === digits.length && shape.lead.test(digits));
}

/** Whether the number has a length and a beginning that its country's table knows. Countries outside it: 7 to 12 digits. */
export function looksDiallable(e164: string): boolean {
  const { code, region, digits } = splitNumber(e164);
  if (code === '1') return /^[2-9]\d\d[2-9]\d{6}$/.test(digits);
  return countryOf(region) ? shapeOf(code, region, digits) !== undefined : /^\d{7,12}$/.test(digits);
}

function fill(mask: string, digits: string): string {
  let at = 0;
  let text = '';
  for (const symbol of mask) text += symbol === '#' ? digits[at++] : symbol;
  return text;
}

/** Groups of three, the last of two to four digits: `123 456 78`. */
const inThrees = (digits: string): string => digits.replace(/(\d{3})(?=\d{2})/g, '$1 ');

/** As it is written in its own country. */
export function nationalFormatOf(e164: string): string {
  const { code, digits, region } = splitNumber(e164);
  const shape = shapeOf(code, region, digits);
  return shape ? fill(shape.national, digits) : inThrees(digits);
}

/** All written forms of a number in E.164, as the API's contact object names them. */
export function formatsOf(e164: string): NumberFormats {
  const { code, digits, region } = splitNumber(e164);
  const shape = shapeOf(code, region, digits);
  const international = shape ? fill(shape.international, digits) : inThrees(digits);
  return {
    format_e164: e164,
    format_international: `+${code} ${international}`,
    format_national: shape ? fill(shape.national, digits) : inThrees(digits),
    format_rfc: `tel:+${code}-${international.replace(/[^\d]+/g, '-')}`,
    country_code: code,
    region_code: region,
  };
}
