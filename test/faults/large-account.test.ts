/** Accounts that take long to read: the limit is used to the full, and nobody waits longer than was said. */
import { describe, expect, test } from 'vitest';
import { room } from '../contacts/room.ts';

describe('the rate limit', () => {
  const LIMIT = { perMinute: 200, burst: 50 };

  test('is used to the full and never broken, with room for calls that somebody waits for', async () => {
    const statuses: number[] = [];
    const it = room({
      contacts: 30_000,
      latencyMs: 40,
      rateLimit: LIMIT,
      async change(response) {
        statuses.push(response.status);
        return response;
      },
    });
    const began = it.clock.now();
    const first = await it.ask({ country: 'ES' });
    expect(first.complete).toBe(false);
    expect(it.clock.now() - began).toBeLessThan(4_000);
    let interactive = 0;
    while (!(await it.directory.ready(it.caller())).complete) {
      await Promise.all([it.ask({}), it.ask({ phone_number: '+34600000000' })]);
      interactive += 2;
    }
    const seconds = (it.clock.now() - began) / 1000;
    expect(statuses.filter((status) => status === 429)).toEqual([]);
    // 300 pages and what was asked besides, at 200 a minute after the first 50.
    const least = (it.simulator.requests.length - 50) / (200 / 60);
    expect(interactive).toBeGreaterThan(10);
    expect(seconds).toBeGreaterThanOrEqual(least - 1);
    expect(seconds).toBeLessThan(least * 1.1 + 4);
    for (const { at } of it.simulator.requests) {
      const within = it.simulator.requests.filter((other) => other.at >= at && other.at < at + 60_000).length;
      expect(within).toBeLessThanOrEqual(250);
    }
  });

  test('without headers: waits for what a 429 asks, and gives what is read', async () => {
    const it = room({ contacts: 20_000, latencyMs: 40, rateLimit: false });
    it.simulator.faults.add({
      path: /contacts$/,
      after: 60,
      times: 1,
      kind: { status: 429, code: 'BUSINESS_002', retryAfter: 45 },
    });
    const answer = await it.ask({ group_by: 'country' });
    expect(answer.complete).toBe(false);
    expect(answer.total).toBeGreaterThan(4_000);
    expect(answer.warnings?.[0]).toMatch(/^Only \d+ of 20000 contacts have been read/);
    await it.clock.sleep(150_000);
    expect(it.directory.state()).toMatchObject({ complete: true, read: 20_000 });
  });
});

test('how long the rest takes is said under the rate limit, so that nobody asks again at once', async () => {
  const it = room({ contacts: 30_000, latencyMs: 40, rateLimit: { perMinute: 200, burst: 50 } });
  const { warnings } = await it.ask({ country: 'ES' });
  const seconds = Number(
    /the rest takes about (\d+) s, and a later call has it/.exec(warnings?.[0] ?? '')?.[1],
  );
  expect(seconds).toBeGreaterThan(50);
  expect(seconds).toBeLessThan(110);
  it.directory.close();
});

test('200 ids while the book fills are not as many requests', async () => {
  const it = room({ contacts: 20_000, latencyMs: 40 });
  const some = [...it.simulator.book.all()].slice(8_000, 8_200);
  const reading = it.directory.ready(it.caller());
  await it.clock.sleep(100);
  const began = it.clock.monotonic();
  const keys = some.map(({ id }) => ({ id }));
  const found = await it.contacts.resolve(keys, { maxAgeMs: 60_000, withinMs: 10_000 }, it.caller());
  expect(it.clock.monotonic() - began).toBeLessThanOrEqual(11_000);
  expect(found.people.every((contact) => contact !== undefined)).toBe(true);
  const single = it.simulator.requests.filter(({ path }) => /contacts\/./.test(path));
  expect(single.length).toBeLessThan(20);
  await reading;
});
