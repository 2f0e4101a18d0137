import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBook } from '../../src/contacts/book/book.ts';
import { pack, unpack } from '../../src/contacts/book/columns/packed.ts';
import { createSnapshots } from '../../src/contacts/directory/snapshots.ts';
import { readCriteria } from '../../src/contacts/question/criteria.ts';
import { readGroupBy } from '../../src/contacts/question/grouping.ts';
import { AppError } from '../../src/errors.ts';
import { createMemoryStore } from '../../src/state/memory.ts';
import type { AccountState } from '../../src/state/state.ts';
import { json } from '../sent/client.ts';
import { createVirtualClock } from '../virtual-clock.ts';
import { contacts, NOW, question, RUNS } from './arbitrary.ts';
import { room, START } from './room.ts';

const HOUR_MS = 3_600_000;
const fresh = (n: number) => `+99900000${String(n).padStart(3, '0')}`;

describe('a book as bytes', () => {
  it('is the same book again, and goes on as one', () => {
    fc.assert(
      fc.property(contacts(30), contacts(10), question, (list, later, asked) => {
        const book = createBook();
        for (const one of list) book.put(one);
        for (const one of list.slice(0, 5)) book.remove(one.id);
        const packed = unpack(pack(book.save(), 1), 1);
        const again = createBook();
        again.put({
          phone_number: '+34600000000',
          available_channels: [],
          ...list[0],
          id: 'before',
        } as never);
        if (packed === undefined) throw new Error('not read');
        again.load(packed);
        for (const one of later) for (const both of [book, again]) both.put(one);
        const criteria = readCriteria(asked, NOW);
        expect(again.size).toBe(book.size);
        expect(again.search(criteria, 'phone_number', 50)).toEqual(book.search(criteria, 'phone_number', 50));
        const by = readGroupBy('metadata.tags');
        expect(again.group(criteria, by)).toEqual(book.group(criteria, by));
        for (const { id, phone_number } of [...list, ...later]) {
          expect(again.get(id)).toEqual(book.get(id));
          expect(again.has({ phone: phone_number })).toBe(book.has({ phone: phone_number }));
        }
        expect(again.get('before')).toBeUndefined();
      }),
      { ...RUNS, numRuns: 60 },
    );
  });

  it('is not read where a byte of it is damaged, it is cut off, or of another version', () => {
    const book = createBook();
    fc.sample(contacts(20), { ...RUNS, numRuns: 1 })
      .flat()
      .forEach((one) => void book.put(one));
    const bytes = pack(book.save(), 1);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = Uint8Array.from(bytes);
        damaged[at] = (damaged[at] ?? 0) ^ change;
        expect(unpack(damaged, 1)).toBeUndefined();
        expect(unpack(bytes.subarray(0, at), 1)).toBeUndefined();
      }),
      RUNS,
    );
    expect(unpack(bytes, 2)).toBeUndefined();
    expect(unpack(bytes, 1)).toBeDefined();
  });
});

