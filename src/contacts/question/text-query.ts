import { AppError } from '../../errors.ts';
import { fold, inline } from '../../text/index.ts';
import { plainDigits } from '../model/index.ts';

/** What somebody typed, taken apart: every part must be found. */
export type TextQuery = { numbers: readonly NumberPart[]; words: readonly string[] };
export type NumberPart = {
  /** The digits as they were typed. */
  digits: string;
  /** Where they must stand: in a start, the calling code may be left out; `plus` is a start that has it. */
  place: 'anywhere' | 'plus' | 'start' | 'end';
  /** The digits after a typed `00`, which many countries dial for the `+`. */
  abroad: string | undefined;
  /** The digits after a typed `0`, which many countries dial before a number at home. */
  home: string | undefined;
  /** The same, as words: an order number in the metadata is made of digits too. */
  words: readonly string[];
};

/** Digits and the punctuation of numbers, standing alone, with what was said of their place before them. */
const NUMBER_RUN =
  /(?:\b(end(?:s|ing)?|start(?:s|ing)?|begin(?:s|ning)?)\s+(?:in|with|on|by)\s+)?(?<![\p{L}\p{M}\p{N}_])(\+?\s?(?:[(\d][\d\s().\-\u2010-\u2015\u2212/·]*)?\d)(?![\p{L}\p{M}\p{N}_])/giu;

/**
 * Reads a query: numbers in any format and part (`(415) 555`, `ends in 70877`), the rest as words.
 * @throws AppError `invalid_input` for a query without any letter or digit.
 */
export function readText(query: string): TextQuery {
  const text = plainDigits(query.normalize('NFKC').replace(/\p{Cf}/gu, ''));
  const numbers: NumberPart[] = [];
  const rest = text.replace(NUMBER_RUN, (_all, said: string | undefined, run: string) => {
    numbers.push(readNumber(run, said?.toLowerCase()));
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

function readNumber(run: string, said: string | undefined): NumberPart {
  const words = fold(run).split(' ').filter(Boolean);
  const place = said === undefined ? 'anywhere' : said.startsWith('end') ? 'end' : 'start';
  // The 0 of `+44 (0)20` is only dialled at home.
  const digits = (/^(?:\+|00)/.test(run) ? run.replace('(0)', '') : run).replace(/\D/g, '');
  const plain = { digits, abroad: undefined, home: undefined, words };
  if (place === 'end') return { ...plain, place };
  if (run.startsWith('+')) return { ...plain, place: 'plus' };
  const [, zeros, rest] = /^(00?)([1-9]\d*)/.exec(digits) ?? [];
  return {
    digits,
    place,
    abroad: zeros === '00' ? rest : undefined,
    home: zeros === '0' ? rest : undefined,
    words,
  };
}

/** So many words, and numbers, of a question are told again: somebody may paste a whole letter. */
const MOST_TOLD = 12;
const shortened = (words: readonly string[]): string =>
  [
    ...words.slice(0, MOST_TOLD).map((word) => inline(word, 40)),
    ...(words.length > MOST_TOLD ? ['…'] : []),
  ].join(' ');

/** How a text was read, in a few words. */
export function textReadAs({ numbers, words }: TextQuery): string {
  const places = {
    anywhere: 'number with',
    plus: 'number from',
    start: 'number from',
    end: 'number ending in',
  };
  return [
    ...(words.length > 0 ? [`words ${shortened(words)}`] : []),
    ...numbers
      .slice(0, MOST_TOLD)
      .map(({ digits, place }) => `${places[place]} ${place === 'plus' ? '+' : ''}${inline(digits, 40)}`),
    ...(numbers.length > MOST_TOLD ? ['…'] : []),
  ].join(', ');
}
