import type { SendEvent, SentOne, Settled } from './events.ts';
import { packed } from './packed.ts';
import type { PlannedRequest, SendPlan, Skipped } from './plan.ts';

/**
 * How a request stands. `unknown`: it went out, and whether it was done is not known; `since` its first try;
 * `isDoubtful` where a try has ended like that, not only begun; `isFinal` where there must be no other. `isUnscheduled`: accepted without a word of the time that it was to wait for.
 */
export type RequestState =
  | { is: 'waiting' }
  | { is: 'unknown'; since: number; isDoubtful: boolean; isFinal: boolean }
  | { is: 'accepted'; messages: readonly SentOne[]; isUnscheduled: boolean }
  | { is: 'failed'; code: string; sentCode?: string | undefined; isFinal: boolean };

/** A send and all that is known of it: the sum of its events. Times are milliseconds since the epoch. */
export type SendRecord = {
  readonly plan: SendPlan;
  readonly plannedAt: number;
  /** Undefined for one that was only shown, or withdrawn. */
  startedAt: number | undefined;
  /** How often it was started: once more after each time that it was withdrawn. */
  starts: number;
  /** Its place among all that were started. */
  order: number;
  /** Whether somebody has been told how it ended. */
  isHeard: boolean;
  readonly requests: RequestState[];
  /** Reasons by number. */
  readonly dropped: Map<string, string>;
  /** By message id. */
  readonly settled: Map<string, Settled>;
};

export const newRecord = (plan: SendPlan, plannedAt: number): SendRecord => ({
  plan,
  plannedAt,
  startedAt: undefined,
  starts: 0,
  order: 0,
  isHeard: false,
  requests: plan.requests.map(() => ({ is: 'waiting' })),
  dropped: new Map(),
  settled: new Map(),
});

/**
 * What an event changes. An acceptance is never taken back, whatever is said after it; and of what may have been done
 * nothing but an acceptance tells: a repetition that is refused says nothing of the first try.
 */
export function applyEvent(record: SendRecord, event: SendEvent, at: number, order: number): void {
  const { requests } = record;
  switch (event.event) {
    case 'start':
      record.startedAt = at;
      record.starts++;
      record.order = order;
      // What had failed before it was withdrawn is tried anew.
      for (const [index, { is }] of requests.entries())
        if (is === 'failed') requests[index] = { is: 'waiting' };
      return;
    case 'withdraw':
      record.startedAt = undefined;
      return;
    case 'drop':
      for (const { to, reason } of event.people) record.dropped.set(to, reason);
      return;
    case 'finish':
      record.isHeard = true;
      return;
    case 'status':
      for (const message of event.messages) record.settled.set(message.message_id, message);
      return;
    case 'begin':
    case 'accept':
    case 'markUnknown':
    case 'fail': {
      const before = requests[event.request];
      if (before !== undefined && before.is !== 'accepted')
        requests[event.request] = after(before, event, at, record.plan.requests[event.request]?.to ?? []);
      return;
    }
    default:
      return;
  }
}

type RequestEvent = Extract<SendEvent, { request: number }>;

function after(
  before: RequestState,
  event: RequestEvent,
  at: number,
  people: readonly string[],
): RequestState {
  switch (event.event) {
    case 'accept': {
      const messages = packed(event.messages, people);
      return {
        is: 'accepted',
        isUnscheduled: event.isUnscheduled === true,
        get messages() {
          return messages();
        },
      };
    }
    case 'fail':
      if (before.is === 'unknown' && before.isDoubtful) return before;
      return { is: 'failed', code: event.code, sentCode: event.sentCode, isFinal: event.isFinal === true };
    case 'begin':
      return before.is === 'unknown'
        ? { ...before, isDoubtful: true } // The try before was never heard of again.
        : { is: 'unknown', since: at, isDoubtful: false, isFinal: false };
    default: {
      const since = before.is === 'unknown' ? before.since : at;
      return { is: 'unknown', since, isDoubtful: true, isFinal: event.isFinal === true };
    }
  }
}

/** The people of a request who are still to get it. */
export const leftOf = (record: SendRecord, { to }: PlannedRequest): string[] =>
  to.filter((one) => !record.dropped.has(one));

/** How the people of a send stand, each in exactly one of the lists. */
export type Standing = {
  /** Without those that were taken back. */
  accepted: SentOne[];
  takenBack: SentOne[];
  /** Who may have it. */
  unknown: string[];
  notSent: { to: string; code: string | undefined; isFinal: boolean }[];
  skipped: Skipped[];
};

