/** A send as it stands, as it is told; and what is thrown where it reached nobody. Pure. */
import { describe, expect, test } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { checkReplay, messagesOf, priceOf } from '../../src/messages/send/accepted.ts';
import { failureOf as failureWithin, limited, resultOf } from '../../src/messages/send/result.ts';
import type { Stop } from '../../src/messages/send/stop.ts';
import type { SentAccepted } from '../../src/sent/index.ts';
import { START } from '../virtual-clock.ts';
import { A, B, C, D, HOUR_MS, type Name, recordAfter } from './records.ts';

const WITHIN = 'within 24 hours';
const failureOf = (record: Parameters<typeof failureWithin>[0], stop: Stop | undefined) =>
  failureWithin(record, stop, WITHIN);
const told = (
  names: Name[],
  facts: { stop?: Stop; isRepeated?: boolean; afterMs?: number; warnings?: string[] } = {},
) => {
  const { afterMs = 0, isRepeated = false, warnings = [], stop } = facts;
  return resultOf(recordAfter(names), { now: START + afterMs, within: WITHIN, isRepeated, warnings, stop });
};
const throttled = new AppError('rate_limited', 'Held back.', {
  retryAfterMs: 1_500,
  next: 'Wait, then call.',
});

describe('how it stands', () => {
  test.each<[what: string, names: Name[], expected: object]>([
    ['done', ['start', 'accept0', 'accept1'], { status: 'accepted', accepted: 3, not_sent: [], unknown: [] }],
    [
      'half done',
      ['start', 'accept0'],
      { status: 'partial', accepted: 2, not_sent: [{ to: C, reason: 'under way' }] },
    ],
    [
      'not known',
      ['start', 'accept1', 'begin0'],
      { status: 'partial', accepted: 1, not_sent: [], unknown: [A, B] },
    ],
    ['nobody left', ['start', 'dropA', 'dropB', 'dropC'], { status: 'nothing_to_send', accepted: 0 }],
  ])('%s', (_what, names, expected) => {
    expect(told(names)).toMatchObject({ plan: 'send_1', ...expected });
  });

  test.each<[why: string, stop: Stop | undefined, afterMs: number, reason: string]>([
    ['nothing stopped it', undefined, 0, 'under way'],
    ['time', { why: 'time' }, 0, 'not yet'],
    ['the caller', { why: 'cancelled' }, 0, 'cancelled'],
    ['the end of the server', { why: 'closing' }, 0, 'server ended'],
    ['an error', { error: throttled }, 0, 'stopped: rate_limited'],
    ['a day', { error: throttled }, 25 * HOUR_MS, 'cut off'],
  ])('why the rest has not got it: %s', (_why, stop, afterMs, reason) => {
    expect(told(['start', 'accept0'], { ...(stop && { stop }), afterMs }).not_sent).toEqual([
      { to: C, reason },
    ]);
  });

  test.each<[names: Name[], stop: Stop | undefined, afterMs: number, next: RegExp | undefined]>([
    [['start', 'accept0', 'accept1'], undefined, 0, /^Follow up with get_message, plan send_1\.$/],
    [['start', 'dropA', 'dropB', 'dropC'], undefined, 0, undefined],
    [['start', 'accept0'], undefined, 0, /^Call send_message with plan: send_1 and nothing else to go on/],
    [['start', 'accept0'], { why: 'time' }, 0, /^Call send_message with plan: send_1/],
    [
      ['start', 'accept0'],
      { error: throttled },
      0,
      /^Wait 2 seconds\. Then call send_message with plan: send_1/,
    ],
    [
      ['start', 'accept0'],
      { error: new AppError('forbidden', 'No.', { next: 'Top up.' }) },
      0,
      /^Top up\. Then call/,
    ],
    [
      ['start', 'final0', 'accept1'],
      undefined,
      0,
      /^Correct what was refused, then send to the selection, which holds those who certainly have not got it\.$/,
    ],
    [
      ['start', 'begin0'],
      undefined,
      25 * HOUR_MS,
      /^To reach the rest, send to the selection.* Of 2 it is not known whether they have it: ask the user/,
    ],
    [['start', 'accept0'], undefined, 25 * HOUR_MS, /^To reach the rest, send to the selection, [^.]*\.$/],
  ])('what to do after %j', (names, stop, afterMs, next) => {
    const result = told(names, { ...(stop && { stop }), afterMs });
    if (next === undefined) expect(result).not.toHaveProperty('next');
    else expect(result.next).toMatch(next);
  });

  test.each<[names: Name[], afterMs: number, warning: string]>([
    [
      ['start', 'acceptA', 'accept1', 'finish'],
      HOUR_MS,
      'This very send was done at 2026-11-23T12:00:00Z: nothing went out now. again: true sends it once more.',
    ],
    [
      ['start', 'acceptA', 'accept1'],
      HOUR_MS,
      'This very send was begun at 2026-11-23T12:00:00Z; nobody got it twice.',
    ],
    [
      ['start', 'acceptA', 'finish'],
      HOUR_MS,
      'This very send was begun at 2026-11-23T12:00:00Z; nobody got it twice.',
    ],
    [
      ['start', 'acceptA'],
      25 * HOUR_MS,
      'This very send was begun at 2026-11-23T12:00:00Z and cut off. Sent has forgotten its keys, so that it is not finished: nothing went out now.',
    ],
  ])('a repetition says so: %j', (names, afterMs, warning) => {
    const result = told(names, { isRepeated: true, afterMs, warnings: ['First.'] });
    expect(result.warnings).toEqual(['First.', warning]);
    expect(result.sent_at).toBe('2026-11-23T12:00:00Z');
  });

  test('no more is told than there is', () => {
    const result = told(['start', 'acceptA', 'accept1']);
    for (const field of ['warnings', 'sent_at', 'template', 'scheduled_at', 'left_out', 'selection'])
      expect(result).not.toHaveProperty(field);
    expect(told([], { isRepeated: true })).not.toHaveProperty('sent_at');
    expect(told(['start', 'accept0', 'accept1']).warnings).toEqual([
      `Sent gave no message id for 1 of the recipients, so that theirs cannot be followed up: ${B}.`,
    ]);
  });
});

