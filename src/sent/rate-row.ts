/**
 * How many requests the account's limit still allows, as a row of plain numbers and pure rules over it: one process
 * keeps it in memory, several share it as JSON. Times are milliseconds of one clock, whichever it is.
 *
 * Limits come in two kinds: a window, which is full again at its end, and a bucket, into which requests drip back one
 * by one. No header says which, and some APIs send none, so the row follows what `remaining` would be under either.
 */
export type RateRow = {
  /** Requests a minute: as told, or as documented. */
  limit: number;
  /** `unknown`: no headers, or too few of them yet to tell. */
  refill: 'unknown' | 'window' | 'bucket';
  /** Requests that may still go out, as of `at`. */
  remaining: number;
  at: number;
  /** The most that `remaining` has been. */
  capacity: number;
  /** When the window ends; at the latest, where the API does not say. */
  resetAt: number;
  /** The window should be over: one request may go out to learn whether it is. */
  isProbing: boolean;
  /** Until when the API has asked to wait. */
  heldUntil: number;
  /** Whether the API has told any figures; and what `remaining` would be by now, were it a window or a bucket. */
  isTold: boolean;
  ifWindow: number;
  ifBucket: number;
  toldAt: number;
  /** Requests in each of the last seconds, the present one last: all of them, and those that people waited for. */
  sent: readonly number[];
  people: readonly number[];
};

/** What an answer says of the limit. */
export type AnswerFacts = {
  limit: number | undefined;
  remaining: number | undefined;
  resetsInMs: number | undefined;
  retryAfterMs: number | undefined;
  isThrottled: boolean;
};

/** Documented: 200 requests a minute, 50 of them at once. */
const DOCUMENTED_LIMIT = 200;
const DOCUMENTED_BURST = 50;
const BURSTS_A_LIMIT = 4;
const MINUTE_MS = 60_000;
/** A minute of whole seconds, and the one that has just begun. */
const SECONDS = 61;
/** Share of the limit that people may use at any time, however little they used lately; and what they used, with some more. */
const PEOPLE_SHARE = 0.4;
const LATELY_FACTOR = 1.25;
const BUCKET_SHARE = 0.2;
/** A limit that proved to be lower than documented is tried higher again, by so much a minute. */
const REGROWTH = 20;

export const newRow = (now: number): RateRow => ({
  limit: DOCUMENTED_LIMIT,
  refill: 'unknown',
  remaining: DOCUMENTED_BURST,
  at: now,
  capacity: 0,
  resetAt: now + MINUTE_MS,
  isProbing: false,
  heldUntil: now,
  isTold: false,
  ifWindow: 0,
  ifBucket: 0,
  toldAt: now,
  sent: Array(SECONDS).fill(0),
  people: Array(SECONDS).fill(0),
});

/** The row as it is by now, without any news. */
export function rowAt(row: RateRow, now: number): RateRow {
  const at = Math.max(now, row.at);
  const seconds = Math.floor(at / 1000) - Math.floor(row.at / 1000);
  const next = { ...row, at, sent: shifted(row.sent, seconds), people: shifted(row.people, seconds) };
  const dripped = ((at - row.at) * row.limit) / MINUTE_MS;
  if (row.refill === 'bucket') next.remaining = Math.min(row.capacity, row.remaining + dripped);
  if (row.refill === 'unknown') {
    next.limit = Math.min(
      Math.max(row.limit, DOCUMENTED_LIMIT),
      row.limit + ((at - row.at) * REGROWTH) / MINUTE_MS,
    );
    next.remaining = Math.min(Math.max(row.capacity, burstOf(row)), row.remaining + dripped);
  }
  if (row.refill === 'window' && at >= row.resetAt)
    return { ...next, remaining: 1, isProbing: true, resetAt: at + 1_000 };
  return next;
}

/** So much later than now, what a row tells was written under a clock that has been set back since. */
const SET_BACK_MS = 5_000;

