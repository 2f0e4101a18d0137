import { fold, withinOneTypo } from '../../text/index.ts';

/** How well a word fits: the very word, the start of it, a word one typo away. */
const EXACT = 4;
const PREFIX = 3;
const TYPO = 2;
/** Shorter words are too like each other to forgive a typo in them. */
const SHORTEST_FORGIVEN = 4;
/** Longest text whose words are kept, in characters. */
const LONGEST_TEXT = 1000;

/** Folded words, each with the numbered things that hold it. */
export type Vocabulary = {
  add(thing: number, words: Iterable<string>): void;
  has(word: string): boolean;
  /** How well each of `size` things fits a word, 0 for not at all; undefined where none does. */
  find(word: string, size: number, forgiving: boolean): Uint8Array | undefined;
};

/** So many words may wait before they are sorted in. */
const MOST_UNSORTED = 2000;
/** With more letters, as in Chinese, there are fewer words to look at than ways to change one letter. */
const MOST_LETTERS = 400;

export function createVocabulary(): Vocabulary {
  /** Most words stand in one thing, which needs no list. */
  const thingsByWord = new Map<string, number | number[]>();
  const letters = new Set<string>();
  /** All words for the search by start: sorted ones, and those that have come since. */
  let sorted: string[] = [];
  let unsorted: string[] = [];

  function* startingWith(word: string): Generator<string> {
    if (unsorted.length > MOST_UNSORTED) {
      sorted = [...sorted, ...unsorted].sort();
      unsorted = [];
    }
    let from = 0;
    for (let to = sorted.length; from < to; ) {
      const middle = (from + to) >> 1;
      if ((sorted[middle] ?? '') < word) from = middle + 1;
      else to = middle;
    }
    for (; sorted[from]?.startsWith(word); from++) yield sorted[from] ?? '';
    for (const candidate of unsorted) if (candidate.startsWith(word)) yield candidate;
  }

  function* oneTypoFrom(word: string): Generator<string> {
    if (letters.size > MOST_LETTERS) {
      for (const candidate of thingsByWord.keys()) if (withinOneTypo(word, candidate)) yield candidate;
      return;
    }
    for (let at = 0; at <= word.length; at++) {
      const [before, here, after] = [word.slice(0, at), word[at] ?? '', word.slice(at + 1)];
      if (here !== '') yield before + after;
      if (after !== '') yield before + after[0] + here + after.slice(1);
      for (const letter of letters) {
        yield before + letter + here + after;
        if (here !== '') yield before + letter + after;
      }
    }
  }

  return {
    add(thing, words) {
      for (const word of new Set(words)) {
        const known = thingsByWord.get(word);
        if (typeof known === 'object') known.push(thing);
        else thingsByWord.set(word, known === undefined ? thing : [known, thing]);
        if (known !== undefined) continue;
        unsorted.push(word);
        for (let at = 0; at < word.length; at++) letters.add(word[at] ?? '');
      }
    },
    has: (word) => thingsByWord.has(word),
    find(word, size, forgiving) {
      const hits = new Uint8Array(size);
      let found = false;
      const look = (candidate: string, fit: number) => {
        const things = thingsByWord.get(candidate);
        if (things === undefined) return;
        found = true;
        for (const thing of typeof things === 'number' ? [things] : things)
          if (fit > (hits[thing] ?? 0)) hits[thing] = fit;
      };
      look(word, EXACT);
      if (isLongEnough(word)) for (const candidate of startingWith(word)) look(candidate, PREFIX);
      if (mayForgive(word, forgiving)) for (const candidate of oneTypoFrom(word)) look(candidate, TYPO);
      return found ? hits : undefined;
    },
  };
}

const isLongEnough = (word: string): boolean => word.length >= 2;
const mayForgive = (word: string, forgiving: boolean): boolean =>
  forgiving && word.length >= SHORTEST_FORGIVEN && !/\p{N}/u.test(word);

/** How well a folded word of a query fits one that is there. Digits are never forgiven: they make another number. */
export function fitOf(word: string, candidate: string, forgiving: boolean): number {
  if (candidate === word) return EXACT;
  if (isLongEnough(word) && candidate.startsWith(word)) return PREFIX;
  return mayForgive(word, forgiving) && withinOneTypo(word, candidate) ? TYPO : 0;
}

/** The folded words of a metadata value at any depth, and of a key whose value is true. */
export function* wordsOf(key: string, value: unknown): Generator<string> {
  if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) yield* wordsOf(name, inner);
    return;
  }
  const text = value === true ? key : typeof value === 'boolean' ? '' : String(value ?? '');
  for (const word of fold(text.slice(0, LONGEST_TEXT)).split(' ')) if (word) yield word;
}
