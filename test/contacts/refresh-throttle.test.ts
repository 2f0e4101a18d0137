import { expect, test } from 'vitest';
import { createRefreshThrottle } from '../../src/contacts/directory/sync/refresh-throttle.ts';
import { createManualClock } from '../http/manual-clock.ts';
import { room } from './room.ts';

test('pages go one by one, the earliest reading first, and at once where somebody waits', async () => {
  const clock = createManualClock();
  const throttle = createRefreshThrottle(clock);
  const gone: string[] = [];
  let isAwaited = false;
  const ask = (page: string, since: number, isUrgent = () => false) =>
    void throttle(since, isUrgent).then(() => gone.push(page));
  ask('b1', 2);
  ask('b2', 2);
  ask('c1', 3, () => isAwaited);
  ask('a1', 1);
  ask('urgent', 9, () => true);
  await clock.advance(0);
  expect(gone).toEqual(['b1', 'urgent']);
  await clock.advance(66);
  expect(gone).toHaveLength(2);
  await clock.advance(1);
  expect(gone).toEqual(['b1', 'urgent', 'a1']);
  isAwaited = true;
  await clock.advance(67);
  expect(gone).toEqual(['b1', 'urgent', 'a1', 'b2', 'c1']);
  await clock.advance(67);
  ask('d1', 4);
  await clock.advance(0);
  expect(gone.at(-1)).toBe('d1');
});

test.each([
  { delays: [3], pauseMs: 0 },
  { delays: [8], pauseMs: 100 },
  { delays: [5_000, 4], pauseMs: 1_929 },
])(
  'a process that hears of timers $delays ms late leaves $pauseMs ms to calls, and keeps nobody waiting',
  async ({ delays, pauseMs }) => {
    const clock = createManualClock();
    const throttle = createRefreshThrottle(clock);
    const gone: string[] = [];
    let isAwaited = false;
    for (const page of ['first', 'second', 'third'])
      void throttle(1, () => isAwaited && page === 'third').then(() => gone.push(page));
    for (const delay of delays) await clock.advance(1_000 / 15 + delay);
    let waitedMs = 0;
    for (; !gone.includes('second'); waitedMs++) {
      await clock.advance(1);
      isAwaited = waitedMs > 70;
    }
    expect(waitedMs).toBeGreaterThanOrEqual(pauseMs);
    expect(waitedMs).toBeLessThanOrEqual(pauseMs + 1_000 / 15 + 1);
    expect(gone[1]).toBe(pauseMs > 1_000 ? 'third' : 'second');
  },
);

test('a book that still answers is read anew at 15 pages a second; for somebody who waits, as fast as may be', async () => {
  const askedAt: number[] = [];
  const it = room({ contacts: 800, before: () => askedAt.push(it.clock.now()) });
  const tookMs = () => (askedAt.at(-1) ?? 0) - (askedAt[0] ?? 0);
  await it.directory.ready(it.caller());
  expect(tookMs()).toBeLessThan(100);

  await it.clock.sleep(70_000);
  askedAt.length = 0;
  expect((await it.ask({ query: 'sofia' })).complete).toBe(true);
  expect(askedAt.length).toBeLessThan(2);
  await it.settled();
  expect(askedAt.length).toBeGreaterThanOrEqual(8);
  expect(tookMs() / (askedAt.length - 1)).toBeCloseTo(1_000 / 15, 0);

  await it.clock.sleep(70_000);
  askedAt.length = 0;
  await it.ask({ query: 'sofia' });
  await it.directory.readAgain({ maxAgeMs: 1_000, withinMs: 10_000 }, it.caller());
  expect(tookMs()).toBeLessThan(100);
});

test('a reading that has not had its turn holds nothing, and finds that another process has read meanwhile', async () => {
  const it = room({ contacts: 800 });
  await it.directory.ready(it.caller());
  let turn: (() => void) | undefined;
  const waits = room({
    beside: it,
    refreshThrottle: (_, isUrgent) =>
      isUrgent() ? Promise.resolve() : new Promise((resolve) => (turn = resolve)),
  });
  await waits.directory.ready(waits.caller());

  await it.clock.sleep(70_000);
  await waits.ask({ query: 'sofia' });
  expect(turn).toBeDefined();
  await it.ask({ query: 'sofia' });
  await it.settled();
  it.wire();
  turn?.();
  await it.settled();
  expect(it.wire()).toEqual([]);
  expect(waits.directory.state().ageMs).toBeLessThan(20_000);
});

test('the claim of a reading and all of its pages stand in line since it was wanted', async () => {
  const stood = new Set<number>();
  const it = room({ contacts: 800, refreshThrottle: async (since) => void stood.add(since) });
  await it.directory.ready(it.caller());
  await it.clock.sleep(70_000);
  stood.clear();
  const wantedAt = it.clock.monotonic();
  await it.ask({ query: 'sofia' });
  await it.settled();
  expect([...stood]).toEqual([wantedAt]);
});