/** A row as it was written, maybe by another process: one of a later time than now would stand still until then. */
export function recalled(row: RateRow, now: number): RateRow {
  const byMs = now - row.at;
  if (byMs > -SET_BACK_MS) return row;
  const { at, resetAt, heldUntil, toldAt } = row;
  return {
    ...row,
    at: at + byMs,
    resetAt: resetAt + byMs,
    heldUntil: heldUntil + byMs,
    toldAt: toldAt + byMs,
  };
}

const shifted = (bins: readonly number[], by: number): readonly number[] =>
  by === 0 ? bins : [...bins.slice(by), ...Array(Math.min(by, SECONDS)).fill(0)];

/** A request goes out now. */
export function afterRequest(row: RateRow, now: number, who: 'people' | 'background'): RateRow {
  const next = rowAt(row, now);
  const onePlus = (bins: readonly number[]) => bins.with(-1, (bins.at(-1) ?? 0) + 1);
  return {
    ...next,
    remaining: next.remaining - 1,
    sent: onePlus(next.sent),
    people: who === 'people' ? onePlus(next.people) : next.people,
  };
}

/** An answer has come now; one that says nothing of the limit teaches nothing, unless it refuses. */
export function afterAnswer(row: RateRow, now: number, told: AnswerFacts): RateRow {
  const next = rowAt(row, now);
  if (told.retryAfterMs !== undefined) next.heldUntil = Math.max(next.heldUntil, next.at + told.retryAfterMs);
  if (told.remaining === undefined) return told.isThrottled ? lowered(next) : next;
  return learned(next, told.limit ?? row.limit, told.remaining, told.resetsInMs);
}

/** Refused by an API that never gives figures: the limit is what went out in the last minute, or half at the least. */
function lowered(row: RateRow): RateRow {
  if (row.isTold) return row;
  const proved = Math.max(10, sum(row.sent) - 1, row.limit / 2);
  return { ...row, remaining: 0, limit: Math.min(row.limit, proved) };
}

function learned(row: RateRow, limit: number, remaining: number, resetsInMs: number | undefined): RateRow {
  const capacity = Math.max(row.capacity, remaining + 1);
  const slack = Math.min(16, Math.max(2, limit * 0.08));
  const next = { ...row, limit, capacity, isTold: true, isProbing: false, toldAt: row.at };
  if (resetsInMs !== undefined) next.resetAt = row.at + Math.max(resetsInMs, 500);

  const isFirst = !row.isTold;
  const dripped = ((row.at - row.toldAt) * limit) / MINUTE_MS;
  next.ifWindow = row.ifWindow - 1;
  next.ifBucket = Math.min(capacity, row.ifBucket + dripped) - 1;
  const isNewWindow = !isFirst && remaining > next.ifBucket + slack;
  if (isNewWindow) next.refill = 'window';
  else if (next.ifBucket - next.ifWindow >= Math.max(3, limit / 25))
    next.refill = remaining > (next.ifBucket + next.ifWindow) / 2 ? 'bucket' : 'window';
  if (isFirst || isNewWindow || next.ifBucket - next.ifWindow >= Math.max(3, limit / 25)) {
    next.ifWindow = remaining;
    next.ifBucket = remaining;
  }
  const wasUnknown = row.refill === 'unknown' && next.refill !== 'unknown';
  if (resetsInMs === undefined && (isNewWindow || wasUnknown)) next.resetAt = row.at + MINUTE_MS;
  // Requests under way are in our figure and not yet in the API's, which counts where it is clearly the higher one.
  const isHigher = row.isProbing || wasUnknown || remaining > row.remaining + slack;
  next.remaining = isHigher ? remaining : Math.min(row.remaining, remaining);
  return next;
}

