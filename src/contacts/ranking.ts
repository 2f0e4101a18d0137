import type { Sort } from './criteria.ts';

/** What an order looks at in a row. */
export type Sortable = {
  id(row: number): string;
  phone(row: number): string;
  /** Milliseconds; NaN for none. */
  created(row: number): number;
  updated(row: number): number;
};

/** Keeps the best rows of those it is given, in memory for no more than those. */
export type Ranking = {
  add(row: number, score: number): void;
  /** How many it was given. */
  readonly given: number;
  /** The rows kept, best first. */
  rows(): number[];
};

/**
 * Each order is total: what is equal goes by creation, newest first, then by id. What has no time comes last.
 * A heap with the worst kept row on top, so that most rows cost one comparison.
 */
export function createRanking(sort: Sort, most: number, of: Sortable): Ranking {
  const rows: number[] = [];
  const keys: number[] = [];
  let given = 0;

  const latest = (time: number): number => (Number.isNaN(time) ? Number.POSITIVE_INFINITY : -time);
  /** Smaller comes first. */
  const keyOf = (row: number, score: number): number => {
    if (sort === 'relevance') return -score;
    if (sort === 'newest') return latest(of.created(row));
    if (sort === 'recently_updated') return latest(of.updated(row));
    if (sort === 'phone_number') return 0;
    const created = of.created(row);
    return Number.isNaN(created) ? Number.POSITIVE_INFINITY : created;
  };
  const isBefore = (rowA: number, keyA: number, rowB: number, keyB: number): boolean => {
    if (keyA !== keyB) return keyA < keyB;
    if (sort === 'phone_number') {
      const [a, b] = [of.phone(rowA), of.phone(rowB)];
      if (a !== b) return a < b;
    }
    const [a, b] = [latest(of.created(rowA)), latest(of.created(rowB))];
    return a !== b ? a < b : of.id(rowA) < of.id(rowB);
  };
  const at = (place: number): [row: number, key: number] => [rows[place] ?? 0, keys[place] ?? 0];
  const isWorse = (a: number, b: number): boolean => isBefore(...at(b), ...at(a));
  const swap = (a: number, b: number): void => {
    const [row, key] = at(a);
    [rows[a], keys[a]] = at(b);
    [rows[b], keys[b]] = [row, key];
  };

  function rise(place: number): void {
    for (let child = place; child > 0; ) {
      const parent = (child - 1) >> 1;
      if (!isWorse(child, parent)) return;
      swap(child, parent);
      child = parent;
    }
  }
  function sink(): void {
    for (let parent = 0; ; ) {
      let worst = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2]) {
        if (child < rows.length && isWorse(child, worst)) worst = child;
      }
      if (worst === parent) return;
      swap(parent, worst);
      parent = worst;
    }
  }

  return {
    get given() {
      return given;
    },
    add(row, score) {
      given++;
      const key = keyOf(row, score);
      if (rows.length < most) {
        rows.push(row);
        keys.push(key);
        rise(rows.length - 1);
      } else if (isBefore(row, key, rows[0] ?? 0, keys[0] ?? 0)) {
        rows[0] = row;
        keys[0] = key;
        sink();
      }
    },
    rows: () =>
      rows
        .map((row, place) => ({ row, key: keys[place] ?? 0 }))
        .sort((a, b) => (isBefore(a.row, a.key, b.row, b.key) ? -1 : 1))
        .map(({ row }) => row),
  };
}
