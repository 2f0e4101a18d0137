import { callingCodeLength } from '../../model/index.ts';
import { NUMBER_FIT, type NumberPart } from '../../question/index.ts';
import { numbersIn, type Packed, textsByRow } from './packed.ts';
import { createRowIndex } from './row-index.ts';
import { widened } from './widened.ts';

/** The numbers of all rows as their digits, sixteen bytes each, so that the search of the machine goes through them. */
export type NumberColumn = {
  /** Makes room for so many rows at once. */
  reserve(rows: number): void;
  set(row: number, phone: string): void;
  /** Takes the number of a row away. */
  clear(row: number): void;
  text(row: number): string;
  /** A number in the order of the texts; the same for a few that only their text tells apart. */
  rank(row: number): number;
  /** All numbers of so many rows as columns by name, and back: what was there before is gone. */
  save(rows: number): Packed;
  load(packed: Packed, rows: number, isEmpty: (row: number) => boolean): void;
  /** A row that has this number. */
  find(phone: string): number | undefined;
  /** How well the numbers of `rows` rows fit digits, as `numberFit` says of one; 0 for not at all. */
  scores(part: NumberPart, rows: number): Uint8Array;
};

/** E.164 has at most 15 digits; a zero byte ends them. */
const SLOT = 16;
const E164 = /^\+\d{1,15}$/;
const { whole: WHOLE, end: END, start: START, anywhere: ANYWHERE } = NUMBER_FIT;

export function createNumberColumn(): NumberColumn {
  let slots = Buffer.alloc(16 * SLOT);
  let lengths = new Uint8Array(16);
  /** Numbers of another shape, as they are; their digits are searched all the same. */
  const odd = new Map<number, string>();
  const hashAt = (row: number): number => hashOfBytes(slots, row * SLOT, lengths[row] ?? 0);
  const index = createRowIndex(hashAt);

  const digitsAt = (row: number): string =>
    slots.toString('latin1', row * SLOT, row * SLOT + (lengths[row] ?? 0));
  const text = (row: number): string => odd.get(row) ?? `+${digitsAt(row)}`;

  function clear(row: number): void {
    if (!lengths[row] && !odd.has(row)) return;
    index.remove(hashAt(row), row);
    odd.delete(row);
    slots.fill(0, row * SLOT, (row + 1) * SLOT);
    lengths[row] = 0;
  }

  /** Calls `found` with each place where digits stand. One or two are everywhere: there a call for each costs too much. */
  function each(needle: string, end: number, found: (at: number) => void): void {
    if (needle.length > 2) {
      let at = slots.indexOf(needle, 0, 'latin1');
      for (; at !== -1 && at < end; at = slots.indexOf(needle, at + 1, 'latin1')) found(at);
      return;
    }
    const [first, second] = [needle.charCodeAt(0), needle.charCodeAt(1)];
    const isOne = needle.length === 1;
    const bytes = slots;
    for (let at = 0; at < end; at++) {
      if (bytes[at] === first && (isOne || bytes[at + 1] === second)) found(at);
    }
  }

  function widen(row: number): void {
    lengths = widened(lengths, row);
    slots = Buffer.concat([slots], lengths.length * SLOT);
  }

  return {
    text,
    clear,
    reserve(rows) {
      if (rows > lengths.length) widen(rows - 1);
      index.reserve(rows);
    },
    rank(row) {
      if (odd.get(row)?.startsWith('+') === false) return Number.POSITIVE_INFINITY;
      let rank = 0;
      for (let at = row * SLOT, end = at + SLOT - 1; at < end; at++)
        rank = rank * 10 + ((slots[at] ?? 0) & 15);
      return rank;
    },
    set(row, phone) {
      if (row >= lengths.length) widen(row);
      clear(row);
      const isUsual = E164.test(phone);
      const digits = isUsual ? phone.slice(1) : digitsIn(phone);
      const start = row * SLOT;
      for (let i = 0; i < digits.length; i++) slots[start + i] = digits.charCodeAt(i);
      lengths[row] = digits.length;
      if (!isUsual) odd.set(row, phone);
      index.add(hash(digits), row);
    },
    save: (rows) => ({
      columns: {
        numbers: new Uint8Array(slots.subarray(0, rows * SLOT)),
        numberLengths: lengths.slice(0, rows),
      },
      facts: { numbers: [...odd] },
    }),
    load({ columns, facts }, rows, isEmpty) {
      const room = Math.max(16, rows);
      slots = Buffer.from(numbersIn(columns.numbers, Uint8Array, room * SLOT).buffer);
      lengths = numbersIn(columns.numberLengths, Uint8Array, room);
      odd.clear();
      for (const [row, phone] of textsByRow(facts.numbers)) odd.set(row, phone);
      index.reset(rows);
      for (let row = 0; row < rows; row++) if (!isEmpty(row)) index.add(hashAt(row), row);
    },
    find: (phone) => index.find(hash(digitsIn(phone)), (row) => text(row) === phone),
    scores({ digits, place: where, abroad, home }, rows) {
      const scores = new Uint8Array(rows);
      const look = (needle: string, scoreAt: (at: number, length: number, row: number) => number): void => {
        each(needle, rows * SLOT, (at) => {
          const row = at >> 4;
          const score = scoreAt(at & (SLOT - 1), lengths[row] ?? 0, row);
          if (score > (scores[row] ?? 0)) scores[row] = score;
        });
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

const step = (hashed: number, code: number): number => Math.imul(hashed ^ code, 0x01000193);
const SEED = 0x811c9dc5;

function hash(digits: string): number {
  let hashed = SEED;
  for (let i = 0; i < digits.length; i++) hashed = step(hashed, digits.charCodeAt(i));
  return hashed ^ (hashed >>> 15);
}
/** The same of digits as they lie in the column. */
function hashOfBytes(slots: Buffer, at: number, length: number): number {
  let hashed = SEED;
  for (let i = at; i < at + length; i++) hashed = step(hashed, slots[i] ?? 0);
  return hashed ^ (hashed >>> 15);
}

/** How long the calling code of the digits at a place is; known for each three digits after the first look. */
function codeLengthOf(slots: Buffer, at: number): number {
  const key = ((slots[at] ?? 0) & 15) * 256 + ((slots[at + 1] ?? 0) & 15) * 16 + ((slots[at + 2] ?? 0) & 15);
  codeLengths[key] ||= callingCodeLength(`+${slots.toString('latin1', at, at + 3)}`);
  return codeLengths[key] ?? 0;
}
const codeLengths = new Uint8Array(4096);
