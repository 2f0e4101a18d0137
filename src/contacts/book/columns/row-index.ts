/** Finds rows by a hash of what they hold: eight bytes a row, where a `Map` with its keys takes seventy and more. */
export type RowIndex = {
  /** Makes room for so many rows at once. */
  reserve(rows: number): void;
  add(hash: number, row: number): void;
  /** Forgets all, with room for so many rows. */
  reset(rows: number): void;
  remove(hash: number, row: number): void;
  /** The first row with this hash that is the one. */
  find(hash: number, isIt: (row: number) => boolean): number | undefined;
};

/** Entries are rows from 1 on, or one of these. */
const FREE = 0;
const GONE = 0xffff_ffff;

/** @param hashOf gives the hash of a row again, when the index grows. */
export function createRowIndex(hashOf: (row: number) => number): RowIndex {
  let entries = new Uint32Array(32);
  let used = 0;

  /** The place of an entry, or the first free one on the way. */
  function place(hash: number, isIt: (entry: number) => boolean): number {
    const mask = entries.length - 1;
    let at = spread(hash) & mask;
    for (let entry = entries[at] ?? FREE; entry !== FREE; entry = entries[at] ?? FREE) {
      if (entry !== GONE && isIt(entry)) break;
      at = (at + 1) & mask;
    }
    return at;
  }
  const append = (hash: number, row: number): void => {
    entries[place(hash, () => false)] = row + 1;
    used++;
  };
  function rebuild(length: number): void {
    const rows = entries.filter((entry) => entry !== FREE && entry !== GONE);
    entries = new Uint32Array(length);
    used = 0;
    for (const entry of rows) append(hashOf(entry - 1), entry - 1);
  }
  /** At least half of the places are free, so that a free one is never far. */
  function makeRoom(): void {
    if (used * 2 < entries.length) return;
    const alive = entries.reduce((count, entry) => (entry === FREE || entry === GONE ? count : count + 1), 0);
    rebuild(alive * 4 < entries.length ? entries.length : entries.length * 2);
  }

  return {
    reserve(rows) {
      const length = 2 ** Math.ceil(Math.log2(2 * rows + 1));
      if (length > entries.length) rebuild(length);
    },
    reset(rows) {
      entries = new Uint32Array(Math.max(32, 2 ** Math.ceil(Math.log2(2 * rows + 1))));
      used = 0;
    },
    add(hash, row) {
      makeRoom();
      append(hash, row);
    },
    remove(hash, row) {
      const at = place(hash, (entry) => entry === row + 1);
      if (entries[at] === row + 1) entries[at] = GONE;
    },
    find(hash, isIt) {
      const entry = entries[place(hash, (candidate) => isIt(candidate - 1))] ?? FREE;
      return entry === FREE ? undefined : entry - 1;
    },
  };
}

/** Lets every bit of a hash count in its low ones. */
const spread = (hash: number): number => {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return mixed ^ (mixed >>> 15);
};
