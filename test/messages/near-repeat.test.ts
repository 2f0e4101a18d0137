/** Which send a call means, and which one stands in its way. Pure. */
import { describe, expect, test } from 'vitest';
import type { SendRecord } from '../../src/messages/record/index.ts';
import { checkNoOpenRepeat, gotTheSameBefore, sameSend } from '../../src/messages/send/plan/near-repeat.ts';
import { START } from '../virtual-clock.ts';
import { A, B, C, HOUR_MS, type Name, plan, recordAfter } from './records.ts';

const DAY_MS = 24 * HOUR_MS;
const DONE: Name[] = ['start', 'accept0', 'accept1', 'finish'];
const logOf = (...records: SendRecord[]) => ({
  latestOf: () => records.at(-1),
  startedWith: (words: string) => records.filter((record) => record.plan.words === words),
});

describe('the send that a plan means', () => {
  test.each<[what: string, names: Name[] | undefined, afterMs: number, again: boolean, isSame: boolean]>([
    ['none before', undefined, 0, false, false],
    ['one that was only shown', [], 0, false, false],
    ['one that is open', ['start', 'begin0'], HOUR_MS, false, true],
    ['one that is open, though it was asked for again', ['start', 'begin0'], HOUR_MS, true, true],
    ['one that is done', DONE, DAY_MS - 1, false, true],
    ['one that is done, a day later', DONE, DAY_MS, false, false],
    ['one that is done, asked for again', DONE, HOUR_MS, true, false],
    ['one that was cut off, however long ago', ['start', 'begin0'], 9 * DAY_MS, false, true],
    ['one that was cut off, asked for again', ['start', 'begin0'], 9 * DAY_MS, true, false],
  ])('%s', (_what, names, afterMs, again, isSame) => {
    const record = names && recordAfter(names);
    const log = logOf(...(record ? [record] : []));
    const same = sameSend(log, { fingerprint: 'print', ...(again && { again }) }, START + afterMs);
    expect(same).toBe(isSame ? record : undefined);
  });
});

describe('an open send of the same words stands in the way of whoever it reaches', () => {
  const other = (to: string[], skipped: string[] = []) =>
    plan({ id: 'send_2', requests: [{ to }], skipped: skipped.map((one) => ({ to: one, reason: 'no' })) });
  test.each<[what: string, names: Name[], to: string[], stands: boolean]>([
    ['accepted', ['start', 'accept0'], [A], true],
    ['not known', ['start', 'begin0'], [B], true],
    ['still to come', ['start', 'accept0'], [C], true],
    ['nobody of it', ['start', 'accept0'], ['+49301'], false],
    ['refused for good', ['start', 'final0'], [A], false],
    ['dropped', ['start', 'dropB', 'accept1'], [B], false],
    ['done, and nobody told', ['start', 'accept0', 'accept1'], [A], true],
    ['done, with one that it never reached', ['start', 'final0', 'accept1'], [A], false],
    ['done and told', DONE, [A], false],
    ['only shown', [], [A], false],
  ])('%s', (_what, names, to, stands) => {
    const log = logOf(recordAfter(names));
    const check = () => checkNoOpenRepeat(log, other(to), START + HOUR_MS);
    if (stands)
      expect(check).toThrow(
        expect.objectContaining({
          code: 'conflict',
          next: expect.stringContaining('plan: send_1 and nothing else'),
        }),
      );
    else expect(check).not.toThrow();
  });

  test('also of somebody who is skipped now; not of itself, of other words, or of one that came later', () => {
    const log = logOf(recordAfter(['start', 'begin0']));
    expect(() => checkNoOpenRepeat(log, other([], [A]), START)).toThrow();
    expect(() => checkNoOpenRepeat(log, plan(), START)).not.toThrow();
    expect(() => checkNoOpenRepeat(log, { ...other([A]), words: 'others' }, START)).not.toThrow();
    expect(() => checkNoOpenRepeat(log, other([A]), START, 1)).not.toThrow();
    expect(() => checkNoOpenRepeat(log, other([A]), START, 2)).toThrow();
  });
});

test('who got the same words before, and when the last of them', () => {
  const later = recordAfter(['start', 'begin1', 'accept0'], { id: 'send_3' });
  later.startedAt = START + HOUR_MS;
  const asked = (to: string[], ...records: SendRecord[]) =>
    gotTheSameBefore(logOf(...records), plan({ id: 'send_2', requests: [{ to }] }));
  expect(asked([A, C], later, recordAfter(['start', 'accept0']))).toEqual({ people: 2, at: START + HOUR_MS });
  expect(asked([A, B], recordAfter(['start', 'acceptA']))).toEqual({ people: 1, at: START });
  expect(asked([C], recordAfter(['start', 'accept0']), later)).toEqual({ people: 1, at: START + HOUR_MS });
  expect(asked([C], recordAfter(['start', 'accept0']))).toBeUndefined();
  const refused = recordAfter(['start', 'final0', 'accept1'], { id: 'send_4' });
  refused.startedAt = START + 2 * HOUR_MS;
  expect(asked([A], recordAfter(['start', 'accept0']), refused)).toEqual({ people: 1, at: START });
  expect(gotTheSameBefore(logOf(recordAfter(['start', 'accept0'])), plan())).toBeUndefined();
});
