/** What is known of a send is the sum of its events, in whatever process they were written. */
import { describe, expect, test } from 'vitest';
import { applyEvent } from '../../src/messages/record/apply-event.ts';
import { isSendEvent } from '../../src/messages/record/events.ts';
import {
  createSendLog,
  cutOffBy,
  isComplete,
  isOpen,
  keyOf,
  leftPeople,
  planId,
  type SendPlan,
  standingOf,
} from '../../src/messages/record/index.ts';
import { type AccountState, createMemoryStore } from '../../src/state/index.ts';
import { START } from '../virtual-clock.ts';
import { A, B, C, D, EVENTS, HOUR_MS, type Name, plan, recordAfter } from './records.ts';

const send = 'send_1';

describe('how people stand after some events', () => {
  test.each<
    [
      names: Name[],
      lists: { accepted?: string[]; unknown?: string[]; notSent?: string[]; skipped?: string[] },
    ]
  >([
    [[], { notSent: [A, B, C] }],
    [['start', 'begin0'], { unknown: [A, B], notSent: [C] }],
    [['start', 'unknown0'], { unknown: [A, B], notSent: [C] }],
    [['start', 'begin0', 'accept0'], { accepted: [A, B], notSent: [C] }],
    // Whoever Sent does not name got nothing.
    [['start', 'begin0', 'acceptA'], { accepted: [A], notSent: [C], skipped: [B] }],
    // An acceptance is never taken back.
    [['start', 'accept0', 'fail0', 'unknown0', 'begin0'], { accepted: [A, B], notSent: [C] }],
    [['start', 'begin0', 'fail0'], { notSent: [A, B, C] }],
    [['start', 'fail0', 'begin0'], { unknown: [A, B], notSent: [C] }],
    [['start', 'dropB'], { notSent: [A, C], skipped: [B] }],
    [['start', 'dropB', 'begin0', 'acceptA'], { accepted: [A], notSent: [C], skipped: [B] }],
    // One who was dropped may have got it by a request that had gone out.
    [['start', 'begin0', 'dropB'], { unknown: [A, B], notSent: [C] }],
    [['start', 'elsewhere'], { notSent: [A, B, C] }],
  ])('%j', (names, lists) => {
    const { accepted, unknown, notSent, skipped } = standingOf(recordAfter(names));
    expect({
      accepted: accepted.map(({ to }) => to),
      unknown,
      notSent: notSent.map(({ to }) => to),
      skipped: skipped.map(({ to }) => to),
    }).toEqual({ accepted: [], unknown: [], notSent: [], ...lists, skipped: [D, ...(lists.skipped ?? [])] });
  });

  test('why is said: the code of each, and the reason', () => {
    expect(standingOf(recordAfter(['start', 'fail0', 'dropB', 'dropC']))).toEqual({
      accepted: [],
      takenBack: [],
      unknown: [],
      notSent: [{ to: A, code: 'unavailable', isFinal: false }],
      skipped: [
        { to: D, reason: 'opted out' },
        { to: B, reason: 'opted out since' },
        { to: C, reason: 'opted out since' },
      ],
    });
    expect(standingOf(recordAfter(['start', 'final0'])).notSent).toEqual([
      { to: A, code: 'invalid_input', isFinal: true },
      { to: B, code: 'invalid_input', isFinal: true },
      { to: C, code: undefined, isFinal: false },
    ]);
    expect(standingOf(recordAfter(['start', 'acceptA'])).skipped.at(-1)).toEqual({
      to: B,
      reason: 'dropped',
    });
  });

  test('one that failed and is started anew waits again; what is known stays', () => {
    const { requests } = recordAfter(['start', 'fail0', 'accept1', 'withdraw', 'start']);
    const accepted = { is: 'accepted', messages: EVENTS.accept1.messages, isUnscheduled: false };
    expect(requests).toEqual([{ is: 'waiting' }, accepted]);
    const states = recordAfter(['start', 'begin0', 'begin0', 'unknown0']).requests;
    const unknown = { is: 'unknown', isDoubtful: true, isFinal: false };
    expect(states[0]).toEqual({ ...unknown, since: START + 60_000 });
    expect(recordAfter(['start', 'fail0', 'begin0']).requests[0]).toEqual({
      ...{ ...unknown, isDoubtful: false },
      since: START + 120_000,
    });
  });

  test('a refusal settles the try that it answers, and none before it', () => {
    const stateAfter = (...events: (keyof typeof EVENTS)[]) =>
      recordAfter(['start', ...events]).requests[0]?.is;
    expect(stateAfter('begin0', 'fail0')).toBe('failed');
    expect(stateAfter('begin0', 'unknown0', 'begin0', 'final0')).toBe('unknown');
    expect(stateAfter('begin0', 'begin0', 'final0')).toBe('unknown');
    expect(stateAfter('begin0', 'fail0', 'begin0', 'final0')).toBe('failed');
    expect(stateAfter('begin0', 'unknown0', 'begin0', 'final0', 'acceptA')).toBe('accepted');
  });

  test('an event changes its own alone', () => {
    const record = recordAfter(['start', 'status', 'begin0']);
    expect(record).toMatchObject({ startedAt: START, order: 1, isHeard: false });
    expect([...record.settled]).toEqual([['m1', { message_id: 'm1', status: 'DELIVERED' }]]);
    expect(recordAfter(['start', 'finish']).isHeard).toBe(true);
    expect(recordAfter(['start', 'withdraw'])).toMatchObject({ startedAt: undefined, order: 1 });
    const before = recordAfter(['start', 'begin0']);
    applyEvent(before, { event: 'key', send, userKey: 'mine', fingerprint: 'print' }, START, 9);
    expect(before).toEqual(recordAfter(['start', 'begin0']));
  });
});

