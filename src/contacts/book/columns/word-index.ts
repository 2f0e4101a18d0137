import { withinOneTypo } from '../../../text/index.ts';
import { isPrefixLength, isUnspaced, mayForgive, WORD_FIT } from '../../question/index.ts';

/** Folded words, each with the numbered things that hold it. */
export type WordIndex = {
  add(thing: number, words: Iterable<string>): void;
  has(word: string): boolean;
  /** How well each of `size` things fits a word, 0 for not at all; undefined where none does. */
  find(word: string, size: number, forgiving: boolean): Uint8Array | undefined;
};

/** So many words may wait before they are sorted in. */
const MAX_UNSORTED = 2000;
/** With more letters, as in Chinese, there are fewer words to look at than ways to change one letter. */
const MAX_LETTERS = 400;

export function createWordIndex(): WordIndex {
  /** Most words stand in one thing, which needs no list. */
  const thingsByWord = new Map<string, number | number[]>();
  const letters = new Set<string>();
  /** All words for the search by start: sorted ones, and those that have come since. */
  let sorted: string[] = [];
  let unsorted: string[] = [];

  /** Two sorted lists made one, so that it takes no longer than they are. */
  function sortIn(): void {
    unsorted.sort();
    const all: string[] = [];
    let at = 0;
    for (const word of unsorted) {
      for (let next = sorted[at]; next !== undefined && next < word; next = sorted[++at]) all.push(next);
      all.push(word);
    }
    for (; at < sorted.length; at++) all.push(sorted[at] ?? '');
    sorted = all;
    unsorted = [];
  }

  function* startingWith(word: string): Generator<string> {
    if (unsorted.length > MAX_UNSORTED) sortIn();
    let from = 0;
    for (let to = sorted.length; from < to; ) {
      const middle = (from + to) >> 1;
      if ((sorted[middle] ?? '') < word) from = middle + 1;
      else to = middle;
    }
    for (; sorted[from]?.startsWith(word); from++) yield sorted[from] ?? '';
    for (const candidate of unsorted) if (candidate.startsWith(word)) yield candidate;
  }

  function* holding(part: string): Generator<string> {
    for (const candidate of thingsByWord.keys()) if (candidate.includes(part)) yield candidate;
  }

  function* oneTypoFrom(word: string): Generator<string> {
    if (letters.size > MAX_LETTERS) {
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
        // While words come, step by step: the first question is not to wait for all of them to be sorted.
        if (unsorted.length > Math.max(MAX_UNSORTED, sorted.length / 4)) sortIn();
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
