import type { SendEvent, Settled } from './events.ts';
import { packable } from './packable.ts';
import { MANY, type RequestState, type SendRecord } from './send-record.ts';
import { hasUnknown, isComplete } from './standing.ts';

/**
 * What an event changes. An acceptance is never taken back, whatever is said after it; and of what may have been done
 * nothing but an acceptance tells: a repetition that is refused says nothing of the first try.
 */
export function applyEvent(record: SendRecord, event: SendEvent, at: number, order: number): void {
  if (MOVING.has(event.event)) wake(record);
  change(record, event, at, order);
  if (MOVING.has(event.event)) restWhereDone(record);
}

/** What may change the lists of a record, or whether anything is still done with them. */
const MOVING: ReadonlySet<SendEvent['event']> = new Set<SendEvent['event']>([
  ...(['start', 'withdraw', 'drop', 'begin', 'accept', 'markUnknown', 'fail'] as const),
]);

function wake({ lists }: SendRecord): void {
  lists?.planned.unpack();
  lists?.states.unpack();
}

function restWhereDone(record: SendRecord): void {
  const { lists } = record;
  record.rest = undefined;
  if (lists === undefined) return;
  if (isComplete(record)) {
    record.rest = { hasUnknown: hasUnknown(record) };
    lists.states.pack();
  }
  if (record.rest || record.startedAt === undefined) lists.planned.pack();
}

function change(record: SendRecord, event: SendEvent, at: number, order: number): void {
  switch (event.event) {
    case 'start':
      record.startedAt = at;
      record.starts++;
      record.order = order;
      // What had failed before it was withdrawn is tried anew.
      for (const [index, { is }] of record.requests.entries())
        if (is === 'failed') record.requests[index] = { is: 'waiting' };
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
      addStatuses(record, event.messages);
      return;
    case 'begin':
    case 'accept':
    case 'markUnknown':
    case 'fail': {
      const { requests } = record;
      const before = requests[event.request];
      if (before !== undefined && before.is !== 'accepted')
        requests[event.request] = after(before, event, at);
      return;
    }
    default:
      return;
  }
}

function addStatuses({ statuses }: SendRecord, messages: readonly Settled[]): void {
  const some = packable(messages);
  if (messages.length >= MANY) some.pack();
  statuses.push(some);
}

type RequestEvent = Extract<SendEvent, { request: number }>;

function after(before: RequestState, event: RequestEvent, at: number): RequestState {
  switch (event.event) {
    case 'accept':
      return { is: 'accepted', messages: event.messages, isUnscheduled: event.isUnscheduled === true };
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
