import { AppError } from '../errors.ts';
import { fold } from './fold.ts';

/** What somebody typed, taken apart: every part must be found. */
export type TextQuery = { numbers: readonly NumberPart[]; words: readonly string[] };
export type NumberPart = {
  /** The digits to look for in a number, in each way they may have been meant. */
  digits: readonly string[];
  place: 'anywhere' | 'start' | 'end';
  /** The same, as words: an order number in the metadata is made of digits too. */
  words: readonly string[];
};

/** A run of digits and the punctuation of numbers that stands alone, with what was said of its place before it. */
const NUMBER_RUN =
  /(?:\b(end(?:s|ing)?|start(?:s|ing)?|begin(?:s|ning)?)\s+(?:in|with|on)\s+)?(?<![\p{L}\p{N}_])(\+?[(\d][\d\s().\-\u2010-\u2015/]*\d)(?![\p{L}\p{N}_])/giu;

/**
 * Reads a query: numbers in any format and part (`(415) 555`, `ends in 70877`), the rest as words.
 * @throws AppError `invalid_input` for a query without any letter or digit.
 */
export function readText(query: string): TextQuery {
  const text = query.normalize('NFKC').replace(/\p{Cf}/gu, '');
  const numbers: NumberPart[] = [];
  const rest = text.replace(NUMBER_RUN, (_all, said: string | undefined, run: string) => {
    const digits = run.replace(/\(0\)/, '').replace(/\D/g, '').replace(/^00/, '');
    const place =
      run.startsWith('+') || /^(start|begin)/i.test(said ?? '') ? 'start' : said ? 'end' : 'anywhere';
    // At home many countries write a 0 before the number, which is not part of it abroad.
    const trunkless = run.startsWith('+') ? digits : digits.replace(/^0+(?=\d)/, '');
    numbers.push({ digits: [...new Set([digits, trunkless])], place, words: fold(run).split(' ') });
    return ' ';
  });
  const words = [...new Set(fold(rest).split(' ').filter(Boolean))];
  if (numbers.length + words.length === 0) {
    throw new AppError('invalid_input', 'query has no letter and no digit to look for.', {
      next: 'Give part of a number, a country or a word of the metadata, or leave query out.',
    });
  }
  return { numbers, words };
}

/**
 * How well a number fits a part, 0 for not at all: the whole number 8, its end 5, its start 4, anywhere 3.
 * @param phone E.164.
 */
export function scoreNumber(phone: string, { digits, place }: NumberPart): number {
  let best = 0;
  for (const needle of digits) {
    const at = phone.indexOf(needle, 1);
    if (at === -1) continue;
    if (at === 1 && needle.length === phone.length - 1) return 8;
    // A start may be meant with the calling code, which has one to three digits, or without.
    if (place !== 'end' && at <= (place === 'start' ? 4 : 1)) best = Math.max(best, 4);
    if (place !== 'start' && phone.endsWith(needle)) best = Math.max(best, 5);
    if (place === 'anywhere') best = Math.max(best, 3);
  }
  return best;
}
