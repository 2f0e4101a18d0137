import { widened } from './columns.ts';
import { callingCodeLength } from './phone.ts';
import type { NumberPart } from './text-query.ts';

/** The numbers of all rows as their digits, sixteen bytes each, so that the search of the machine goes through them. */
export type NumberColumn = {
  set(row: number, phone: string): void;
  /** Takes the number of a row away. */
  clear(row: number): void;
  text(row: number): string;
  /** A number in the order of the texts; the same for a few that only their text tells apart. */
  rank(row: number): number;
  /** A row that has this number. */
  find(phone: string): number | undefined;
  /**
   * How well the numbers of `rows` rows fit digits, 0 for not at all: the whole number 8, its end 5, its start 4,
   * anywhere 3.
   */
  scores(part: NumberPart, rows: number): Uint8Array;
};

/** E.164 has at most 15 digits; a zero byte ends them. */
const SLOT = 16;
const E164 = /^\+\d{1,15}$/;
const [WHOLE, END, START, ANYWHERE] = [8, 5, 4, 3];
/** Entries of the index are rows from 1 on, or one of these. */
const FREE = 0;
const GONE = 0xffff_ffff;

export function createNumberColumn(): NumberColumn {
  let slots = Buffer.alloc(16 * SLOT);
  let lengths = new Uint8Array(16);
  /** Numbers of another shape, as they are; their digits are searched all the same. */
  const odd = new Map<number, string>();
  /** Rows by a hash of their digits, each in the first free place after its own. */
  let index = new Uint32Array(32);
  let used = 0;

  const digitsAt = (row: number): string =>
    slots.toString('latin1', row * SLOT, row * SLOT + (lengths[row] ?? 0));
  const text = (row: number): string => odd.get(row) ?? `+${digitsAt(row)}`;

  function place(digits: string, isIt: (entry: number) => boolean): number {
    let at = hash(digits) & (index.length - 1);
    while (index[at] !== FREE && !isIt(index[at] ?? FREE)) at = (at + 1) & (index.length - 1);
    return at;
  }
  function enter(row: number, digits: string): void {
    index[place(digits, () => false)] = row + 1;
    used++;
  }
  function makeRoom(): void {
    if (used * 2 < index.length) return;
    const rows = index.filter((entry) => entry !== FREE && entry !== GONE);
    index = new Uint32Array(rows.length * 4 < index.length ? index.length : index.length * 2);
    used = 0;
    for (const entry of rows) enter(entry - 1, digitsAt(entry - 1));
  }
  function clear(row: number): void {
    if (!lengths[row] && !odd.has(row)) return;
    const at = place(digitsAt(row), (entry) => entry === row + 1);
    if (index[at] === row + 1) index[at] = GONE;
    odd.delete(row);
    slots.fill(0, row * SLOT, (row + 1) * SLOT);
    lengths[row] = 0;
  }

  /** The next place where digits stand. For one or two, which are everywhere, a call for each find costs too much. */
  function next(needle: string, from: number, end: number): number {
    if (needle.length > 2) return slots.indexOf(needle, from, 'latin1');
    const [first, second] = [needle.charCodeAt(0), needle.charCodeAt(1)];
    for (let at = from; at < end; at++) {
      if (slots[at] === first && (needle.length === 1 || slots[at + 1] === second)) return at;
    }
    return -1;
  }

  return {
    text,
    clear,
    rank(row) {
      if (odd.get(row)?.startsWith('+') === false) return Number.POSITIVE_INFINITY;
      let rank = 0;
      for (let at = row * SLOT, end = at + SLOT - 1; at < end; at++)
        rank = rank * 10 + ((slots[at] ?? 0) & 15);
      return rank;
    },
    set(row, phone) {
      if (row >= lengths.length) {
        lengths = widened(lengths, row);
        slots = Buffer.concat([slots], lengths.length * SLOT);
      }
      clear(row);
      const isUsual = E164.test(phone);
      const digits = isUsual ? phone.slice(1) : digitsIn(phone);
      const start = row * SLOT;
      for (let i = 0; i < digits.length; i++) slots[start + i] = digits.charCodeAt(i);
      lengths[row] = digits.length;
      if (!isUsual) odd.set(row, phone);
      makeRoom();
      enter(row, digits);
    },
    find(phone) {
      const digits = digitsIn(phone);
      const entry = index[place(digits, (row) => row !== GONE && text(row - 1) === phone)] ?? FREE;
      return entry === FREE ? undefined : entry - 1;
    },
    scores({ digits, place: where, abroad, home }, rows) {
      const scores = new Uint8Array(rows);
      const look = (needle: string, scoreAt: (at: number, length: number, row: number) => number): void => {
        const end = rows * SLOT;
        for (let at = next(needle, 0, end); at !== -1 && at < end; ) {
          const row = at >> 4;
          const score = scoreAt(at & (SLOT - 1), lengths[row] ?? 0, row);
          if (score > (scores[row] ?? 0)) scores[row] = score;
          at = next(needle, at + 1, end);
        }
      };
      const codeLength = (row: number): number => codeLengthOf(slots, row * SLOT);
      look(digits, (at, length, row) => {
        const ends = at + digits.length === length;
        if (where === 'end') return ends ? END : 0;
        if (at === 0) return ends ? WHOLE : START;
        if (where === 'plus') return 0;
        if (ends && where === 'anywhere') return END;
        if (at <= 3 && at === codeLength(row)) return START;
        return where === 'anywhere' ? ANYWHERE : 0;
      });
      if (abroad) look(abroad, (at, length) => (at > 0 ? 0 : abroad.length === length ? WHOLE : START));
      if (home) look(home, (at, _length, row) => (at === codeLength(row) ? START : 0));
      return scores;
    },
  };
}

const digitsIn = (phone: string): string => phone.replace(/\D/g, '').slice(0, SLOT - 1);

function hash(digits: string): number {
  let hashed = 0x811c9dc5;
  for (let i = 0; i < digits.length; i++) hashed = Math.imul(hashed ^ digits.charCodeAt(i), 0x01000193);
  return hashed ^ (hashed >>> 15);
}

/** How long the calling code of the digits at a place is; known for each three digits after the first look. */
function codeLengthOf(slots: Buffer, at: number): number {
  const key = ((slots[at] ?? 0) & 15) * 256 + ((slots[at + 1] ?? 0) & 15) * 16 + ((slots[at + 2] ?? 0) & 15);
  codeLengths[key] ||= callingCodeLength(`+${slots.toString('latin1', at, at + 3)}`);
  return codeLengths[key] ?? 0;
}
const codeLengths = new Uint8Array(4096);