export function standingOf(record: SendRecord): Standing {
  const standing: Standing = {
    ...{ accepted: [], takenBack: [], unknown: [], notSent: [] },
    skipped: [...record.plan.skipped],
  };
  const isBack = ({ message_id = '' }: SentOne) => record.settled.get(message_id)?.status === 'CANCELLED';
  const skip = (to: string) => standing.skipped.push({ to, reason: record.dropped.get(to) ?? 'dropped' });
  for (const [index, { to }] of record.plan.requests.entries()) {
    const state = record.requests[index] ?? { is: 'waiting' };
    if (state.is === 'unknown') standing.unknown.push(...to);
    else if (state.is === 'accepted') {
      const { messages } = state;
      for (const message of messages)
        (isBack(message) ? standing.takenBack : standing.accepted).push(message);
      const reached = new Set(messages.map((message) => message.to));
      for (const one of to) if (!reached.has(one)) skip(one);
    } else {
      const [code, isFinal] = state.is === 'failed' ? [state.code, state.isFinal] : [undefined, false];
      for (const one of to) {
        if (record.dropped.has(one)) skip(one);
        else standing.notSent.push({ to: one, code, isFinal });
      }
    }
  }
  return standing;
}

/** Sent forgets a key after 24 hours; somewhat earlier nothing is repeated under it any more. */
const KEY_LIVES_MS = (24 * 60 - 10) * 60_000;
/** What is to go out later must be with Sent so long before. */
const BEFORE_SCHEDULE_MS = 60_000;

/** Whether every request has come to an end that asking again would not change. */
export const isComplete = ({ plan, requests, dropped }: SendRecord): boolean =>
  requests.every(
    (state, index) =>
      state.is === 'accepted' ||
      (state.is !== 'waiting' && state.isFinal) ||
      (state.is !== 'unknown' && plan.requests[index]?.to.every((one) => dropped.has(one))),
  );

/**
 * Why one that was cut off is not gone on with: Sent has forgotten its keys, or what is left of it would not wait for its
 * time, which has come, or of which Sent knows nothing.
 */
export function cutOffBy(record: SendRecord, now: number): 'age' | 'schedule' | undefined {
  const { startedAt, plan } = record;
  if (startedAt === undefined || isComplete(record)) return undefined;
  if (now - startedAt >= KEY_LIVES_MS) return 'age';
  const { scheduled_at } = plan.content;
  if (scheduled_at === undefined) return undefined;
  const isLate = now > Date.parse(scheduled_at) - BEFORE_SCHEDULE_MS;
  return isLate || isUnscheduled(record) ? 'schedule' : undefined;
}

/** Whether Sent accepted messages of it without a word of the time that they were to wait for. */
export const isUnscheduled = ({ requests }: SendRecord): boolean =>
  requests.some((state) => state.is === 'accepted' && state.isUnscheduled);

/** Whether nothing more can be done for one that was begun. */
export const isOver = (record: SendRecord, now: number): boolean =>
  record.startedAt !== undefined && (isComplete(record) || cutOffBy(record, now) !== undefined);

/** Begun, and not yet at an end of which somebody was told: a call like it may mean this one. */
export const isOpen = (record: SendRecord, now: number): boolean =>
  record.startedAt !== undefined &&
  now - record.startedAt < KEY_LIVES_MS &&
  !(isOver(record, now) && record.isHeard);

/** Whether all that had been accepted was taken back, and nobody may have it: as if it had not been sent. */
export function isTakenBack(record: SendRecord): boolean {
  const { accepted, takenBack, unknown } = standingOf(record);
  return takenBack.length > 0 && accepted.length === 0 && unknown.length === 0;
}

/** Those of a request who are still to be sent to, whether it has been tried or not; nobody of one that is at its end. */
export function leftAt(record: SendRecord, index: number): string[] {
  const [state, request] = [record.requests[index], record.plan.requests[index]];
  if (state === undefined || request === undefined) return [];
  const isDone = state.is === 'accepted' || (state.is !== 'waiting' && state.isFinal);
  return isDone ? [] : leftOf(record, request);
}

/** Those of all its requests. */
export const leftPeople = (record: SendRecord): string[] =>
  record.plan.requests.flatMap((_, index) => leftAt(record, index));
