import type { SendEvent, SentOne, Settled } from './events.ts';
import type { PlannedRequest, SendPlan, Skipped } from './plan.ts';

/** How a request stands. `unknown`: it went out, and whether it was done is not known; `since` its first try. */
export type RequestState =
  | { is: 'waiting' }
  | { is: 'unknown'; since: number }
  | { is: 'accepted'; messages: readonly SentOne[] }
  | { is: 'failed'; code: string; sentCode?: string | undefined; isFinal: boolean };

/** A send and all that is known of it: the sum of its events. Times are milliseconds since the epoch. */
export type SendRecord = {
  readonly plan: SendPlan;
  readonly plannedAt: number;
  /** Undefined for one that was only shown. */
  startedAt: number | undefined;
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
  order: 0,
  isHeard: false,
  requests: plan.requests.map(() => ({ is: 'waiting' })),
  dropped: new Map(),
  settled: new Map(),
});

/** What an event changes. An acceptance is never taken back, whatever is said after it. */
export function applyEvent(record: SendRecord, event: SendEvent, at: number, order: number): void {
  const { requests } = record;
  switch (event.event) {
    case 'start':
      record.startedAt = at;
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
        requests[event.request] = after(before, event, at);
      return;
    }
    default:
      return;
  }
}

type RequestEvent = Extract<SendEvent, { request: number }>;

function after(before: RequestState, event: RequestEvent, at: number): RequestState {
  switch (event.event) {
    case 'accept':
      return { is: 'accepted', messages: event.messages };
    case 'fail':
      return { is: 'failed', code: event.code, sentCode: event.sentCode, isFinal: event.isFinal === true };
    default:
      return { is: 'unknown', since: before.is === 'unknown' ? before.since : at };
  }
}

/** The people of a request who are still to get it. */
export const leftOf = (record: SendRecord, { to }: PlannedRequest): string[] =>
  to.filter((one) => !record.dropped.has(one));

/** How the people of a send stand, each in exactly one of the lists. */
export type Standing = {
  accepted: SentOne[];
  /** Who may have it. */
  unknown: string[];
  notSent: { to: string; code: string | undefined; isFinal: boolean }[];
  skipped: Skipped[];
};

export function standingOf(record: SendRecord): Standing {
  const standing: Standing = { accepted: [], unknown: [], notSent: [], skipped: [...record.plan.skipped] };
  const skip = (to: string) => standing.skipped.push({ to, reason: record.dropped.get(to) ?? 'dropped' });
  for (const [index, { to }] of record.plan.requests.entries()) {
    const state = record.requests[index] ?? { is: 'waiting' };
    if (state.is === 'unknown') standing.unknown.push(...to);
    else if (state.is === 'accepted') {
      standing.accepted.push(...state.messages);
      const reached = new Set(state.messages.map((message) => message.to));
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

/** Whether every request has come to an end that asking again would not change. */
export const isComplete = ({ plan, requests, dropped }: SendRecord): boolean =>
  requests.every(
    (state, index) =>
      state.is === 'accepted' ||
      (state.is === 'failed' && state.isFinal) ||
      (state.is !== 'unknown' && plan.requests[index]?.to.every((one) => dropped.has(one))),
  );

/** Cut off so long ago that nothing of it can be repeated safely. */
export const isPastResuming = (record: SendRecord, now: number): boolean =>
  record.startedAt !== undefined && !isComplete(record) && now - record.startedAt >= KEY_LIVES_MS;

/** Begun, and not yet at an end of which somebody was told: a call like it may mean this one. */
export const isOpen = (record: SendRecord, now: number): boolean =>
  record.startedAt !== undefined &&
  now - record.startedAt < KEY_LIVES_MS &&
  !(isComplete(record) && record.isHeard);

/** Those who are still to be sent to, whether a request of theirs has been tried or not. */
export const leftPeople = (record: SendRecord): string[] =>
  record.plan.requests.flatMap((request, index) => {
    const state = record.requests[index];
    const isOver = state?.is === 'accepted' || (state?.is === 'failed' && state.isFinal);
    return isOver ? [] : leftOf(record, request);
  });
