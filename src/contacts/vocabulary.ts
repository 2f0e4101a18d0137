import type { Contact } from './contact.ts';
import { countryWords } from './country.ts';
import { fold, withinOneTypo } from './fold.ts';

/** How well a word fits: the very word, the start of it, a word one typo away. */
const EXACT = 4;
const PREFIX = 3;
const TYPO = 2;
/** Shorter words are too like each other to forgive a typo in them. */
const SHORTEST_FORGIVEN = 4;

/** Where a word of a query was found: a score for each row (0: not there), and one for each country. */
export type WordHits = { rows: Uint8Array; regions: ReadonlyMap<string, number> };

/** The words of all metadata, each with the rows that have it. */
export type Vocabulary = {
  add(row: number, contact: Contact): void;
  /**
   * The rows and countries that a folded word stands for. Typos are forgiven only where nothing has the very word.
   * @param size how many rows there are.
   */
  find(word: string, size: number, regions: Iterable<string>): WordHits;
};

export function createVocabulary(): Vocabulary {
  const rowsByWord = new Map<string, number[]>();

  return {
    add(row, contact) {
      if (contact.metadata === undefined) return;
      for (const word of new Set(wordsOf(contact.metadata))) {
        const rows = rowsByWord.get(word);
        if (rows) rows.push(row);
        else rowsByWord.set(word, [row]);
      }
    },

    find(word, size, regions) {
      const hits = { rows: new Uint8Array(size), regions: new Map<string, number>() };
      const regionWords = [...regions].map((region) => ({ region, words: countryWords(region) }));
      const known = rowsByWord.has(word) || regionWords.some(({ words }) => words.includes(word));
      const score = (candidate: string): number => {
        if (candidate === word) return EXACT;
        if (word.length >= 2 && candidate.startsWith(word)) return PREFIX;
        return !known && word.length >= SHORTEST_FORGIVEN && withinOneTypo(word, candidate) ? TYPO : 0;
      };
      for (const [candidate, rows] of rowsByWord) {
        const fit = score(candidate);
        if (fit > 0) for (const row of rows) if (fit > (hits.rows[row] ?? 0)) hits.rows[row] = fit;
      }
      for (const { region, words } of regionWords) {
        const fit = Math.max(0, ...words.map(score));
        if (fit > 0) hits.regions.set(region, fit);
      }
      return hits;
    },
  };
}

/** The folded words of metadata: of its values at any depth, and of a key whose value is true. */
function* wordsOf(value: unknown, key?: string): Generator<string> {
  if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) yield* wordsOf(inner, name);
  } else if (value === true && key !== undefined) yield* words(key);
  else if (typeof value === 'string' || typeof value === 'number') yield* words(String(value));
}

function* words(text: string): Generator<string> {
  for (const word of fold(text.slice(0, LONGEST_TEXT)).split(' ')) if (word) yield word;
}

/** Longest text whose words are kept, in characters. */
const LONGEST_TEXT = 1000;
