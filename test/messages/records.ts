import { applyEvent } from '../../src/messages/record/apply-event.ts';
import type { SendEvent } from '../../src/messages/record/events.ts';
import type { SendPlan, SendRecord } from '../../src/messages/record/index.ts';
import { newRecord } from '../../src/messages/record/send-record.ts';
import { START } from '../virtual-clock.ts';

export const HOUR_MS = 3_600_000;
export const [A, B, C, D] = ['+14155550142', '+14155550143', '+14155550144', '+14155550145'] as const;
/** Two requests, and somebody who was skipped. */
export const plan = (more: Partial<SendPlan> = {}): SendPlan => ({
  id: 'send_1',
  fingerprint: 'print',
  words: 'words',
  content: { text: 'Hi' } as unknown as SendPlan['content'],
  requests: [{ to: [A, B] }, { to: [C] }],
  skipped: [{ to: D, reason: 'opted out' }],
  warnings: [],
  ...more,
});
const send = 'send_1';
export const EVENTS = {
  start: { event: 'start', send, fingerprint: 'print' },
  withdraw: { event: 'withdraw', send },
  finish: { event: 'finish', send },
  begin0: { event: 'begin', send, request: 0 },
  begin1: { event: 'begin', send, request: 1 },
  accept0: { event: 'accept', send, request: 0, messages: [{ message_id: 'm1', to: A }, { to: B }] },
  acceptA: { event: 'accept', send, request: 0, messages: [{ message_id: 'm1', to: A }] },
  accept1: { event: 'accept', send, request: 1, messages: [{ message_id: 'm3', to: C }] },
  unknown0: { event: 'markUnknown', send, request: 0 },
  fail0: { event: 'fail', send, request: 0, code: 'unavailable', sentCode: 'SERVICE_001' },
  final0: { event: 'fail', send, request: 0, code: 'invalid_input', isFinal: true },
  dropB: { event: 'drop', send, people: [{ to: B, reason: 'opted out since' }] },
  dropA: { event: 'drop', send, people: [{ to: A, reason: 'opted out since' }] },
  dropC: { event: 'drop', send, people: [{ to: C, reason: 'opted out since' }] },
  elsewhere: { event: 'begin', send, request: 7 },
  status: { event: 'status', send, messages: [{ message_id: 'm1', status: 'DELIVERED' }] },
} as const satisfies Record<string, SendEvent>;
export type Name = keyof typeof EVENTS;

/** A minute between one event and the next. */
export function recordAfter(names: readonly Name[], more: Partial<SendPlan> = {}): SendRecord {
  const record = newRecord(plan(more), START);
  for (const [index, name] of names.entries())
    applyEvent(record, EVENTS[name], START + index * 60_000, index + 1);
  return record;
}
