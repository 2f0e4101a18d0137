import { withinOneTypo } from '../../../text/index.ts';
import { isPrefixLength, isUnspaced, mayForgive, WORD_FIT } from '../../question/index.ts';

/** Folded words, each with the numbered things that hold it. */
export type WordIndex = {
  add(thing: number, words: Iterable<string>): void;
  has(word: string): boolean;
  /** How well each of `size` things fits a word, 0 for not at all; undefined where none does. */
  find(word: string, size: number, forgiving: boolean): Uint8Array | undefined;
};

/** Words are found by so many letters of their start, by two more where too many start alike: nothing is sorted. */
const START_LETTERS = 2;
const MOST_ALIKE = 2_000;
/** With more letters, as in Chinese, there are fewer words to look at than ways to change one letter. */
const MAX_LETTERS = 400;

export function createWordIndex(): WordIndex {
  /** The words that start alike, and their things. Most words stand in one thing, which needs no list. */
  const wordsByStart = new Map<string, Map<string, number | number[]>>();
  const letters = new Set<string>();
  /** The starts of too many words; those that go on after it are under longer ones. */
  const crowded = new Set<string>();

  function startOf(word: string): string {
    let start = word.slice(0, START_LETTERS);
    while (start.length < word.length && crowded.has(start))
      start = word.slice(0, start.length + START_LETTERS);
    return start;
  }
  const likeIt = (word: string) => wordsByStart.get(startOf(word));
  function* allWords(): Generator<string> {
    for (const words of wordsByStart.values()) yield* words.keys();
  }

  function* startingWith(word: string): Generator<string> {
    for (const [start, words] of wordsByStart) {
      if (start.startsWith(word)) yield* words.keys();
      else if (word.startsWith(start))
        for (const candidate of words.keys()) if (candidate.startsWith(word)) yield candidate;
    }
  }

  function enter(word: string, things: number | number[]): void {
    const start = startOf(word);
    const words = wordsByStart.get(start);
    if (words === undefined) wordsByStart.set(start, new Map([[word, things]]));
    else if (words.set(word, things).size > MOST_ALIKE) part(start, words);
  }

  function part(start: string, words: ReadonlyMap<string, number | number[]>): void {
    crowded.add(start);
    wordsByStart.delete(start);
    for (const [word, things] of words) enter(word, things);
  }

  function* holding(part: string): Generator<string> {
    for (const candidate of allWords()) if (candidate.includes(part)) yield candidate;
  }

  function* oneTypoFrom(word: string): Generator<string> {
    if (letters.size > MAX_LETTERS) {
      for (const candidate of allWords()) if (withinOneTypo(word, candidate)) yield candidate;
      return;
    }
    for (let at = 0; at <= word.length; at++) {
      const [before, here, after] = [word.slice(0, at), word[at] ?? '', word.slice(at + 1)];
      yield before + after;
      yield before + after.slice(0, 1) + here + after.slice(1);
      for (const letter of letters) {
        yield before + letter + here + after;
        yield before + letter + after;
      }
    }
  }

  return {
    add(thing, words) {
      for (const word of words) {
        const known = likeIt(word)?.get(word);
        if (known === undefined) {
          enter(word, thing);
          for (let at = 0; at < word.length; at++) letters.add(word[at] ?? '');
        } else if (typeof known === 'number') {
          if (known !== thing) enter(word, [known, thing]);
        } else if (known.at(-1) !== thing) known.push(thing);
      }
    },
    has: (word) => likeIt(word)?.has(word) ?? false,
    find(word, size, forgiving) {
      const hits = new Uint8Array(size);
      let found = false;
      const look = (candidate: string, fit: number) => {
        const things = likeIt(candidate)?.get(candidate);
        if (things === undefined) return;
        found = true;
        for (const thing of typeof things === 'number' ? [things] : things)
          if (fit > (hits[thing] ?? 0)) hits[thing] = fit;
      };
      look(word, WORD_FIT.exact);
      if (isUnspaced(word)) for (const candidate of holding(word)) look(candidate, WORD_FIT.prefix);
      else if (isPrefixLength(word))
        for (const candidate of startingWith(word)) look(candidate, WORD_FIT.prefix);
      if (mayForgive(word, forgiving))
        for (const candidate of oneTypoFrom(word)) look(candidate, WORD_FIT.typo);
      return found ? hits : undefined;
    },
  };
}