describe('what is kept of an account', () => {
  const FACTS = { asOf: START, tookMs: 2_000, missing: 1 };
  const stage = (change: Partial<AccountState> = {}) => {
    const clock = createVirtualClock(START);
    const state = { ...createMemoryStore(clock, { lasts: true }).account('a'), ...change };
    const told: object[] = [];
    const snapshots = createSnapshots(state, clock, async (kept) => void told.push(kept));
    const book = createBook();
    fc.sample(contacts(9), { ...RUNS, numRuns: 5 })
      .flat()
      .forEach((one) => void book.put(one));
    return { ...{ clock, state, told, snapshots, book }, save: () => snapshots.save(book, FACTS) };
  };
  const keeping = (facts: Record<string, unknown>) => pack({ ...createBook().save(), facts }, 1);
  const failing = (error: Error) => async () => {
    throw error;
  };
  const unavailable = new AppError('unavailable', 'The disk is full.');
  const bug = new TypeError('a mistake of ours');

  it('is the book, with its age, where it is newer than what is known', async () => {
    const { clock, snapshots, book, save } = stage();
    expect(await snapshots.load(createBook(), 0)).toBeUndefined();
    await save();
    await clock.sleep(HOUR_MS);
    const again = createBook();
    expect(await snapshots.load(again, START)).toBeUndefined();
    expect(again.size).toBe(0);
    const at = { wall: START, monotonic: clock.monotonic() - HOUR_MS };
    expect(await snapshots.load(again, START - 1)).toEqual({ ...FACTS, at });
    expect([...again.phones()]).toEqual([...book.phones()]);
    clock.setWall(-2 * HOUR_MS);
    expect((await snapshots.load(again, 0))?.at.monotonic).toBe(clock.monotonic());
  });

  it('is written every half minute at most, never twice at once, and others are told of it', async () => {
    let writes = 0;
    let tookMs = 0;
    const it = stage({
      async saveSnapshot() {
        writes++;
        await it.clock.sleep(tookMs);
        if (writes === 3) throw unavailable;
      },
    });
    const writesAfter = async (ms: number) => {
      await it.clock.sleep(ms);
      await it.save();
      return writes;
    };
    expect([await writesAfter(0), await writesAfter(29_999), await writesAfter(1)]).toEqual([1, 1, 2]);
    expect(it.told).toEqual([FACTS, FACTS]);
    tookMs = 70_000;
    const third = writesAfter(30_000);
    expect(await writesAfter(65_000)).toBe(3);
    await third;
    expect(it.told).toHaveLength(2);
    expect(await writesAfter(0)).toBe(4);
  });

  it.each<[what: string, bytes: Uint8Array]>([
    ['nothing', keeping({})],
    ['null', keeping({ kept: null })],
    ...['asOf', 'tookMs', 'missing'].map((name): [string, Uint8Array] => [
      `no number as ${name}`,
      keeping({ kept: { ...FACTS, [name]: '1' } }),
    ]),
  ])('is none where it says %s of the account', async (_what, bytes) => {
    const { snapshots, state, book } = stage();
    await state.saveSnapshot('directory', bytes);
    const before = book.size;
    expect(await snapshots.load(book, 0)).toBeUndefined();
    expect(book.size).toBe(before);
  });

  it('is neither read nor written where nothing lasts, and nobody else reads the account', async () => {
    const { state, snapshots, book, save } = stage({ lasts: false });
    await save();
    expect(await state.loadSnapshot('directory')).toBeUndefined();
    await state.saveSnapshot(
      'directory',
      pack({ ...book.save(), facts: { ...book.save().facts, kept: FACTS } }, 1),
    );
    expect(await snapshots.load(createBook(), 0)).toBeUndefined();
    await state.hold('directory');
    expect(await snapshots.claimReading()).toBeDefined();
  });

  it('where it cannot be had, the account is read all the same; a mistake of ours is not hidden', async () => {
    const all = (error: Error) =>
      stage({ loadSnapshot: failing(error), saveSnapshot: failing(error), hold: failing(error) });
    const full = all(unavailable);
    expect(await full.snapshots.load(full.book, 0)).toBeUndefined();
    await full.save();
    expect(await full.snapshots.claimReading()).toBeDefined();
    const wrong = all(bug);
    await expect(wrong.snapshots.load(wrong.book, 0)).rejects.toBe(bug);
    await expect(wrong.save()).rejects.toBe(bug);
    await expect(wrong.snapshots.claimReading()).rejects.toBe(bug);
  });

  it('is read by one process at a time', async () => {
    const { snapshots } = stage();
    const hold = await snapshots.claimReading();
    expect(await snapshots.claimReading()).toBeUndefined();
    await hold?.release();
    expect(await snapshots.claimReading()).toBeDefined();
  });
});

