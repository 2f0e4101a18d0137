import { numbersIn, type Packed, textsByRow } from './packed.ts';
import { createRowIndex } from './row-index.ts';
import { widened } from './widened.ts';

/** The ids of all rows; a UUID, as Sent gives them, takes sixteen bytes. Every id is given back to the letter. */
export type IdColumn = {
  /** Makes room for so many rows at once. */
  reserve(rows: number): void;
  set(row: number, id: string): void;
  clear(row: number): void;
  text(row: number): string;
  find(id: string): number | undefined;
  /** All ids of so many rows as columns by name, and back: what was there before is gone. */
  save(rows: number): Packed;
  load(packed: Packed, rows: number, isEmpty: (row: number) => boolean): void;
  /** Whether the id of one row comes before that of another, letter by letter. */
  isBefore(a: number, b: number): boolean;
};

const WORDS = 4;
/** Where the eight words of four digits of a UUID begin. */
const QUARTERS = [0, 4, 9, 14, 19, 24, 28, 32] as const;

export function createIdColumn(): IdColumn {
  let words = new Uint32Array(16 * WORDS);
  /** Ids of another form. */
  const odd = new Map<number, string>();
  const given = new Uint32Array(WORDS);
  const index = createRowIndex((row) => hashOf(words, row * WORDS));

  const isIt = (row: number): boolean => {
    for (let i = 0; i < WORDS; i++) if (words[row * WORDS + i] !== given[i]) return false;
    return true;
  };
  const text = (row: number): string => odd.get(row) ?? uuidOf(words, row * WORDS);
  function clear(row: number): void {
    index.remove(hashOf(words, row * WORDS), row);
    odd.delete(row);
  }

  return {
    text,
    clear,
    reserve(rows) {
      if (rows * WORDS > words.length) words = widened(words, rows * WORDS - 1);
      index.reserve(rows);
    },
    set(row, id) {
      if ((row + 1) * WORDS > words.length) words = widened(words, (row + 1) * WORDS - 1);
      if (!readUuid(id, given)) odd.set(row, id);
      words.set(given, row * WORDS);
      index.add(hashOf(given, 0), row);
    },
    find(id) {
      return readUuid(id, given)
        ? index.find(hashOf(given, 0), (row) => isIt(row) && !odd.has(row))
        : index.find(hashOf(given, 0), (row) => odd.get(row) === id);
    },
    save: (rows) => ({ columns: { ids: words.slice(0, rows * WORDS) }, facts: { ids: [...odd] } }),
    load({ columns, facts }, rows, isEmpty) {
      words = numbersIn(columns.ids, Uint32Array, Math.max(16, rows) * WORDS);
      odd.clear();
      for (const [row, id] of textsByRow(facts.ids)) odd.set(row, id);
      index.reset(rows);
      for (let row = 0; row < rows; row++) if (!isEmpty(row)) index.add(hashOf(words, row * WORDS), row);
    },
    isBefore(a, b) {
      if (odd.size > 0 && (odd.has(a) || odd.has(b))) return text(a) < text(b);
      for (let i = 0; i < WORDS; i++) {
        const [wordA, wordB] = [words[a * WORDS + i] ?? 0, words[b * WORDS + i] ?? 0];
        if (wordA !== wordB) return wordA < wordB;
      }
      return false;
    },
  };
}

/** Reads a UUID in small letters into four words; of any other id a hash of its letters, and gives false. */
function readUuid(id: string, into: Uint32Array): boolean {
  let fits = id.length === 36;
  for (let quarter = 0; fits && quarter < QUARTERS.length; quarter++) {
    const from = QUARTERS[quarter] ?? 0;
    let value = 0;
    for (let at = from; at < from + 4; at++) {
      const digit = hexDigit(id.charCodeAt(at));
      fits &&= digit >= 0;
      value = (value << 4) | digit;
    }
    const word = quarter >> 1;
    into[word] = quarter % 2 === 0 ? value << 16 : (into[word] ?? 0) | (value & 0xffff);
  }
  fits &&= [8, 13, 18, 23].every((at) => id.charCodeAt(at) === 45);
  if (fits) return true;
  into.fill(0);
  let hash = 0x811c9dc5; // FNV-1a: numbers that count up must not fall together.
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  into[0] = hash;
  return false;
}

const hexDigit = (code: number): number =>
  code >= 48 && code <= 57 ? code - 48 : code >= 97 && code <= 102 ? code - 87 : -1;

const letters = Buffer.from('00000000-0000-0000-0000-000000000000');

/** Letter by letter, as one text: put together from pieces it would keep them all, ten times the memory. */
function uuidOf(words: Uint32Array, at: number): string {
  for (let quarter = 0; quarter < QUARTERS.length; quarter++) {
    const word = words[at + (quarter >> 1)] ?? 0;
    const value = quarter % 2 === 0 ? word >>> 16 : word & 0xffff;
    for (let digit = 0; digit < 4; digit++) {
      const nibble = (value >>> (12 - 4 * digit)) & 0xf;
      letters[(QUARTERS[quarter] ?? 0) + digit] = nibble < 10 ? nibble + 48 : nibble + 87;
    }
  }
  return letters.toString('latin1');
}

const hashOf = (words: Uint32Array, at: number): number =>
  (words[at] ?? 0) ^ (words[at + 1] ?? 0) ^ (words[at + 2] ?? 0) ^ (words[at + 3] ?? 0);
