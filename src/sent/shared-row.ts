import type { Clock } from '../runtime/index.ts';
import { newRow, type RateRow, recalled, rowAt } from './rate-row.ts';

/** One row for the several processes that use an account. */
export type SharedRate = {
  /**
   * Changes the row, alone among all processes, and gives it as it is then; `undefined` where there is none yet.
   * `change` is pure and quick, and may be called again. `now`: milliseconds of one clock for all of them, such as that
   * of the database.
   */
  update(change: (row: RateRow | undefined, now: number) => RateRow): Promise<RateRow>;
};

export type Change = (row: RateRow, now: number) => RateRow;

export type Row = {
  /** As it is now, as far as this process knows. */
  present(): RateRow;
  /** Changes it here at once, and for all as soon as that can be had; nobody waits for it. */
  change(change: Change): void;
  /** Resolves when the change is made for all or, where that cannot be had within a second, here alone. */
  decide(change: Change): Promise<void>;
  /** From now on the row is one with other processes. */
  share(shared: SharedRate): void;
  /** Resolves when all that was changed is known to the others, or after a second. */
  close(): Promise<void>;
};

/** So long a decision waits for the shared row. */
const PATIENCE_MS = 1_000;
/** So long what nobody waits for is gathered before it is told. */
const GATHER_MS = 50;

/** A change on its way to the shared row; `decided` is called for one that is not made here yet. */
type Pending = { change: Change; decided: (() => void) | undefined };

/**
 * The row of the limit: this process's own, and once it is shared, a copy of the one that counts. One round trip is
 * under way at a time and takes along all that came meanwhile. While the shared row cannot be had, the copy goes on by
 * itself, and what was to be told is dropped: the API's next answer corrects the others.
 */
export function createRow(clock: Clock): Row {
  let row = newRow(clock.monotonic());
  /** What the clock of the row is ahead of our own. */
  let aheadMs = 0;
  let shared: SharedRate | undefined;
  let pending: Pending[] = [];
  let rounds: Promise<void> | undefined;
  let isAway = false;
  /** Somebody waits for what is gathered. */
  let hurry = new AbortController();

  const now = (): number => clock.monotonic() + aheadMs;
  const changeHere = (change: Change): void => {
    row = change(row, now());
  };

  /** One round trip; what is pending by then comes with the next. */
  async function round(rate: SharedRate): Promise<void> {
    const taken = pending;
    pending = [];
    let ahead = 0;
    const update = rate.update((found, at) => {
      ahead = at - clock.monotonic();
      return taken.reduce((next, { change }) => change(next, at), found ? recalled(found, at) : newRow(at));
    });
    const heard = update.catch(() => undefined);
    const common = await inTime(heard);
    if (common) {
      aheadMs = ahead;
      row = common;
      for (const { change, decided } of pending) if (!decided) changeHere(change);
      for (const { decided } of taken) decided?.();
      return;
    }
    for (const { change, decided } of [...taken, ...pending]) {
      if (decided) changeHere(change);
      decided?.();
    }
    pending = [];
    isAway = true;
    await heard;
    isAway = false;
  }

  async function inTime<T>(work: Promise<T>): Promise<T | undefined> {
    const over = new AbortController();
    const tooLate = clock.sleep(PATIENCE_MS, over.signal).then(() => undefined);
    return Promise.race([work, tooLate]).finally(() => over.abort());
  }

  async function run(rate: SharedRate): Promise<void> {
    while (pending.length > 0) {
      hurry = new AbortController();
      if (shared && !pending.some(({ decided }) => decided)) await clock.sleep(GATHER_MS, hurry.signal);
      await round(rate);
    }
    rounds = undefined;
  }
  /** @returns whether it is on its way to the shared row. */
  function pass(one: Pending): boolean {
    if (!shared || isAway) return false;
    pending.push(one);
    if (one.decided) hurry.abort();
    rounds ??= run(shared);
    return true;
  }

  return {
    present: () => rowAt(row, now()),
    change(change) {
      changeHere(change);
      pass({ change, decided: undefined });
    },
    decide: (change) =>
      new Promise((decided) => {
        if (pass({ change, decided })) return;
        changeHere(change);
        decided();
      }),
    share(rate) {
      shared = rate;
    },
    async close() {
      shared = undefined;
      hurry.abort();
      if (rounds) await inTime(rounds);
    },
  };
}
