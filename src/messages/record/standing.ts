import type { SentOne } from './events.ts';
import type { PlannedRequest, Skipped } from './plan.ts';
import type { SendRecord } from './send-record.ts';

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
  const { requests: states, settled } = record;
  const isBack = ({ message_id = '' }: SentOne) => settled.get(message_id)?.status === 'CANCELLED';
  const skip = (to: string) => standing.skipped.push({ to, reason: record.dropped.get(to) ?? 'dropped' });
  for (const [index, { to }] of record.plan.requests.entries()) {
    const state = states[index] ?? { is: 'waiting' };
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
export function isComplete(record: SendRecord): boolean {
  if (record.rest) return true;
  const { plan, dropped, requests } = record;
  return requests.every(
    (state, index) =>
      state.is === 'accepted' ||
      (state.is !== 'waiting' && state.isFinal) ||
      (state.is !== 'unknown' && plan.requests[index]?.to.every((one) => dropped.has(one))),
  );
}

/** Whether there is anybody who may have it. */
export const hasUnknown = (record: SendRecord): boolean =>
  record.rest ? record.rest.hasUnknown : record.requests.some(({ is }) => is === 'unknown');

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
  if (record.settled.size === 0) return false;
  const { accepted, takenBack, unknown } = standingOf(record);
  return takenBack.length > 0 && accepted.length === 0 && unknown.length === 0;
}

/** Those of a request who are still to be sent to, whether it has been tried or not; nobody of one that is at its end. */
export function leftAt(record: SendRecord, index: number): string[] {
  if (record.rest) return [];
  const [state, request] = [record.requests[index], record.plan.requests[index]];
  if (state === undefined || request === undefined) return [];
  const isDone = state.is === 'accepted' || (state.is !== 'waiting' && state.isFinal);
  return isDone ? [] : leftOf(record, request);
}

/** Those of all its requests. */
export const leftPeople = (record: SendRecord): string[] =>
  record.plan.requests.flatMap((_, index) => leftAt(record, index));
