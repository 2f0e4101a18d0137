import { editDistance } from './edit-distance.ts';

/** Letters that have no decomposition in Unicode but that people write without. */
const PLAIN: Record<string, string> = {
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
};

/** Marks that people leave out: accents, and the vowel points of Hebrew and Arabic. In other scripts marks are letters. */
const ACCENTS = /[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]+/g;

/**
 * Text as it is compared: lower case, without accents, words of letters and digits parted by one space.
 * `Hernández-Ruiz` → `hernandez ruiz`.
 */
export function fold(text: string): string {
  if (/^\p{ASCII}*$/u.test(text))
    return text
      .toLowerCase()
      .replace(/&/g, ' and ')
      .replace(/[^a-z0-9]+/g, ' ')
      .trim();
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(ACCENTS, '')
    .normalize('NFC')
    .replace(/[øłđðþßæœı]/g, (letter) => PLAIN[letter] ?? letter)
    .replace(/&/g, ' and ')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();
}

/** Whether two words are the same but for one letter put in, left out, changed or swapped with its neighbour. */
export function withinOneTypo(a: string, b: string): boolean {
  if (a.length > b.length) return withinOneTypo(b, a);
  if (b.length - a.length > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  if (a.length < b.length) return a.slice(start) === b.slice(start + 1);
  if (a.slice(start + 1) === b.slice(start + 1)) return true;
  return a[start] === b[start + 1] && a[start + 1] === b[start] && a.slice(start + 2) === b.slice(start + 2);
}

/** The names most like a word, best first: those that have it among their words or are at most a third of it away. */
export function closest(word: string, names: Iterable<string>, most: number): string[] {
  const reach = Math.floor(word.length / 3);
  return [...names]
    .map((name) => ({
      name,
      away: word.length > 2 && ` ${name}`.includes(` ${word}`) ? 0 : editDistance(word, name),
    }))
    .filter(({ away }) => away <= reach)
    .sort((a, b) => a.away - b.away || (a.name < b.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name);
}