describe('after a restart', () => {
  it('the account answers at once from what was kept, with its age, while it is read anew', async () => {
    const before = room({ contacts: 500 });
    await before.ask({ group_by: 'country' });
    before.simulator.book.add(fresh(1));
    await before.clock.sleep(26 * HOUR_MS);
    before.wire();
    const after = room({ beside: before });
    const began = after.clock.monotonic();
    const first = await after.ask({ group_by: 'opt_out' });
    expect(first).toMatchObject({ total: 500, complete: true, as_of: new Date(START).toISOString() });
    expect(after.clock.monotonic() - began).toBeLessThan(300);
    await after.settled();
    const later = await after.ask({ group_by: 'opt_out' });
    expect(later.total).toBe(501);
    expect(later).not.toHaveProperty('as_of');
  });

  it('what was changed since it was kept is laid over it', async () => {
    const before = room({ contacts: 500 });
    await before.ask({ country: 'ES' });
    const [gone, other] = before.directory.book.search(
      readCriteria({ opt_out: false }, NOW),
      'newest',
      2,
    ).contacts;
    if (!gone || !other) throw new Error('nobody there');
    await before.clock.sleep(1000);
    await before.directory.recordRemoval(gone.id);
    await before.directory.recordChange({ ...other, opt_out: true });
    await before.clock.sleep(10 * 60_000);
    const after = room({ beside: before });
    await after.directory.catchUp();
    expect(after.directory.book.get(gone.id)).toBeUndefined();
    expect(after.directory.book.get(other.id)?.opt_out).toBe(true);
    expect(after.directory.book.size).toBe(499);
  });

  it('what was changed before it was read is not', async () => {
    const before = room({ contacts: 500 });
    await before.ask({ country: 'ES' });
    const [one] = before.directory.book.search(readCriteria({ opt_out: false }, NOW), 'newest', 1).contacts;
    if (!one) throw new Error('nobody there');
    await before.directory.recordChange({ ...one, opt_out: true });
    await before.clock.sleep(2 * 60_000);
    await before.ask({ country: 'ES' });
    await before.settled();
    const after = room({ beside: before });
    await after.directory.catchUp();
    expect(after.directory.book.get(one.id)?.opt_out).toBe(false);
  });

  it('a damaged copy is ignored', async () => {
    const before = room({ contacts: 500 });
    await before.ask({ country: 'ES' });
    await before.clock.sleep(HOUR_MS);
    const damaged = {
      ...before.state,
      async loadSnapshot(name: string) {
        const kept = await before.state.loadSnapshot(name);
        const bytes = Uint8Array.from(kept?.bytes ?? []);
        bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
        return kept && { ...kept, bytes };
      },
    };
    const after = room({ beside: before, state: damaged });
    const answer = await after.ask({ group_by: 'opt_out' });
    expect(answer).toMatchObject({ total: 500, complete: true });
    expect(answer).not.toHaveProperty('as_of');
  });

  it('an account that shows nothing now is not believed to have emptied', async () => {
    const before = room({ contacts: 600 });
    await before.ask({ country: 'ES' });
    await before.clock.sleep(HOUR_MS);
    let empty = 1;
    const after = room({
      beside: before,
      async change(response) {
        const page = (await response.clone().json()) as { data?: { contacts?: unknown } };
        if (page.data?.contacts === undefined || empty-- <= 0) return response;
        const pagination = { page: 1, page_size: 100, total_count: 0, total_pages: 0, has_more: false };
        return json({ success: true, data: { contacts: [], pagination } });
      },
    });
    expect((await after.ask({ group_by: 'opt_out' })).total).toBe(600);
    await after.settled();
    expect((await after.ask({ group_by: 'opt_out' })).total).toBe(600);
  });
});

describe('where what lasts does not answer', () => {
  it.each([
    ['when that is done', 0],
    ['while it goes on', 6_000],
  ])('the account is read all the same, and nothing comes over it later, %s', async (_when, delayMs) => {
    const before = room({ contacts: 500 });
    await before.ask({ country: 'ES' });
    await before.clock.sleep(HOUR_MS);
    before.simulator.book.add(fresh(1));
    const slow = {
      ...before.state,
      async read(...args: Parameters<typeof before.state.read>) {
        await before.clock.sleep(20_000);
        return before.state.read(...args);
      },
    };
    const after = room({ beside: before, state: slow });
    before.simulator.faults.add({ kind: { delayMs } });
    const began = after.clock.monotonic();
    await after.directory.ready(after.caller());
    expect(after.clock.monotonic() - began).toBeLessThan(25_000);
    await after.clock.sleep(HOUR_MS / 60);
    expect(after.directory.state()).toMatchObject({ read: 501, complete: true });
  });

  it('nor is what was kept believed where nobody can say what has changed since', async () => {
    const before = room({ contacts: 500 });
    await before.ask({ country: 'ES' });
    await before.clock.sleep(HOUR_MS);
    before.simulator.book.add(fresh(1));
    const read = async () => {
      throw new AppError('unavailable', 'The log cannot be read.');
    };
    const after = room({ beside: before, state: { ...before.state, read } });
    expect(await after.directory.ready(after.caller())).toMatchObject({ read: 501, complete: true });
  });
});

