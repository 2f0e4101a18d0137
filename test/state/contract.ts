import { describe, expect, test } from 'vitest';
import { AppError } from '../../src/errors.ts';
import type { Entry, Position, StateStore } from '../../src/state/index.ts';

/** Stores that keep in the same place, as processes would; the clock is theirs. */
export type StoreUnderTest = {
  /** Another store on the same place. */
  open(): StateStore;
  advance(ms: number): void;
};

const DAY_MS = 24 * 3_600_000;
const withoutAt = (entries: readonly Entry[]) => entries.map(({ at, ...entry }) => entry);

/** What every store must hold; `start` gives an empty place each time. */
export function stateContract(kind: StateStore['kind'], start: () => Promise<StoreUnderTest>): void {
  const two = async (account = 'acc-1', other = account) => {
    const place = await start();
    return { ...place, a: place.open().account(account), b: place.open().account(other) };
  };

  describe(`the store ${kind}`, () => {
    test('what is appended is read in its order, by every process, with its moment', async () => {
      const { a, b, advance } = await two();
      await a.append('acts', { n: 1, text: 'Zoë\n"quoted"\u2028', deep: { list: [1, null, true] } });
      advance(5);
      await b.append('acts', { n: 2 });
      await a.append('acts', { n: 3 });
      const { entries } = await b.read('acts');
      expect(withoutAt(entries)).toEqual([
        { n: 1, text: 'Zoë\n"quoted"\u2028', deep: { list: [1, null, true] } },
        { n: 2 },
        { n: 3 },
      ]);
      expect((entries[1]?.at ?? 0) - (entries[0]?.at ?? 0)).toBe(5);
      expect((await a.read('acts')).entries).toEqual(entries);
      expect((await a.read('notes')).entries).toEqual([]);
    });

    test('a position gives what came since, each entry once, whoever wrote it', async () => {
      const { a, b } = await two();
      const seen: unknown[] = [];
      let position: Awaited<ReturnType<typeof a.read>>['position'] | undefined;
      const catchUp = async () => {
        const read = await a.read('contacts', position);
        position = read.position;
        seen.push(...read.entries.map(({ n }) => n));
      };
      await catchUp();
      for (let n = 0; n < 20; n++) {
        await (n % 2 ? a : b).append('contacts', { n });
        if (n % 3 === 0) await catchUp();
      }
      await catchUp();
      await catchUp();
      expect(seen).toEqual(Array.from({ length: 20 }, (_, n) => n));
    });

    test('many appends at once lose none', async () => {
      const { a, b } = await two();
      await Promise.all(Array.from({ length: 200 }, (_, n) => (n % 2 ? a : b).append('notes', { n })));
      const { entries } = await a.read('notes');
      expect(entries.map(({ n }) => n as number).sort((x, y) => x - y)).toEqual(
        Array.from({ length: 200 }, (_, n) => n),
      );
    });

    test('a reader among writers at work sees every entry once', async () => {
      const { a, b } = await two();
      const seen: unknown[] = [];
      let position: Awaited<ReturnType<typeof a.read>>['position'] | undefined;
      let isWriting = true;
      const writing = Promise.all(
        Array.from({ length: 60 }, (_, n) => (n % 2 ? a : b).append('contacts', { n })),
      ).finally(() => {
        isWriting = false;
      });
      for (let last = false; !last; ) {
        last = !isWriting;
        const read = await b.read('contacts', position);
        position = read.position;
        seen.push(...read.entries.map(({ n }) => n));
        await new Promise(setImmediate);
      }
      await writing;
      expect(seen.length).toBe(60);
      expect(new Set(seen).size).toBe(60);
    });

    test('of many claims at once one wins, and everybody is told which', async () => {
      const { a, b } = await two();
      const claims = await Promise.all(
        Array.from({ length: 40 }, (_, n) => (n % 2 ? a : b).claim('sends', 'to-all', { n })),
      );
      const winners = claims.filter(({ won }) => won);
      expect(winners).toHaveLength(1);
      expect(new Set(claims.map(({ entry }) => entry.n))).toEqual(new Set([winners[0]?.entry.n]));
      const { entries } = await b.read('sends');
      expect(entries).toEqual([winners[0]?.entry]);
    });

    test('claims of other keys, logs and accounts are others', async () => {
      const { a, b } = await two('acc-1', 'acc-2');
      const won = async (claim: Promise<{ won: boolean }>) => (await claim).won;
      expect(await won(a.claim('sends', 'k', { n: 1 }))).toBe(true);
      expect(await won(a.claim('sends', 'k2', { n: 2 }))).toBe(true);
      expect(await won(a.claim('changes', 'k', { n: 3 }))).toBe(true);
      expect(await won(b.claim('sends', 'k', { n: 4 }))).toBe(true);
      expect(await won(a.claim('sends', 'k', { n: 5 }))).toBe(false);
    });

    test('a log that is read in parts gives each entry once, in order, whatever comes in between', async () => {
      const { a, b, advance } = await two();
      const write = async (from: number) => {
        for (let n = from; n < from + 10; n++)
          await a.append('sends', { n, text: 'x'.repeat((n % 4) * 100) });
        await a.claim('sends', `key ${from}`, { n: from + 10 });
        await a.claim('sends', `key ${from}`, { n: -1 });
      };
      await write(0);
      advance(DAY_MS);
      await write(100);
      for (const bytes of [1, 150, 1_000]) {
        const read: unknown[] = [];
        let position: Position | undefined;
        let isWrittenTo = bytes > 1;
        for (let more = true; more; ) {
          const part = await b.read('sends', position, bytes);
          read.push(...part.entries.map(({ n }) => n));
          ({ position, more = false } = part);
          if (!isWrittenTo) await a.append('sends', { n: 200 });
          isWrittenTo = true;
        }
        read.push(...(await b.read('sends', position)).entries.map(({ n }) => n));
        const whole = (await b.read('sends')).entries.map(({ n }) => n);
        expect(read).toEqual(whole);
        expect(whole.slice(0, 22)).toEqual([
          ...[...Array(11).keys()],
          ...[...Array(11).keys()].map((n) => n + 100),
        ]);
      }
    });

    test('losing claims are never read, neither at once nor with a position', async () => {
      const { a, b } = await two();
      const { position } = await b.read('sends');
      await a.claim('sends', 'k', { n: 1 });
      await b.claim('sends', 'k', { n: 2 });
      await a.append('sends', { n: 3 });
      expect(withoutAt((await b.read('sends', position)).entries)).toEqual([{ n: 1 }, { n: 3 }]);
      expect(withoutAt((await a.read('sends')).entries)).toEqual([{ n: 1 }, { n: 3 }]);
    });

    test('entries expire with their log, and a claim with its entry', async () => {
      const { a, b, advance } = await two();
      await a.append('notes', { n: 0 });
      await a.append('cursors', { n: 1 });
      await a.claim('selections', 'k', { n: 2 });
      await a.append('acts', { n: 3 });
      advance(DAY_MS - 1);
      expect(withoutAt((await b.read('cursors')).entries)).toEqual([{ n: 1 }]);
      expect((await b.claim('selections', 'k', { n: 4 })).won).toBe(false);
      advance(1);
      expect((await b.read('cursors')).entries).toEqual([]);
      expect((await b.read('selections')).entries).toEqual([]);
      expect((await b.claim('selections', 'k', { n: 5 })).won).toBe(true);
      expect((await a.claim('selections', 'k', { n: 6 })).entry.n).toBe(5);
      advance(88 * DAY_MS);
      expect(withoutAt((await b.read('acts')).entries)).toEqual([{ n: 3 }]);
      advance(DAY_MS);
      expect((await b.read('acts')).entries).toEqual([]);
      expect(withoutAt((await b.read('notes')).entries)).toEqual([{ n: 0 }]);
    });

    test('day after day: every entry is read, a position goes on, a claim holds over midnight', async () => {
      const { a, b, advance } = await two();
      let position = (await b.read('sends')).position;
      const seen: unknown[] = [];
      expect((await a.claim('sends', 'first', { n: 0 })).won).toBe(true);
      for (let n = 1; n <= 5; n++) {
        advance(DAY_MS / 2 + 1000);
        await (n % 2 ? a : b).append('sends', { n });
        expect((await (n % 2 ? b : a).claim('sends', 'first', { n: -n })).won).toBe(false);
        const read = await b.read('sends', position);
        position = read.position;
        seen.push(...read.entries.map((entry) => entry.n));
      }
      expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
    });

    test('accounts never see each other', async () => {
      const { a, b } = await two('acc/1', 'acc/2');
      await a.append('notes', { n: 1 });
      await a.saveSnapshot('directory', Uint8Array.of(1));
      const held = await a.hold('reading');
      expect((await b.read('notes')).entries).toEqual([]);
      expect(await b.loadSnapshot('directory')).toBeUndefined();
      expect(await b.hold('reading')).toBeDefined();
      await held?.release();
    });

    test('a hold is had by one at a time, and again after its release', async () => {
      const { a, b } = await two();
      const held = await a.hold('reading');
      expect(held).toBeDefined();
      expect(await b.hold('reading')).toBeUndefined();
      expect(await a.hold('reading')).toBeUndefined();
      const other = await b.hold('other');
      expect(other).toBeDefined();
      await held?.release();
      const next = await b.hold('reading');
      expect(next).toBeDefined();
      await held?.release(); // A second release is nobody else's.
      expect(await a.hold('reading')).toBeUndefined();
      await next?.release();
      await other?.release();
    });

    test('of many that want a hold at once at most one has it', async () => {
      const { a, b } = await two();
      for (let round = 0; round < 5; round++) {
        const tried = await Promise.all(
          Array.from({ length: 6 }, (_, n) => (n % 2 ? a : b).hold(`round-${round}`)),
        );
        expect(tried.filter(Boolean).length).toBeLessThanOrEqual(1);
        await Promise.all(tried.map((held) => held?.release()));
      }
    });

    test('a snapshot is replaced whole, and says when it was saved', async () => {
      const { a, b, advance } = await two();
      expect(await b.loadSnapshot('directory')).toBeUndefined();
      const bytes = Uint8Array.from({ length: 300_000 }, (_, n) => n % 251);
      await a.saveSnapshot('directory', bytes);
      const first = await b.loadSnapshot('directory');
      expect(Buffer.compare(first?.bytes ?? Uint8Array.of(), bytes)).toBe(0);
      advance(1000);
      await b.saveSnapshot('directory', Uint8Array.of(7));
      await a.saveSnapshot('other', Uint8Array.of());
      const second = await a.loadSnapshot('directory');
      expect([...(second?.bytes ?? [])]).toEqual([7]);
      expect((second?.savedAt ?? 0) - (first?.savedAt ?? 0)).toBe(1000);
      expect((await b.loadSnapshot('other'))?.bytes.length).toBe(0);
    });

    test('a shared value is changed by one at a time, and where processes share none there is none', async () => {
      const { open } = await start();
      const [a, b] = [open(), open()];
      expect(a.update !== undefined).toBe(kind === 'postgres');
      if (!a.update || !b.update) return;
      type Count = { n: number; text: string };
      const moments: number[] = [];
      const count = (found: Count | undefined, now: number): Count => {
        moments.push(now);
        return { n: (found?.n ?? 0) + 1, text: 'Zoë "quoted"' };
      };
      const counted = await Promise.all(
        Array.from({ length: 60 }, (_, n) => (n % 2 ? a : b).update?.('acc-1', 'count', count)),
      );
      expect(counted.map((value) => value?.n).sort((x = 0, y = 0) => x - y)).toEqual(
        Array.from({ length: 60 }, (_, n) => n + 1),
      );
      expect(await b.update('acc-1', 'count', count)).toEqual({ n: 61, text: 'Zoë "quoted"' });
      expect((await a.update('acc-2', 'count', count)).n).toBe(1);
      expect((await a.update('acc-1', 'other', count)).n).toBe(1);
      expect(Math.max(...moments) - Math.min(...moments)).toBeLessThan(60_000);
      await open().forget();
      expect((await a.update('acc-1', 'count', count)).n).toBe(1);
    });

    test('the report counts what is there, and forget removes it for everybody', async () => {
      const { open } = await start();
      const store = open();
      const a = store.account('acc-1');
      await a.append('notes', { n: 1 });
      await a.append('notes', { n: 2 });
      await store.account('acc-2').claim('sends', 'k', { n: 3 });
      await a.saveSnapshot('directory', new Uint8Array(1000));
      expect(store.kind).toBe(kind);
      const report = await open().report();
      expect(report).toMatchObject({ accounts: 2, entries: { notes: 2, sends: 1 }, snapshots: 1 });
      expect(report.bytes).toBeGreaterThanOrEqual(1000);
      expect(report.damaged).toEqual([]);
      expect(await open().forget()).toMatchObject({ accounts: 2, entries: { notes: 2, sends: 1 } });
      expect(await store.report()).toMatchObject({ accounts: 0, entries: {}, snapshots: 0, bytes: 0 });
      expect((await a.read('notes')).entries).toEqual([]);
      expect(await a.loadSnapshot('directory')).toBeUndefined();
      await a.append('notes', { n: 4 });
      expect((await open().account('acc-1').read('notes')).entries).toHaveLength(1);
    });

    test('a position from before a forget still gives all that came after it', async () => {
      const { open } = await start();
      const [a, b] = [open().account('acc-1'), open().account('acc-1')];
      await a.append('notes', { n: 1 });
      await a.append('notes', { n: 2 });
      const { position } = await a.read('notes');
      await open().forget();
      await b.append('notes', { n: 3 });
      expect(withoutAt((await a.read('notes', position)).entries)).toEqual([{ n: 3 }]);
    });

    test('a log is told to be unchanged where the store can know, and not a second after another process wrote to it', async () => {
      const { a, b } = await two();
      await a.append('contacts', { n: 1 });
      let { position } = await b.read('contacts');
      const isUnchanged = () => b.isUnchanged('contacts', position);
      if (kind !== 'postgres') return expect(isUnchanged()).toBe(false);
      const readOn = async () => {
        ({ position } = await b.read('contacts', position));
        return isUnchanged();
      };
      for (const n of [2, 3]) {
        await expect.poll(readOn, { timeout: 5_000 }).toBe(true);
        await a.append('notes', { n });
        expect(await readOn()).toBe(true);
        await a.append('contacts', { n });
        await expect.poll(isUnchanged, { timeout: 1_000, interval: 20 }).toBe(false);
      }
      expect(withoutAt((await b.read('contacts')).entries)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    });
  });
}

/** The code with which something fails, and its words. */
export async function failureOf(
  work: Promise<unknown>,
): Promise<{ code: string; message: string; next: string }> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, message: error.message, next: error.next };
    throw error;
  }
  throw new Error('It did not fail.');
}
