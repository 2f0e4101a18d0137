import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { applyEvent } from '../../src/messages/record/apply-event.ts';
import type { SendEvent } from '../../src/messages/record/events.ts';
import { leftPeople, type SendRecord, standingOf } from '../../src/messages/record/index.ts';
import { newRecord } from '../../src/messages/record/send-record.ts';
import { hasUnknown, isComplete, isTakenBack } from '../../src/messages/record/standing.ts';
import { START } from '../virtual-clock.ts';
import { plan } from './records.ts';

/** As chance would have them, and the same on each run. */
const hash = (index: number) => createHash('sha256').update(String(index)).digest('hex');
const uuid = (index: number) => hash(index).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5');
const number = (index: number) => `+346${String(Number.parseInt(hash(index).slice(0, 8), 16)).slice(0, 8)}`;
const send = 'send_1';

function requestsTo(people: number) {
  const to = Array.from({ length: people }, (_, index) => number(index));
  const half = Math.ceil(people / 2);
  return [{ to: to.slice(0, half) }, { to: to.slice(half) }];
}
const accept = (request: number, to: readonly string[]): SendEvent => ({
  ...{ event: 'accept', send, request },
  messages: to.map((one, index) => ({ message_id: uuid(request * 10_000 + index), to: one })),
});
const start: SendEvent = { event: 'start', send, fingerprint: 'print' };
const [large, small] = [requestsTo(60), requestsTo(10)];

function recordOf(requests: readonly { to: readonly string[] }[], events: readonly SendEvent[]): SendRecord {
  const contactIds = Object.fromEntries(requests.flatMap(({ to }) => to.map((one, i) => [one, uuid(i)])));
  const record = newRecord(plan({ requests, skipped: [], contactIds }), START);
  for (const [index, event] of events.entries()) applyEvent(record, event, START + index, index + 1);
  return record;
}
const both = (to: readonly { to: readonly string[] }[]): SendEvent[] =>
  to.map((request, index) => accept(index, request.to));
const lost: SendEvent = { event: 'markUnknown', send, request: 1, isFinal: true };

test.each([
  ['shown', [], true, false],
  ['at work', [start], false, false],
  ['half accepted', [start, accept(0, large[0]?.to ?? [])], false, false],
  ['complete', [start, ...both(large)], true, true],
  ['complete, of some nobody knows', [start, accept(0, large[0]?.to ?? []), lost], true, true],
  ['withdrawn', [start, { event: 'withdraw', send } as const], true, false],
  ['complete, and started again', [start, ...both(large), start], true, true],
])('%s: to many, of what rests the bytes are kept', (_name, events, isPlanPacked, areStatesPacked) => {
  const record = recordOf(large, events);
  const { planned, states } = record.lists ?? {};
  expect(planned?.bytes !== undefined).toBe(isPlanPacked);
  expect(states?.bytes !== undefined).toBe(areStatesPacked);
  expect(record.rest !== undefined).toBe(areStatesPacked);
});

test('of a send to few people nothing is packed', () => {
  const record = recordOf(small, [start, ...both(small)]);
  expect([record.lists, record.rest]).toEqual([undefined, undefined]);
});

describe('what rests reads as if it did not', () => {
  const [first = { to: [] }] = large;
  const cancelled = first.to.map((_, index) => ({ message_id: uuid(index), status: 'CANCELLED' }));
  const status: SendEvent = { event: 'status', send, messages: cancelled };

  test('everybody is in the list where they were', () => {
    const record = recordOf(large, [start, ...both(large), { event: 'finish', send }]);
    const { accepted, ...others } = standingOf(record);
    expect(accepted.map(({ to }) => to)).toEqual(large.flatMap(({ to }) => to));
    expect(accepted[59]?.message_id).toBe(uuid(10_029));
    expect(others).toEqual({ takenBack: [], unknown: [], notSent: [], skipped: [] });
    expect(record.plan.contactIds?.[first.to[3] ?? '']).toBe(uuid(3));
    expect([record.isHeard, isComplete(record), hasUnknown(record), leftPeople(record)]).toEqual([
      true,
      true,
      false,
      [],
    ]);
  });

  test('messages on several channels, in another order, without an id, and not to everybody', () => {
    const [one = '', two = '', ...others] = first.to;
    const messages = [
      ...[two, one].flatMap((to) => [
        { message_id: uuid(1), to, channel: 'sms' },
        { to, channel: 'whatsapp' },
      ]),
      ...others.slice(1).map((to) => ({ to })),
    ];
    const record = recordOf(large, [start, { event: 'accept', send, request: 0, messages }, lost]);
    expect(record.lists?.states.bytes).toBeDefined();
    expect(standingOf(record).accepted).toStrictEqual(messages);
    expect(standingOf(record).skipped).toEqual([{ to: others[0], reason: 'dropped' }]);
  });

  test('what is said of it later is kept', () => {
    const record = recordOf(large, [start, ...both(large), status]);
    expect(standingOf(record).takenBack).toHaveLength(first.to.length);
    expect(isTakenBack(record)).toBe(false);
    const late = recordOf(large, [start, accept(0, first.to), lost, accept(1, large[1]?.to ?? [])]);
    expect([hasUnknown(late), standingOf(late).accepted.length]).toEqual([false, 60]);
  });

  test('of whom it is not known', () => {
    const record = recordOf(large, [start, accept(0, first.to), lost]);
    expect([hasUnknown(record), standingOf(record).unknown]).toEqual([true, large[1]?.to]);
  });
});

test('of a send to 10,000 with ids of chance less than 29 bytes a person are kept', () => {
  const requests = requestsTo(10_000);
  const record = newRecord(plan({ requests }), START);
  for (const event of [start, ...both(requests)]) applyEvent(record, event, START, 1);
  const { planned, states } = record.lists ?? {};
  expect((planned?.bytes ?? 1e9) / 10_000).toBeLessThan(7);
  expect((states?.bytes ?? 1e9) / 10_000).toBeLessThan(22);
});
