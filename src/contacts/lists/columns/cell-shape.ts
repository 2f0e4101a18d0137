import { examinePhone } from '../../model/index.ts';
import { MAX_NUMBER_CELL } from '../list-row.ts';
import { numbersIn, readNumberText } from '../numbers/index.ts';

const DATE = /^\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?:[ T,].*)?$|^\d{4}年/;
const DAY_AS_NUMBER = /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])$/;
const AMOUNT = /^[-+]?[\p{Sc}]?\s?\d{1,3}(?:[.,\s]\d{3})*[.,]\d{1,2}\s?[\p{Sc}%]?$|[\p{Sc}%]/u;
const OTHER = /@|^https?:|^[A-Z]{2}\d{2}[A-Z0-9 ]{10,}$|^[0-9a-f]{8}-[0-9a-f]{4}-|^\d{1,3}(?:\.\d{1,3}){3}$/i;
const CUT = /^\d[.,]\d+E\+\d+$/i;
const PHONE_LINK = /wa\.me|whatsapp|@(?:c\.us|s\.whatsapp)/i;

/** What a cell looks like, whatever its header says. */
export type CellShape = {
  /** From 1, a number with its calling code that a plan knows, to 0, none at all; undefined for an empty cell. */
  phone: number | undefined;
  /** A date, an amount, an address of mail: certainly no number, whatever the header says. */
  alien: boolean;
};

const EMPTY: CellShape = { phone: undefined, alien: false };
const NONE: CellShape = { phone: 0, alien: false };
const ALIEN: CellShape = { phone: 0, alien: true };

/** @param countries those that numbers without a calling code may be from. */
export function shapeOf(cell: string, countries: readonly string[]): CellShape {
  const value = cell.trim();
  if (value === '' || /^[-–—.]+$|^n\/?a$|@g\.us$/i.test(value)) return EMPTY; // A group among people's numbers.
  if (value.length > MAX_NUMBER_CELL) return ALIEN;
  if (CUT.test(value)) return { phone: 0.5, alien: false };
  if (DATE.test(value) || (OTHER.test(value) && !PHONE_LINK.test(value)) || AMOUNT.test(value)) return ALIEN;
  const shapes = numbersIn(value).map((one) => shapeOfNumber(one, countries));
  return shapes.reduce((first, next) => ((next.phone ?? 0) > (first.phone ?? 0) ? next : first));
}

function shapeOfNumber(value: string, countries: readonly string[]): CellShape {
  const { text } = readNumberText(value);
  const digits = text.replace(/\D/g, '');
  if (/\p{L}/u.test(text)) return digits === '' ? ALIEN : NONE;
  if (digits.length < 7 || digits.length > 17) return NONE;
  if (/^(?:\+|00[1-9])/.test(text))
    return { phone: examinePhone(text, undefined)?.isKnown() ? 1 : 0.7, alien: false };
  const isDay = DAY_AS_NUMBER.test(text);
  if (!isDay && countries.some((country) => examinePhone(text, country)?.isKnown()))
    return { phone: 0.9, alien: false };
  if (isDay) return { phone: 0.2, alien: false };
  const isWritten = /^\(?0|[\s().\-/]/.test(text) && digits.length >= 8;
  return { phone: isWritten ? 0.65 : 0.4, alien: false };
}
