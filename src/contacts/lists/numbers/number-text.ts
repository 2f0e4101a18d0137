import { plainDigits } from '../../model/index.ts';
import { type Label, labelIn, readHeading } from '../headings/index.ts';
import { MAX_NUMBER_CELL, unquoted } from '../list-row.ts';

/** A number taken out of what people and programs write around it. */
export type NumberText = {
  /** What a reader of numbers takes: digits and their marks. */
  text: string;
  label: Label | undefined;
  /** The digits that only the switchboard of the number understands. */
  extension: string | undefined;
};

/** From the surest to the weakest; a cell is parted only where each part has the digits of a whole number. */
const BETWEEN_NUMBERS = [
  /:::|[\n;|、，；]/,
  /\s\/\s|\s(?:or|oder|ou|o|y|e|i|u|und|and|et|en|of|eller|lub|или|и|または|或)\s|\s?&\s/iu,
  /[,/]/,
];
const FEWEST_DIGITS = 7;

/** The numbers in a cell, as they were written. */
export function numbersIn(cell: string): string[] {
  const text = cell.trim();
  if (text === '') return [];
  if (text.length > MAX_NUMBER_CELL || ONE_PLAIN.test(text)) return [text];
  for (const between of BETWEEN_NUMBERS) {
    const parts = text.split(between).filter((part) => part.trim() !== '');
    if (parts.length > 1 && parts.every((part) => digitsIn(part) >= FEWEST_DIGITS))
      return parts.flatMap(numbersIn);
  }
  return [text];
}
const digitsIn = (text: string): number => text.replace(/\P{Nd}/gu, '').length;

/** Most cells: digits and their marks alone. */
const PLAIN = /^\+?[\d\s().\-/]*\d$/;
const ONE_PLAIN = /^\+?[\d ().-]+$/;
const LINK =
  /^(?:https?:\/\/)?(?:wa\.me\/|(?:api|web|chat)?\.?whatsapp\.com\/send\/?\?(?:[^#]*&)?phone=|whatsapp:\/\/send\/?\?(?:[^#]*&)?phone=)\+?(\d{5,})/i;
/** WhatsApp's own names of people, with the number of a device after a colon; `@g.us` is a group. */
const CHAT_ID = /^\+?(\d{5,})(?::\d+)?@(?:c\.us|s\.whatsapp\.net)$/i;
const SCHEME = /^(?:tel|callto|sms|smsto|sip|sips|whatsapp|p):\s*/i;
/** A whole number that a program kept as a decimal one: its last digit is none of the number. */
const DECIMAL = /^(\+?\d{7,})[.,]0+$/;
const EXTENSION =
  /[\s,;(]*(?:\bext(?:ension|n)?\b[.:]?|(?<!\p{L})x\.?|\bdurchwahl\b|\bdw\b|\bposte\b|\banexo\b|\binterno\b|\bint\.|\bramal\b|\btoestel\b|доб\.?|вн\.?|内線|分机|分機|转|내선|;ext=|,{2,3}|#)\s*[:.]?\s*(\d{1,7})[)#]?$/iu;
const LABEL_BEFORE = /^([\p{L}\p{M}][\p{L}\p{M} .'’()-]{0,30}?)\s?[.:：]?\s?(?=[+＋(\p{Nd}])/u;
const LABEL_AFTER = /[\s,;-]*[([]?\s?([\p{L}\p{M}][\p{L}\p{M} .'’-]{0,30})\s?[)\]]?$/u;

/** What people shorten to one letter on cards. */
const LETTERS: Readonly<Record<string, Label | undefined>> = {
  ...{
    m: 'mobile',
    c: 'mobile',
    h: 'home',
    w: 'work',
    o: 'work',
    b: 'work',
    f: 'fax',
    t: undefined,
    p: undefined,
  },
};

/** Whether a word before a number belongs to it: `Tel.`, `Handy`, and any name before one with its `+`. */
function isAboutNumbers(word: string, rest: string): boolean {
  if (word.toLowerCase() in LETTERS) return true;
  const { kind } = readHeading(word);
  return kind === 'phone' || kind === 'maybe_phone' || (rest.startsWith('+') && kind !== 'about');
}

/** @param value one of `numbersIn`. */
export function readNumberText(value: string): NumberText {
  if (ONE_PLAIN.test(value))
    return { text: value.trim().replace(DECIMAL, '$1'), label: undefined, extension: undefined };
  let text = plainDigits(
    unquoted(value)
      .normalize('NFKC')
      .replace(/[\p{Cf}\u00ad]/gu, ''),
  ).trim();
  if (PLAIN.test(text)) return { text: text.replace(DECIMAL, '$1'), label: undefined, extension: undefined };
  const linked = LINK.exec(text)?.[1] ?? CHAT_ID.exec(text)?.[1];
  if (linked !== undefined) return { text: `+${linked}`, label: 'mobile', extension: undefined };
  let label: Label | undefined;
  const [before, word = ''] = LABEL_BEFORE.exec(text) ?? [];
  if (SCHEME.test(text)) text = text.replace(SCHEME, '').replace(/@[\w.-]+$/, '');
  else if (before !== undefined && isAboutNumbers(word, text.slice(before.length))) {
    label = LETTERS[word.toLowerCase()] ?? labelIn(word);
    text = text.slice(before.length);
  }
  let extension = EXTENSION.exec(text);
  if (extension === null) {
    const [after, last = ''] = LABEL_AFTER.exec(text) ?? [];
    if (after !== undefined && digitsIn(text.slice(0, -after.length)) > 0) {
      label = labelIn(last) ?? label;
      text = text.slice(0, -after.length);
      extension = EXTENSION.exec(text);
    }
  }
  if (extension !== null) text = text.slice(0, extension.index);
  return { text: text.trim().replace(DECIMAL, '$1'), label, extension: extension?.[1] };
}