describe('lists that are not longer than a reader can use', () => {
  const people = (amount: number) =>
    Array.from({ length: amount }, (_, n) => ({ to: `+${n}`, reason: 'no' }));
  const lists = (amount: number) => ({
    messages: people(amount),
    not_sent: people(amount),
    unknown: people(amount).map(({ to }) => to),
    skipped: people(amount),
  });
  const lengths = ({ messages, not_sent, unknown, skipped }: ReturnType<typeof limited>) =>
    [messages, not_sent, unknown, skipped].map(({ length }) => length);

  test.each([
    [20, 20, [20, 20, 20, 20], undefined],
    [21, 20, [8, 21, 21, 8], { messages: 13, skipped: 13 }],
    [150, 100, [100, 150, 150, 100], { messages: 50, skipped: 50 }],
    [2_500, 2_500, [2_500, 2_500, 2_500, 2_500], undefined],
    [2_501, 2_500, [2_500, 2_500, 2_500, 2_500], { messages: 1, not_sent: 1, unknown: 1, skipped: 1 }],
  ])('%i people, at most %i shown', (amount, most, shown, leftOut) => {
    const result = limited(lists(amount), most);
    expect(lengths(result)).toEqual(shown);
    expect(result.left_out).toEqual(leftOut);
    expect(result.messages[0]?.to).toBe('+0');
  });
});

