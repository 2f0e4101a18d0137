import { wordsOf } from '../../question/index.ts';
import { numbersIn, type Packed } from './packed.ts';
import { widened } from './widened.ts';
import { createWordIndex, type WordIndex } from './word-index.ts';

type Metadata = Readonly<Record<string, unknown>>;

/** A key with a value, kept once for all contacts that have it. */
type Cell = { key: string; value: unknown };

/** The metadata of all rows: each row is a list of the numbers of its cells, its own first, then those laid under it. */
export type MetadataColumn = {
  /** Makes room for so many rows at once, if they have about as much metadata as those that are there. */
  reserve(rows: number): void;
  /** @param under what is searched as if the row had it, under the keys that the row has not itself. */
  set(row: number, metadata: Metadata | undefined, under?: Metadata): void;
  /** The rows' own metadata as columns by name, and back: what was there before is gone. */
  save(rows: number): Packed;
  load(packed: Packed, rows: number): void;
  /** The row's own metadata, without what is laid under it. */
  get(row: number): Metadata | undefined;
  /** All cells by number; a question is put to each cell once, not to each row. */
  cells(): readonly Cell[];
  words(): WordIndex;
  /** The largest of the values that the cells of a row have in a table. */
  best(row: number, table: Uint8Array): number;
  /** The cell that a row has under a key. */
  cellOf(row: number, key: string): number | undefined;
};

/** A list is preceded by how many cells it has, and how many of them are the row's own. */
const HEAD = 2;
/** Less waste than this is not worth a clean-up. */
const TOLERATED_WASTE = 4096;

