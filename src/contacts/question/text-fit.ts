import { fold, withinOneTypo } from '../../text/index.ts';
import { type Contact, callingCodeLength, countryWords } from '../model/index.ts';
import type { NumberPart, TextQuery } from './text-query.ts';

/** How well a word fits: the very word, the start of it, a word one typo away. */
export const WORD_FIT = { exact: 4, prefix: 3, typo: 2 } as const;
/** How well digits fit a number: all of it, its end, its start, anywhere; or words of the metadata instead. */
export const NUMBER_FIT = { whole: 8, end: 5, start: 4, anywhere: 3, metadata: 2 } as const;
/** Shorter words are too like each other to forgive a typo in them. */
const MIN_FORGIVEN_LETTERS = 4;
/** Longest text whose words are searched, in characters. */
const MAX_TEXT_CHARS = 1000;

export const isPrefixLength = (word: string): boolean => word.length >= 2;
/** In these scripts names are written without spaces, and people look for a part of one: 小明 of 王小明. */
export const isUnspaced = (word: string): boolean =>
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{M}ー]+$/u.test(
    word,
  );
/** Digits are never forgiven: they make another number. */
export const mayForgive = (word: string, forgiving: boolean): boolean =>
  forgiving && word.length >= MIN_FORGIVEN_LETTERS && !/\p{N}/u.test(word);

/** How well a folded word of a query fits one that is there, 0 for not at all. */
export function wordFit(word: string, candidate: string, forgiving: boolean): number {
  if (candidate === word) return WORD_FIT.exact;
  if (isPrefixLength(word) && candidate.startsWith(word)) return WORD_FIT.prefix;
  if (isUnspaced(word) && candidate.includes(word)) return WORD_FIT.prefix;
  return mayForgive(word, forgiving) && withinOneTypo(word, candidate) ? WORD_FIT.typo : 0;
}

/** The folded words of a metadata value at any depth, and of a key whose value is true. */
export function wordsOf(key: string, value: unknown): string[] {
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([name, inner]) => wordsOf(name, inner));
  const text = value === true ? key : typeof value === 'boolean' ? '' : String(value ?? '');
  const folded = fold(text.slice(0, MAX_TEXT_CHARS));
  return folded === '' ? [] : folded.split(' ');
}

/** How well digits fit a number, 0 for not at all; the book does the same for all of its rows at once. */
export function numberFit({ digits, place, abroad, home }: NumberPart, phone: string): number {
  const number = phone.replace(/\D/g, '').slice(0, 15);
  const national = number.slice(callingCodeLength(`+${number}`));
  const fits = [0];
  if (place === 'end' || place === 'anywhere') fits.push(number.endsWith(digits) ? NUMBER_FIT.end : 0);
  if (place !== 'end' && number.startsWith(digits))
    fits.push(number === digits ? NUMBER_FIT.whole : NUMBER_FIT.start);
  if (place === 'start' || place === 'anywhere')
    fits.push(national.startsWith(digits) ? NUMBER_FIT.start : 0);
  if (place === 'anywhere') fits.push(number.includes(digits) ? NUMBER_FIT.anywhere : 0);
  if (abroad && number.startsWith(abroad)) fits.push(number === abroad ? NUMBER_FIT.whole : NUMBER_FIT.start);
  if (home) fits.push(national.startsWith(home) ? NUMBER_FIT.start : 0);
  return Math.max(...fits);
}

/** The folded words by which a contact is found. */
export const wordsIn = ({ metadata, region_code }: Pick<Contact, 'metadata' | 'region_code'>) => ({
  metadata: Object.entries(metadata ?? {}).flatMap(([key, value]) => wordsOf(key, value)),
  country: region_code === undefined ? [] : countryWords(region_code),
});

/**
 * How well a contact fits a text: the sum over its parts, or 0 where one is not found.
 * @param isKnown whether a word is there in the book: a typo is forgiven only where nobody has the very word.
 */
export function textFit(text: TextQuery, contact: Contact, isKnown: (word: string) => boolean): number {
  const words = wordsIn(contact);
  const best = (word: string, candidates: readonly string[], forgiving: boolean): number =>
    Math.max(0, ...candidates.map((candidate) => wordFit(word, candidate, forgiving)));
  const parts = [
    ...text.words.map((word) => best(word, [...words.metadata, ...words.country], !isKnown(word))),
    ...text.numbers.map((part) => {
      const isInMetadata = part.words.every((word) => best(word, words.metadata, false) > 0);
      return Math.max(numberFit(part, contact.phone_number), isInMetadata ? NUMBER_FIT.metadata : 0);
    }),
  ];
  return parts.includes(0) ? 0 : parts.reduce((sum, fit) => sum + fit, 0);
}