describe('what is thrown where a run reached nobody', () => {
  const lost = new AppError('unknown_outcome', 'No answer.', { next: 'Look.' });
  test('nothing, where it reached somebody or nothing failed', () => {
    expect(failureOf(recordAfter(['start', 'accept0']), { error: lost })).toBeUndefined();
    expect(failureOf(recordAfter(['start']), undefined)).toBeUndefined();
    expect(failureOf(recordAfter(['start']), { why: 'time' })).toBeUndefined();
  });

  test('the failure itself, where nothing is unknown', () => {
    expect(failureOf(recordAfter(['start', 'fail0']), { error: throttled })).toBe(throttled);
  });

  test('where something is, the plan that finishes it, in the words of what happened', () => {
    const named = /^Call send_message with plan: send_1 and nothing else, within 24 hours/;
    const failure = failureOf(recordAfter(['start', 'begin0']), { error: lost });
    expect(failure).toMatchObject({
      code: 'unknown_outcome',
      message: 'No answer.',
      next: expect.stringMatching(named),
    });
    const held = new AppError('rate_limited', 'Held back.', {
      retryAfterMs: 1_500,
      sentCode: 'B_2',
      requestId: 'r',
    });
    expect(failureOf(recordAfter(['start', 'begin0']), { error: held })).toMatchObject({
      code: 'unknown_outcome',
      message: 'Held back. Whether the 2 recipients got it by an earlier request is not known.',
      next: expect.stringMatching(/^Wait 2 seconds\. Call send_message with plan: send_1/),
      sentCode: 'B_2',
      requestId: 'r',
      retryAfterMs: 1_500,
    });
    expect(failureOf(recordAfter(['start', 'begin1']), { error: held })?.message).toContain(
      'Whether the recipient got',
    );
  });
});

describe('what Sent says it accepted', () => {
  const answer = (...recipients: Partial<SentAccepted['recipients'][number]>[]) =>
    ({ recipients }) as unknown as SentAccepted;

  test('each message, by its place where the number is missing, and without an id those it leaves out', () => {
    const given = answer({ message_id: 'm1', to: '+1 (415) 555-0142', channel: 'sms' }, {
      message_id: 'm2',
    } as never);
    expect(messagesOf(given, [A, B, C], [])).toEqual([
      { message_id: 'm1', to: A, channel: 'sms' },
      { message_id: 'm2', to: B },
      { to: C },
    ]);
    const both = answer(...['m1', 'm2', 'm3'].map((message_id) => ({ message_id })));
    expect(messagesOf(both, [A, B], ['sms', 'rcs'])).toEqual([
      { message_id: 'm1', to: A },
      { message_id: 'm2', to: A },
      { message_id: 'm3', to: B },
    ]);
    expect(messagesOf(answer(), [D], ['sms', 'rcs'])).toEqual([
      { to: D, channel: 'sms' },
      { to: D, channel: 'rcs' },
    ]);
  });

  test.each<
    [what: string, prices: (number | undefined)[], whole?: number | undefined, price?: number | undefined]
  >([
    ['told for each', [0.1, 0.2], undefined, 0.3],
    ['told for each and in whole', [0.1, 0.2], 9, 0.3],
    ['told for some', [0.1, undefined], undefined, undefined],
    ['told for some and in whole', [0.1, undefined], 9, 9],
    ['told in whole', [undefined, undefined], 9, 9],
    ['told of nobody', [], 9, 9],
    ['not told', [], undefined, undefined],
  ])('a price that is %s', (_what, prices, whole, price) => {
    const recipients = prices.map((one) => ({ price: one }));
    expect(priceOf({ recipients, price: whole } as unknown as SentAccepted)).toBe(price);
  });

  test.each<[what: string, accepted: object, isExplained: boolean, ours: boolean]>([
    ['ours', { recipients: [{ to: A }] }, true, true],
    ['ours, without a number', { recipients: [{}] }, true, true],
    ['ours, with its template', { recipients: [], template_id: 't1' }, true, true],
    ['one that nothing explains', { recipients: [{ to: A }] }, false, false],
    ['of somebody else', { recipients: [{ to: A }, { to: D }] }, true, false],
    ['of another template', { recipients: [], template_id: 't2' }, true, false],
  ])('a replay is %s', (_what, accepted, isExplained, ours) => {
    const request = { to: [A, B], templateId: 't1', isExplained, hasUserKey: true };
    const check = () => checkReplay(accepted as SentAccepted, request);
    if (ours) expect(check).not.toThrow();
    else expect(check).toThrow(expect.objectContaining({ code: 'conflict' }));
  });
});
