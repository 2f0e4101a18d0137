import { describe, expect, it } from 'vitest';
import { createWaitPolicy } from '../../src/contacts/directory/sync/wait-policy.ts';
import { AppError } from '../../src/errors.ts';
import { createVirtualClock, START } from '../virtual-clock.ts';

/** @param rate milliseconds that the limit asks for each page, and for which it holds everything back. */
type Rate = { msAPage: number; heldForMs: number };
function stage(rate: Partial<Rate> = {}) {
  const clock = createVirtualClock(START);
  const { msAPage = 0, heldForMs = 0 } = rate;
  const policy = createWaitPolicy(clock, () => ({ heldForMs, msUntil: (pages) => pages * msAPage }));
  const leaving = new AbortController();
  const progress: number[] = [];
  const caller = { signal: leaving.signal, progress: (done: number) => void progress.push(done) };
  const began = clock.monotonic();
  let isEmpty = false;
  const page = (read: number, left: number, pages = 100) =>
    policy.page({ read, total: pages * 100, left, pages });
  return {
    ...{ clock, policy, leaving, progress, page },
    nothingIsKnown: () => {
      isEmpty = true;
    },
    async until(whole: Promise<void>) {
      const reason = await policy.until(whole, caller, () => isEmpty).catch((error: AppError) => error.code);
      return [reason, (clock.monotonic() - began) / 1000];
    },
  };
}
const never = new Promise<void>(() => {});

describe('whoever waits for a reading goes on', () => {
  it('when it is read, and fails as it fails', async () => {
    const it = stage();
    expect(await it.until(it.clock.sleep(2_000))).toEqual(['read', 2]);
    expect(await it.until(Promise.reject(new AppError('forbidden', 'No.')))).toEqual(['forbidden', 2]);
  });

  it('when the time is up', async () => {
    expect(await stage().until(never)).toEqual(['time is up', 10]);
  });

  it('when they leave', async () => {
    const it = stage();
    void it.clock.sleep(1_000).then(() => it.leaving.abort());
    expect(await it.until(never)).toEqual(['caller left', 1]);
    expect(await it.until(never)).toEqual(['caller left', 1]);
    it.nothingIsKnown();
    expect(await it.until(never)).toEqual(['caller left', 1]);
  });

  it('after a second and a half where it cannot end in time, and not before', async () => {
    const it = stage({ msAPage: 300 });
    void it.clock.sleep(1_000).then(() => it.page(100, 99));
    expect(await it.until(never)).toEqual(['too slow', 1.5]);
    const quick = stage({ msAPage: 300 });
    void quick.clock.sleep(1_000).then(() => quick.page(9_000, 5));
    expect(await quick.until(never)).toEqual(['time is up', 10]);
  });

  it('at the page that shows it, where that comes later', async () => {
    const it = stage({ msAPage: 300 });
    void it.clock.sleep(5_000).then(() => it.page(100, 99));
    expect(await it.until(never)).toEqual(['too slow', 5]);
  });

  it('after a second and a half where another process reads', async () => {
    const it = stage();
    it.nothingIsKnown();
    it.policy.readElsewhere(true);
    expect(await it.until(never)).toEqual(['too slow', 1.5]);
  });

  it('when the limit holds the reading back for longer than anybody waits', async () => {
    expect(await stage({ heldForMs: 16_000 }).until(never)).toEqual(['held back', 0]);
    const later = stage();
    void later.clock
      .sleep(2_000)
      .then(() => later.policy.held(new AppError('rate_limited', 'Wait.', { retryAfterMs: 16_000 })));
    expect(await later.until(never)).toEqual(['held back', 2]);
  });
});

describe('where nothing is known and nothing came', () => {
  it.each<[string, Partial<Rate>, string]>([
    ['the limit is over', { heldForMs: 20_000 }, 'rate_limited'],
    ['the API said nothing', {}, 'unavailable'],
  ])('%s', async (_what, rate, code) => {
    const it = stage(rate);
    it.nothingIsKnown();
    expect((await it.until(never))[0]).toBe(code);
  });

  it('it fails as the page that was held back did; a page that came makes it an answer', async () => {
    const held = stage();
    held.nothingIsKnown();
    held.policy.held(new AppError('rate_limited', 'Wait.'));
    expect((await held.until(never))[0]).toBe('rate_limited');
    const some = stage();
    some.nothingIsKnown();
    void some.clock.sleep(1_000).then(() => some.page(100, 5));
    expect((await some.until(never))[0]).toBe('time is up');
  });
});

describe('progress', () => {
  it('is told at most about forty times, with what was read', async () => {
    const it = stage();
    const done = it.clock.sleep(5_000);
    void it.clock.sleep(1).then(() => {
      for (let n = 1; n <= 400; n++) it.page(n * 100, 400 - n, 400);
    });
    await it.until(done);
    expect(it.progress).toHaveLength(40);
    expect(it.progress.slice(0, 2)).toEqual([1_000, 2_000]);
  });

  it('how long the rest takes follows the limit, and is not known before the first page', () => {
    const it = stage({ msAPage: 300 });
    it.policy.began();
    expect(it.policy.restMs()).toBeUndefined();
    it.page(5_000, 242, 292);
    expect(it.policy.restMs()).toBe(72_600);
    it.page(29_200, 0, 292);
    expect(it.policy.restMs()).toBe(0);
  });

  it('and the speed of this reading, not of one before', async () => {
    const it = stage();
    it.policy.began();
    for (let n = 1; n <= 50; n++) it.page(n * 100, 50 - n, 50);
    await it.clock.sleep(60_000);
    it.policy.began();
    await it.clock.sleep(1_000);
    it.page(100, 23, 24);
    expect(it.policy.restMs()).toBe(3_000);
  });
});