describe('two processes of one account', () => {
  it('one reads, the other loads what it has read', async () => {
    const first = room({ contacts: 800, latencyMs: 100 });
    const second = room({ beside: first });
    const [one, other] = await Promise.all([
      first.ask({ group_by: 'opt_out' }),
      second.ask({ group_by: 'opt_out' }),
    ]);
    expect([one.total, other.total]).toEqual([800, 800]);
    expect(first.wire().length).toBeLessThan(12);
  });

  it('what one has just read anew the other does not read again', async () => {
    const first = room({ contacts: 500 });
    const second = room({ beside: first });
    await first.ask({ group_by: 'opt_out' });
    await second.ask({ group_by: 'opt_out' });
    await first.clock.sleep(90_000);
    first.simulator.book.add(fresh(1));
    await first.ask({ group_by: 'opt_out' });
    await first.settled();
    first.wire();
    await second.ask({ group_by: 'opt_out' });
    await second.clock.sleep(1_000);
    expect((await second.ask({ group_by: 'opt_out' })).total).toBe(501);
    expect(first.wire()).toEqual([]);
  });

  it('a copy from before a change of unknown outcome does not count as the latest', async () => {
    const first = room({ contacts: 500 });
    await first.ask({ group_by: 'opt_out' });
    const second = room({ beside: first });
    await second.clock.sleep(1_000);
    second.directory.invalidate();
    first.simulator.book.add(fresh(1));
    expect((await second.ask({ group_by: 'opt_out' })).total).toBe(501);
  });

  it.each<[what: string, knownAt: string | undefined, toldAt: string | undefined, isApplied: boolean]>([
    ['older than what is known', '2026-11-02T00:00:00Z', '2026-11-01T00:00:00Z', false],
    ['as old', '2026-11-02T00:00:00Z', '2026-11-02T00:00:00Z', true],
    ['newer', '2026-11-02T00:00:00Z', '2026-11-03T00:00:00Z', true],
    ['without a time', '2026-11-02T00:00:00Z', undefined, true],
    ['of somebody who was never updated', undefined, '2026-11-01T00:00:00Z', true],
  ])('a change that is %s is taken: %j, %j: %s', async (_what, knownAt, toldAt, isApplied) => {
    const first = room({ contacts: 400 });
    const second = room({ beside: first });
    await second.ask({ opt_out: true });
    const { contacts: [one] = [] } = await second.ask({ opt_out: false });
    if (!one) throw new Error('nobody there');
    await second.directory.recordChange({ ...one, updated_at: knownAt });
    await first.directory.recordChange({ ...one, opt_out: true, updated_at: toldAt });
    await second.directory.catchUp();
    expect(second.directory.book.get(one.id)?.opt_out).toBe(isApplied);
  });

  it('a small account is read by each, whoever reads it meanwhile', async () => {
    const first = room({ contacts: 250 });
    await first.ask({ group_by: 'opt_out' });
    await first.clock.sleep(10_000);
    await first.state.hold('directory');
    first.simulator.book.add(fresh(1));
    const began = first.clock.monotonic();
    expect((await first.ask({ group_by: 'opt_out' })).total).toBe(251);
    expect(first.clock.monotonic() - began).toBeLessThan(1_000);
  });

  it('where the one that reads dies, the other reads', async () => {
    const first = room({ contacts: 500 });
    const hold = await first.state.hold('directory');
    const second = room({ beside: first });
    const answer = second.ask({ group_by: 'opt_out' });
    await first.clock.sleep(1_000);
    await hold?.release();
    expect(await answer).toMatchObject({ total: 500, complete: true });
  });

  it('and is waited for as long as any reading', async () => {
    const first = room({ contacts: 700 });
    const hold = await first.state.hold('directory');
    const second = room({ beside: first });
    const reading = second.directory.ready(second.caller());
    await first.clock.sleep(1_000);
    await hold?.release();
    first.simulator.faults.add({ kind: { delayMs: 2_000 } });
    await reading;
    expect(await second.directory.ready(second.caller())).toMatchObject({ read: 700, complete: true });
  });

  it('one that waits for the other answers early, with what the API finds', async () => {
    const first = room({ contacts: 500 });
    await first.state.hold('directory');
    const second = room({ beside: first });
    const began = second.clock.monotonic();
    const last = [...first.simulator.book.all()].at(-1);
    const answer = await second.ask({ query: last?.e164.slice(-7) ?? '' });
    expect(second.clock.monotonic() - began).toBeLessThan(6_000);
    expect(answer.complete).toBe(false);
    expect(answer.contacts.map(({ id }) => id)).toContain(last?.id);
    second.directory.close();
  });
});