/** How many background requests may go out now; 0 or less: none. People get what they lately used, and some more. */
export function spareIn(row: RateRow): number {
  if (row.heldUntil > row.at) return 0;
  if (row.isProbing) return row.remaining;
  const floor = Math.max(floorOf(row.limit), lately(row));
  const inWindow = row.remaining - floor - peopleRate(row) * (row.resetAt - row.at);
  if (row.refill === 'window') return inWindow;
  const capacity = row.refill === 'bucket' ? row.capacity : burstOf(row);
  const inBucket = row.remaining - bucketFloor(row, capacity);
  if (row.refill === 'bucket') return inBucket;
  // More than a burst was told: most likely a window, of which as much is left to people until that is known.
  const isMoreThanBurst = row.isTold && row.remaining > capacity;
  return Math.min(isMoreThanBurst ? inWindow : inBucket, spareInMinute(row) - floor);
}

/** Milliseconds until a background request may go out; asked again then, since people may have come first. */
export function waitIn(row: RateRow): number {
  if (row.heldUntil > row.at) return row.heldUntil - row.at;
  const spare = spareIn(row);
  if (spare >= 1) return 0;
  const missing = 1 - spare;
  const dripMs = (missing * MINUTE_MS) / row.limit;
  if (row.refill === 'bucket') return Math.ceil(dripMs);
  if (row.refill === 'window')
    return Math.ceil(Math.max(1, Math.min(row.resetAt - row.at, missing / peopleRate(row))));
  return Math.ceil(Math.max(dripMs, 1_000 - (row.at % 1_000)));
}

/** Milliseconds until so many background requests can have gone out, if people go on as they lately did. */
export function msUntil(row: RateRow, requests: number): number {
  const heldMs = Math.max(0, row.heldUntil - row.at);
  const free = spareIn({ ...row, heldUntil: row.at });
  if (requests <= free) return heldMs;
  const aMinute = Math.max(row.limit - sum(row.people), row.limit * BUCKET_SHARE) - floorOf(row.limit);
  if (row.refill !== 'window') return heldMs + ((requests - Math.max(0, free)) * MINUTE_MS) / aMinute;
  const left = requests - Math.max(0, row.remaining - floorOf(row.limit));
  const windowMs = Math.max(0, row.resetAt - row.at);
  if (left <= 0) return heldMs + windowMs;
  const windows = Math.floor(left / aMinute);
  // What people do not use of a window is given out little by little until its end.
  const atOnce = 1 - PEOPLE_SHARE;
  const rest = Math.max(0, (left / aMinute - windows - atOnce) / PEOPLE_SHARE);
  return heldMs + windowMs + (windows + rest) * MINUTE_MS;
}

/** What can be had at once, as far as it is known: no more than documented, unless more was told. */
const burstOf = (row: RateRow): number =>
  Math.min(row.limit / BURSTS_A_LIMIT, Math.max(DOCUMENTED_BURST, row.capacity));

const sum = (bins: readonly number[]): number => bins.reduce((all, one) => all + one, 0);

/** Requests that are left even at the end of a window. */
const floorOf = (limit: number): number => Math.min(10, Math.max(1, limit / 20));

/** Requests a millisecond that are left to people. */
const peopleRate = (row: RateRow): number =>
  Math.max(row.limit * PEOPLE_SHARE, sum(row.people) * LATELY_FACTOR) / MINUTE_MS;

/** What people may ask for at once: what they asked for in the last ten seconds, and some more. */
const lately = (row: RateRow): number => sum(row.people.slice(-10)) * LATELY_FACTOR;

const bucketFloor = (row: RateRow, capacity: number): number =>
  Math.min(capacity - 1, Math.max(capacity * BUCKET_SHARE, lately(row)));

/** What is left of any minute to come, as the requests of the last one leave it and people make theirs. */
function spareInMinute(row: RateRow): number {
  const aSecond = peopleRate(row) * 500; // Half of it: requests come back each second, so that less need be kept.
  let free = row.limit - sum(row.sent);
  let least = free;
  for (const leaving of row.sent) {
    free += leaving - aSecond;
    least = Math.min(least, free);
  }
  return least;
}
