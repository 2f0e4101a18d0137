/** A reading beside people, under each kind of limit, through the client and in virtual time. */
import { describe, expect, it, test } from 'vitest';
import { createRateLimiter } from '../../src/sent/rate-limiter.ts';
import type { RateRow } from '../../src/sent/rate-row.ts';
import type { SharedRate } from '../../src/sent/shared-row.ts';
import { client, json } from '../sent/client.ts';
import { createVirtualClock, START } from '../virtual-clock.ts';
import { createLimit, type Limit } from './limit.ts';

const LATENCY_MS = 120;
const AT_ONCE = 6;
const PAGES = 1_000;

const WINDOW = { kind: 'window', perMinute: 200, burst: 200 } as const;
const BUCKET = { kind: 'bucket', perMinute: 200, burst: 50 } as const;
const HEADERS = ['all', 'no reset', 'none'] as const;
const LIMITS: (Limit & { name: string })[] = HEADERS.flatMap((headers) => [
  { ...WINDOW, headers, name: `a window, headers: ${headers}` },
  { ...WINDOW, headers, beginsMs: -40_000, name: `a window that began before, headers: ${headers}` },
  { ...BUCKET, headers, name: `a bucket, headers: ${headers}` },
]);

/** What the limit alone would ask for so many requests, in milliseconds. */
const aloneMs = ({ kind, perMinute, burst }: Limit, requests: number): number =>
  kind === 'window'
    ? Math.floor((requests - 1) / perMinute) * 60_000
    : Math.max(0, ((requests - burst) * 60_000) / perMinute);