export function createMetadataColumn(): MetadataColumn {
  /** For each row where its list begins. No metadata begins at 0. */
  let starts = new Uint32Array(16);
  let lists = new Uint32Array(64);
  let end = 1;
  let waste = 0;
  let table = createTable();

  const lengthOf = (start: number): number => (start === 0 ? 0 : (lists[start] ?? 0));
  const ownOf = (start: number): number => (start === 0 ? 0 : (lists[start + 1] ?? 0));

  function append(row: number, numbers: readonly number[], own: number): void {
    if (row >= starts.length) starts = widened(starts, row);
    if (numbers.length === 0) {
      starts[row] = 0;
      return;
    }
    if (end + numbers.length + HEAD > lists.length) lists = widened(lists, end + numbers.length + HEAD);
    starts[row] = end;
    lists[end] = numbers.length;
    lists[end + 1] = own;
    lists.set(numbers, end + HEAD);
    end += numbers.length + HEAD;
  }

  /** Writes all lists anew, with the cells alone that a row still has. */
  function cleanUp(): void {
    const [oldLists, oldTable] = [lists, table];
    lists = new Uint32Array(Math.max(64, end - waste));
    table = createTable();
    end = 1;
    waste = 0;
    for (let row = 0; row < starts.length; row++) {
      const start = starts[row] ?? 0;
      if (start === 0) continue;
      const old = oldLists.subarray(start + HEAD, start + HEAD + (oldLists[start] ?? 0));
      const numbers = Array.from(old, (number) => {
        const cell = oldTable.cells[number];
        return cell ? table.numberOf(cell.key, cell.value) : 0;
      });
      append(row, numbers, oldLists[start + 1] ?? 0);
    }
  }

  return {
    reserve(rows) {
      if (rows > starts.length) starts = widened(starts, rows - 1);
      const used = starts.reduce((count, start) => (start > 0 ? count + 1 : count), 0);
      const expected = Math.ceil((end * rows) / Math.max(1, used));
      if (expected > lists.length) lists = widened(lists, expected);
    },
    set(row, metadata, under) {
      const numbers: number[] = [];
      for (const key in metadata) numbers.push(table.numberOf(key, metadata[key]));
      const own = numbers.length;
      for (const key in under)
        if (metadata === undefined || !Object.hasOwn(metadata, key))
          numbers.push(table.numberOf(key, under[key]));
      const start = starts[row] ?? 0;
      const length = lengthOf(start);
      const isSame = length === numbers.length && ownOf(start) === own;
      if (isSame && numbers.every((number, i) => number === lists[start + HEAD + i])) return;
      if (length > 0) waste += length + HEAD;
      append(row, numbers, own);
      if (waste > TOLERATED_WASTE && waste > end / 2) cleanUp();
    },
    save(rows) {
      const cells: [string, unknown][] = [];
      const places = new Map<number, number>();
      const placeOf = (number: number): number => {
        const known = places.get(number);
        if (known !== undefined) return known;
        const cell = table.cells[number];
        places.set(number, cells.length);
        return cells.push([cell?.key ?? '', cell?.value]) - 1;
      };
      const counts = new Uint32Array(rows);
      const kept: number[] = [];
      for (let row = 0; row < rows; row++) {
        const start = starts[row] ?? 0;
        const own = ownOf(start);
        counts[row] = own;
        for (let at = start + HEAD; at < start + HEAD + own; at++) kept.push(placeOf(lists[at] ?? 0));
      }
      return {
        columns: { metadataCounts: counts, metadataCells: Uint32Array.from(kept) },
        facts: { metadata: cells },
      };
    },
    load({ columns, facts }, rows) {
      table = createTable();
      const cells = Array.isArray(facts.metadata) ? (facts.metadata as [string, unknown][]) : [];
      const numbers = cells.map(([key, value]) => table.numberOf(key, value));
      const counts = numbersIn(columns.metadataCounts, Uint32Array, rows);
      const kept = numbersIn(columns.metadataCells, Uint32Array, 0);
      starts = new Uint32Array(Math.max(16, rows));
      lists = new Uint32Array(Math.max(64, kept.length + HEAD * rows + 1));
      end = 1;
      waste = 0;
      for (let row = 0, at = 0; row < rows; row++) {
        const own = counts[row] ?? 0;
        if (own === 0) continue;
        starts[row] = end;
        lists[end++] = own;
        lists[end++] = own;
        for (const stop = at + own; at < stop; at++) lists[end++] = numbers[kept[at] ?? 0] ?? 0;
      }
    },
    get(row) {
      const start = starts[row] ?? 0;
      const own = ownOf(start);
      if (own === 0) return undefined;
      const metadata: Record<string, unknown> = {};
      for (const number of lists.subarray(start + HEAD, start + HEAD + own)) {
        const cell = table.cells[number];
        if (cell) define(metadata, cell.key, cell.value);
      }
      return metadata;
    },
    cells: () => table.cells,
    words: () => table.words,
    best(row, values) {
      const start = starts[row] ?? 0;
      let best = 0;
      for (let at = start + HEAD, end = at + lengthOf(start); at < end; at++) {
        const value = values[lists[at] ?? 0] ?? 0;
        if (value > best) best = value;
      }
      return best;
    },
    cellOf(row, key) {
      const start = starts[row] ?? 0;
      for (let at = start + HEAD, end = at + lengthOf(start); at < end; at++) {
        const number = lists[at] ?? 0;
        if (table.cells[number]?.key === key) return number;
      }
      return undefined;
    },
  };
}

function createTable() {
  const cells: Cell[] = [];
  const words = createWordIndex();
  const plain = new Map<string, Map<unknown, number>>();
  const objects = new Map<string, Map<unknown, number>>();
  return {
    cells: cells as readonly Cell[],
    words,
    numberOf(key: string, value: unknown): number {
      const isObject = typeof value === 'object' && value !== null;
      const byKey = isObject ? objects : plain;
      const identity = isObject ? JSON.stringify(value) : value;
      let numbers = byKey.get(key);
      if (numbers === undefined) {
        numbers = new Map();
        byKey.set(key, numbers);
      }
      const known = numbers.get(identity);
      if (known !== undefined) return known;
      const number = cells.push({ key, value }) - 1;
      numbers.set(identity, number);
      words.add(number, wordsOf(key, value));
      return number;
    },
  };
}

/** Sets a key that may be any word, `__proto__` too. */
const define = (target: object, key: string, value: unknown): void => {
  Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
};