describe('what follows from how a send stands', () => {
  const DAY_BUT_TEN_MINUTES = (24 * 60 - 10) * 60_000;
  test.each<[names: Name[], complete: boolean, left: string[]]>([
    [['start'], false, [A, B, C]],
    [['start', 'accept0'], false, [C]],
    [['start', 'accept0', 'accept1'], true, []],
    [['start', 'fail0', 'accept1'], false, [A, B]],
    [['start', 'final0', 'accept1'], true, []],
    [['start', 'begin0', 'accept1'], false, [A, B]],
    [['start', 'dropC', 'accept0'], true, []],
    [['start', 'dropB', 'accept1'], false, [A]],
    [['start', 'dropA', 'dropB', 'accept1'], true, []],
    // It may have gone out before they were dropped.
    [['start', 'begin1', 'dropC', 'accept0'], false, []],
  ])('%j: complete %s, left %j', (names, complete, left) => {
    const record = recordAfter(names);
    expect(isComplete(record)).toBe(complete);
    expect(leftPeople(record)).toEqual(left);
    expect(cutOffBy(record, START + DAY_BUT_TEN_MINUTES)).toBe(complete ? undefined : 'age');
  });

  test.each<[what: string, names: Name[], afterMs: number, open: boolean, past: boolean]>([
    ['only shown', [], 0, false, false],
    ['only shown, long ago', [], 48 * HOUR_MS, false, false],
    ['begun', ['start'], 0, true, false],
    ['begun, to the last moment', ['start'], DAY_BUT_TEN_MINUTES - 1, true, false],
    ['begun too long ago', ['start'], DAY_BUT_TEN_MINUTES, false, true],
    ['done, and nobody told', ['start', 'accept0', 'accept1'], HOUR_MS, true, false],
    ['done and told', ['start', 'accept0', 'accept1', 'finish'], HOUR_MS, false, false],
    ['told half done', ['start', 'accept0', 'finish'], HOUR_MS, true, false],
    ['withdrawn', ['start', 'withdraw'], HOUR_MS, false, false],
  ])('%s', (_what, names, afterMs, open, past) => {
    const record = recordAfter(names);
    expect([isOpen(record, START + afterMs), cutOffBy(record, START + afterMs) === 'age']).toEqual([
      open,
      past,
    ]);
  });
});

test('an entry that another version wrote is passed over', () => {
  for (const event of Object.values(EVENTS)) expect(isSendEvent(event)).toBe(true);
  for (const entry of [
    {},
    { event: 'start' },
    { send },
    { event: 'start', send: 1 },
    { event: 'pause', send },
  ])
    expect(isSendEvent(entry)).toBe(false);
});

test('a plan has a handle that says nothing, and its requests have keys that have nothing in common', () => {
  expect(planId('a')).toMatch(/^send_[a-z2-7]{16}$/);
  expect(planId('a')).not.toBe(planId('b'));
  const own = { id: 'send_1' };
  const keys = [keyOf(own, 0), keyOf(own, 1), keyOf({ id: 'send_2' }, 0)];
  for (const key of keys) expect(key).toMatch(/^m-[0-9a-f]{40}$/);
  expect(new Set(keys).size).toBe(3);
  expect(keyOf({ ...own, userKey: 'sale' }, 0)).toBe('sale');
  expect(keyOf({ ...own, userKey: 'sale' }, 1)).toBe(keyOf({ id: 'send_2', userKey: 'sale' }, 1));
});