/** An account under a limit, its clients, and what they met. */
function account(limit: Limit, wallOffMs = 0) {
  const clock = createVirtualClock();
  clock.setWall(wallOffMs);
  const server = createLimit(limit, clock);
  const refusedOf = { people: 0, reading: 0 };
  const fetch: typeof globalThis.fetch = async (input) => {
    const { pathname } = new URL(new Request(input).url);
    await clock.work(LATENCY_MS / 2);
    const { passes, headers } = server.take();
    await clock.work(LATENCY_MS / 2);
    if (!passes) refusedOf[pathname === '/v3/contacts' ? 'reading' : 'people']++;
    const error = { code: 'BUSINESS_002' };
    return passes
      ? json({ success: true, data: { contacts: [], templates: [] } }, 200, headers)
      : json({ success: false, error }, 429, headers);
  };
  const { sent } = client((...request) => clock.during(fetch(...request)), { clock });

  const read = async (pages: number, signal?: AbortSignal): Promise<number> => {
    let next = 0;
    const worker = async () => {
      while (next++ < pages)
        await sent.listContacts(
          { page: next, pageSize: 100 },
          { background: true, onThrottled: () => {}, signal },
        );
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return clock.trueTime() - START;
  };
  /** So many calls, so often; how long the slowest took. */
  const converse = async (calls: number, everyMs: number, requests = 1): Promise<number> => {
    let slowestMs = 0;
    for (let call = 0; call < calls; call++) {
      const from = clock.monotonic();
      await Promise.all(
        Array.from({ length: requests }, () => sent.listTemplates({ page: 1, pageSize: 100 })),
      );
      slowestMs = Math.max(slowestMs, clock.monotonic() - from);
      await clock.sleep(everyMs);
    }
    return slowestMs;
  };
  return { clock, server, sent, read, converse, refusedOf };
}

describe.each(LIMITS)('under $name', (limit) => {
  test('60 calls of a person beside a reading of 100,000 never wait, and it takes at most 1.4 times what it must', async () => {
    const { read, converse, refusedOf } = account(limit);
    const [tookMs, slowestMs] = await Promise.all([read(PAGES), converse(60, 1_500)]);
    expect(refusedOf).toEqual({ people: 0, reading: 0 });
    expect(slowestMs).toBe(LATENCY_MS);
    expect(tookMs).toBeLessThanOrEqual(1.4 * aloneMs(limit, PAGES));
  });
});

const FROM_REST = LIMITS.filter(({ beginsMs }) => beginsMs === undefined);
describe.each(FROM_REST)('under $name', (limit) => {
  test('calls that make two requests each find room too', async () => {
    const { read, converse, refusedOf } = account(limit);
    const [tookMs, slowestMs] = await Promise.all([read(PAGES), converse(60, 1_500, 2)]);
    expect([refusedOf.people, slowestMs]).toEqual([0, LATENCY_MS]);
    expect(tookMs).toBeLessThanOrEqual(1.4 * aloneMs(limit, PAGES + 120));
  });

  test('a person who comes late, with many calls at once, finds room', async () => {
    const { clock, read, converse, refusedOf } = account(limit);
    const late = clock.sleep(47_000).then(() => converse(3, 10_000, 8));
    const [, slowestMs] = await Promise.all([read(300), late]);
    expect([refusedOf.people, slowestMs]).toEqual([0, LATENCY_MS]);
  });

  test('how long it will take is told to within a third', async () => {
    const { read, sent } = account(limit);
    await sent.listTemplates({ page: 1, pageSize: 1 });
    const toldMs = sent.rate().msUntil(500);
    const tookMs = await read(500);
    expect(toldMs / tookMs).toBeGreaterThan(2 / 3);
    expect(toldMs / tookMs).toBeLessThan(4 / 3);
  });
});

describe.each<Limit>([
  { kind: 'window', perMinute: 60, burst: 60, headers: 'all' },
  { kind: 'window', perMinute: 60, burst: 60, headers: 'no reset' },
  { kind: 'bucket', perMinute: 20, burst: 10, headers: 'all' },
  { kind: 'bucket', perMinute: 20, burst: 10, headers: 'no reset' },
  { kind: 'bucket', perMinute: 600, burst: 100, headers: 'all' },
  { kind: 'bucket', perMinute: 1_200, burst: 50, headers: 'all' },
])('under a $kind of $perMinute a minute, headers: $headers', (limit) => {
  test('it is the same', async () => {
    const { read, converse, refusedOf } = account(limit);
    const [tookMs, slowestMs] = await Promise.all([read(300), converse(20, 6_000)]);
    expect(refusedOf).toEqual({ people: 0, reading: 0 });
    expect(slowestMs).toBe(LATENCY_MS);
    expect(tookMs).toBeLessThanOrEqual(1.4 * aloneMs(limit, 320));
  });
});

it.each([-600_000, 3_600_000])('a wall clock that is off by %i ms changes nothing', async (offMs) => {
  const limit: Limit = { ...WINDOW, headers: 'all', beginsMs: -30_000 };
  const { read, refusedOf } = account(limit, offMs);
  expect(await read(500)).toBe(await account(limit).read(500));
  expect(refusedOf.reading).toBe(0);
});

it('a limit lower than documented is learnt from a refusal, where no header tells it', async () => {
  const { read, refusedOf } = account({ kind: 'window', perMinute: 60, burst: 60, headers: 'none' });
  await read(300);
  expect(refusedOf.reading).toBeLessThan(15);
});

it('a small account is read at once', async () => {
  for (const limit of LIMITS) expect(await account(limit).read(30)).toBeLessThan(1_500);
});

it('somebody who leaves gives up waiting', async () => {
  const { clock, read } = account({ ...BUCKET, headers: 'all' });
  const leave = new AbortController();
  const reading = read(PAGES, leave.signal);
  reading.catch(() => {});
  await clock.sleep(20_000);
  leave.abort();
  await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
  expect(clock.trueTime() - START).toBeLessThan(21_000);
});

describe('several processes that share a row', () => {
  /** A row as a database would keep it: one change after the other, and each takes its time. */
  function sharedRow(clock: ReturnType<typeof createVirtualClock>) {
    let row: RateRow | undefined;
    let turn = Promise.resolve();
    let isDown = false;
    let trips = 0;
    let setBackMs = 0;
    const rate: SharedRate = {
      update(change) {
        const done = turn.then(async () => {
          trips++;
          await clock.sleep(1);
          if (isDown) throw new Error('the database is gone');
          change(row, clock.trueTime() - setBackMs - 1); // As where another process was first.
          row = JSON.parse(JSON.stringify(change(row, clock.trueTime() - setBackMs))) as RateRow;
          return row;
        });
        turn = done.then(
          () => {},
          () => {},
        );
        return done;
      },
    };
    return {
      rate,
      row: () => row,
      trips: () => trips,
      setDown: (down: boolean) => {
        isDown = down;
      },
      setClockBack: (byMs: number) => {
        setBackMs = byMs;
      },
    };
  }

  const MINUTES = 6;
  const sharing = (clock: ReturnType<typeof createVirtualClock>, rate: SharedRate | undefined) => {
    const limiter = createRateLimiter(clock);
    if (rate) limiter.share(rate);
    return limiter;
  };

  /** Some minutes of reading by several processes at once: what was refused, and how much of the limit they used. */
  async function readTogether(limit: Limit, processes: number, share: boolean) {
    const clock = createVirtualClock();
    const server = createLimit(limit, clock);
    const { rate } = sharedRow(clock);
    const isOver = () => clock.trueTime() - START >= MINUTES * 60_000;
    let made = 0;
    const read = async (limiter: ReturnType<typeof createRateLimiter>) => {
      for (;;) {
        await limiter.turn();
        if (isOver()) return;
        made++;
        await clock.sleep(LATENCY_MS / 2);
        const { passes, headers } = server.take();
        await clock.sleep(LATENCY_MS / 2);
        limiter.learn({ status: passes ? 200 : 429, headers: new Headers(headers) });
      }
    };
    const limiters = Array.from({ length: processes }, () => sharing(clock, share ? rate : undefined));
    await Promise.all(limiters.flatMap((limiter) => [read(limiter), read(limiter)]));
    const allowed = limit.perMinute * MINUTES + (limit.kind === 'bucket' ? limit.burst : 0);
    return { refused: server.refused(), used: made / allowed };
  }

  test.each(LIMITS.filter(({ beginsMs }) => beginsMs === undefined))(
    'under $name none is refused, and nine tenths of the limit are used',
    async (limit) => {
      const { refused, used } = await readTogether(limit, 3, true);
      expect(refused).toBe(0);
      expect(used).toBeGreaterThanOrEqual(0.9);
    },
  );

  test('without it they would be', async () => {
    expect((await readTogether({ ...WINDOW, headers: 'none' }, 3, false)).refused).toBeGreaterThan(0);
  });

  test('what one was told holds the others, and people are counted everywhere', async () => {
    const clock = createVirtualClock();
    const { rate, row } = sharedRow(clock);
    const [one, other] = [sharing(clock, rate), sharing(clock, rate)];
    one.count();
    other.count();
    one.learn({ status: 429, headers: new Headers({ 'retry-after': '30' }) });
    await clock.sleep(60);
    expect(row()?.people.at(-1)).toBe(2);
    await other.turn();
    expect(clock.trueTime() - START).toBeGreaterThanOrEqual(30_000);
    expect(other.state().heldForMs).toBe(0);
  });

  test('what nobody waits for is told at leisure or with the next turn, all in one, and before the end', async () => {
    const clock = createVirtualClock();
    const { rate, row, trips } = sharedRow(clock);
    const limiter = sharing(clock, rate);
    for (let n = 0; n < 5; n++) limiter.count();
    await clock.sleep(30);
    expect(trips()).toBe(0); // Nobody waits for it yet.
    await Promise.all([limiter.turn(), limiter.turn(), limiter.turn()]);
    expect([trips(), clock.trueTime() - START]).toEqual([1, 31]);
    limiter.count();
    await clock.sleep(60);
    expect([row()?.sent.reduce((all, one) => all + one), trips()]).toEqual([9, 2]);
    limiter.count();
    await limiter.close();
    expect([row()?.sent.reduce((all, one) => all + one), trips()]).toEqual([10, 3]);
    limiter.count();
    await clock.sleep(60);
    expect(trips()).toBe(3);
  });

  test('while the row cannot be had, each goes by its own', async () => {
    const clock = createVirtualClock();
    const { rate, setDown } = sharedRow(clock);
    const limiter = sharing(clock, rate);
    setDown(true);
    for (let n = 0; n < 60; n++) await limiter.turn();
    const whileDown = clock.trueTime() - START;
    expect(whileDown).toBeGreaterThan(5_000);
    expect(whileDown).toBeLessThan(8_000);
    setDown(false);
    await limiter.turn();
    expect(clock.trueTime() - START - whileDown).toBeLessThan(100);
  });

  test('a row that never answers is waited for once, for a second; nothing piles up for it', async () => {
    const clock = createVirtualClock();
    let asked = 0;
    const limiter = sharing(clock, {
      update() {
        asked++;
        return new Promise(() => {});
      },
    });
    const first = limiter.turn();
    const second = limiter.turn();
    await Promise.all([first, second]);
    expect(clock.trueTime() - START).toBe(1_000);
    for (let n = 0; n < 30; n++) await limiter.turn();
    expect([clock.trueTime() - START, asked]).toEqual([1_000, 1]);
    await limiter.close();
    expect(clock.trueTime() - START).toBe(2_000);
  });

  test('a row of a later time, since the clock was set back, holds nobody up', async () => {
    const clock = createVirtualClock();
    const { rate, setClockBack } = sharedRow(clock);
    const one = sharing(clock, rate);
    one.learn({ status: 429, headers: new Headers({ 'retry-after': '30' }) });
    await clock.sleep(60);
    setClockBack(3_600_000);
    await sharing(clock, rate).turn();
    const passed = clock.trueTime() - START;
    expect([passed >= 30_000, passed < 31_000]).toEqual([true, true]);
  });
});
