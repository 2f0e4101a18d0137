import type { Sort } from '../question/index.ts';

/** What an order looks at in a row. */
export type Sortable = {
  isIdBefore(a: number, b: number): boolean;
  phone(row: number): string;
  /** A number in the order of the phone numbers, the same for some that only their text tells apart. */
  phoneRank(row: number): number;
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
 * A heap with the worst kept row on top, so that most rows cost one comparison of numbers.
 */
export function createRanking(sort: Sort, most: number, of: Sortable): Ranking {
  const rows = new Uint32Array(most);
  const keys = new Float64Array(most);
  const times = new Float64Array(most);
  let size = 0;
  let given = 0;

  const newest = (row: number): number => latest(of.created(row));
  const keyOf: Record<Sort, (row: number, score: number) => number> = {
    relevance: (_row, score) => -score,
    newest,
    oldest: (row) => earliest(of.created(row)),
    recently_updated: (row) => latest(of.updated(row)),
    phone_number: of.phoneRank,
  };
  const key = keyOf[sort];

  /** Whether the first of two rows with the same key comes before the other. */
  function isFirst(a: number, timeA: number, b: number, timeB: number): boolean {
    if (sort === 'phone_number') {
      const [phoneA, phoneB] = [of.phone(a), of.phone(b)];
      if (phoneA !== phoneB) return phoneA < phoneB;
    }
    return timeA !== timeB ? timeA < timeB : of.isIdBefore(a, b);
  }
  /** Whether the row at one place comes after the one at another. */
  function isWorse(a: number, b: number): boolean {
    const [keyA, keyB] = [keys[a] ?? 0, keys[b] ?? 0];
    if (keyA !== keyB) return keyA > keyB;
    return isFirst(rows[b] ?? 0, times[b] ?? 0, rows[a] ?? 0, times[a] ?? 0);
  }
  function swap(a: number, b: number): void {
    const [row, rank, time] = [rows[a] ?? 0, keys[a] ?? 0, times[a] ?? 0];
    write(a, rows[b] ?? 0, keys[b] ?? 0, times[b] ?? 0);
    write(b, row, rank, time);
  }
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
      const [left, right] = [2 * parent + 1, 2 * parent + 2];
      let worst = parent;
      if (left < size && isWorse(left, worst)) worst = left;
      if (right < size && isWorse(right, worst)) worst = right;
      if (worst === parent) return;
      swap(parent, worst);
      parent = worst;
    }
  }
  function write(place: number, row: number, rank: number, time: number): void {
    rows[place] = row;
    keys[place] = rank;
    times[place] = time;
  }

  return {
    get given() {
      return given;
    },
    add(row, score) {
      given++;
      if (most === 0) return;
      const rank = key(row, score);
      const worst = keys[0] ?? 0;
      if (size === most && rank > worst) return;
      const time = newest(row);
      if (size < most) {
        write(size, row, rank, time);
        rise(size++);
      } else if (rank < worst || isFirst(row, time, rows[0] ?? 0, times[0] ?? 0)) {
        write(0, row, rank, time);
        sink();
      }
    },
    rows: () =>
      Array.from({ length: size }, (_, place) => place)
        .sort((a, b) => (isWorse(a, b) ? 1 : -1))
        .map((place) => rows[place] ?? 0),
  };
}

const latest = (time: number): number => (Number.isNaN(time) ? Number.POSITIVE_INFINITY : -time);
const earliest = (time: number): number => (Number.isNaN(time) ? Number.POSITIVE_INFINITY : time);