describe('the log of sends', () => {
  function world() {
    let now = START;
    const clock = { now: () => now, monotonic: () => now, sleep: async () => {} };
    const store = createMemoryStore(clock, { lasts: true });
    const log = (change: Partial<AccountState> = {}) =>
      createSendLog({ ...store.account('a'), ...change } as AccountState, clock);
    const advance = (ms: number) => {
      now += ms;
    };
    return { log, advance };
  }
  const planned = (more: Partial<SendPlan> = {}) => {
    const made = plan(more);
    return { event: 'plan', send: made.id, plan: made } as const;
  };

  test('a plan that was only shown is found for an hour, lasts a day, and leaves nothing behind', async () => {
    const { log, advance } = world();
    const one = log();
    await one.write(planned());
    expect(one.shownLately(plan())?.plan.id).toBe('send_1');
    for (const other of [{ fingerprint: 'else' }, { again: true as const }, { userKey: 'k' }])
      expect(one.shownLately(plan(other))).toBeUndefined();
    expect(one.latestOf('print')).toBeUndefined();
    expect([one.started(), one.startedWith('words')]).toEqual([[], []]);
    advance(HOUR_MS - 1);
    expect(one.shownLately(plan())).toBeDefined();
    advance(1);
    expect(one.shownLately(plan())).toBeUndefined();
    expect(one.get('send_1')).toBeDefined();
    advance(23 * HOUR_MS - 1);
    await one.refresh();
    expect(one.get('send_1')).toBeDefined();
    advance(1);
    await one.refresh();
    expect(one.get('send_1')).toBeUndefined();
    await one.write({ event: 'begin', send: 'send_1', request: 0 });
    expect(one.started()).toEqual([]);
  });

  test('one that was started is kept, also when others that were shown with it are forgotten', async () => {
    const { log, advance } = world();
    const one = log();
    for (const id of ['send_1', 'send_2', 'send_3']) {
      await one.write(planned({ id }));
      advance(1_000);
    }
    await one.start(plan({ id: 'send_2' }), undefined);
    advance(24 * HOUR_MS);
    await one.refresh();
    expect(['send_1', 'send_2', 'send_3'].map((id) => one.get(id)?.plan.id)).toEqual([
      undefined,
      'send_2',
      undefined,
    ]);
    expect(one.latestOf('print')?.plan.id).toBe('send_2');
    expect(one.startedWith('words').map((record) => record.plan.id)).toEqual(['send_2']);
    expect(one.startedWith('other')).toEqual([]);
  });

  test('each send has one successor, and which came last is known in every process', async () => {
    const { log } = world();
    const [one, two] = [log(), log()];
    await one.write(planned());
    await two.write(planned({ id: 'send_2' }));
    await one.refresh();
    expect(one.lastStarted('print')).toBeUndefined();
    const [first, second] = await Promise.all([
      one.start(plan(), undefined),
      two.start(plan({ id: 'send_2' }), undefined),
    ]);
    expect(first.plan.id).toBe('send_1');
    expect(second.plan.id).toBe('send_1');
    expect(two.lastStarted('print')).toBe('send_1');
    expect((await two.start(plan({ id: 'send_2' }), 'send_1')).plan.id).toBe('send_2');
    await one.refresh();
    for (const log of [one, two]) {
      expect(log.latestOf('print')?.plan.id).toBe('send_2');
      expect(log.started().map((record) => record.plan.id)).toEqual(['send_1', 'send_2']);
      expect(log.startedWith('words').map((record) => record.plan.id)).toEqual(['send_1', 'send_2']);
    }
    await one.write({ event: 'withdraw', send: 'send_2' });
    expect([one.latestOf('print')?.plan.id, one.lastStarted('print')]).toEqual(['send_1', 'send_2']);
  });

  test('a plan is read once, though it is written twice', async () => {
    const { log } = world();
    const one = log();
    await one.write(planned());
    await one.start(plan(), undefined);
    await one.write(planned());
    expect(one.get('send_1')?.startedAt).toBe(START);
  });

  test('a plan whose beginning cannot be read back is not sent', async () => {
    const { log } = world();
    await expect(log().start(plan(), undefined)).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('a key of the user stands for one message', async () => {
    const { log } = world();
    const [one, two] = [log(), log()];
    await one.claimKey(plan({ userKey: 'mine' }));
    await two.claimKey(plan({ id: 'send_2', userKey: 'mine' }));
    await two.claimKey(plan({ fingerprint: 'other', userKey: 'yours' }));
    await two.claimKey(plan({ fingerprint: 'other' }));
    await expect(two.claimKey(plan({ fingerprint: 'other', userKey: 'mine' }))).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  test('one call at a time may send, in this process and others, and the next after it', async () => {
    const { log } = world();
    const [one, two] = [log(), log()];
    const hold = await one.hold('send_1');
    expect(hold).toBeDefined();
    expect(await one.hold('send_1')).toBeUndefined();
    expect(await two.hold('send_1')).toBeUndefined();
    expect(await two.hold('send_2')).toBeDefined();
    await hold?.release();
    expect(await two.hold('send_1')).toBeDefined();
    let fails = true;
    const weak = log({
      hold: async () => {
        if (fails) throw new Error('away');
        return { release: async () => {} };
      },
    });
    await expect(weak.hold('send_9')).rejects.toThrow('away');
    fails = false;
    expect(await weak.hold('send_9')).toBeDefined();
  });

  test('what could not be written is known to this process alone; a failed reading is tried again', async () => {
    const { log } = world();
    let fails = false;
    const [one, two] = [log(), log()];
    await one.write(planned());
    one.remember({ event: 'start', send: 'send_1', fingerprint: 'print' });
    await two.refresh();
    expect([one, two].map((log) => log.get('send_1')?.startedAt)).toEqual([START, undefined]);
    const { read } = createMemoryStore({ now: () => START }, { lasts: true }).account('a');
    const weak = log({
      read: async (name, after) => {
        if (fails) throw new Error('away');
        return read(name, after);
      },
    });
    fails = true;
    await expect(weak.refresh()).rejects.toThrow('away');
    fails = false;
    await weak.refresh();
  });
});
