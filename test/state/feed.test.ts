/** When a log is known to be unchanged, by what PostgreSQL tells a process that listens. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createFeed } from '../../src/state/postgres/feed.ts';
import type { Position } from '../../src/state/state.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const BY = 'instance-1';
const at = (seq: number) => String(seq) as Position;

/** A database that tells what it is made to tell; `isDeaf` is a pooler that lets no notification through. */
function listening() {
  type Options = { onnotify(channel: string, payload: string): void; onclose(): void };
  const connections: Options[] = [];
  const it = { isDeaf: false, fails: false, open: 0, connections };
  const connect = async (options: object) => {
    connections.push(options as Options);
    it.open++;
    const beat = async (_: readonly string[], channel: string, payload: string) => {
      if (!it.isDeaf) (options as Options).onnotify(channel, payload);
    };
    const listen = async () => {
      if (it.fails) throw new Error('refused');
    };
    return Object.assign(beat, { unsafe: listen, end: async () => void it.open-- });
  };
  const feed = createFeed({ connect } as never, BY);
  const isUnchanged = (seq: number, account = 'a') => feed.isUnchanged(account, 'notes', at(seq));
  const after = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  return {
    ...{ feed, it, after, isUnchanged },
    read: (seq: number) => feed.reads('a', 'notes')(at(seq)),
    told: (seq: number, account = 'a', log = 'notes') =>
      connections.at(-1)?.onnotify('sent_contacts_mcp', JSON.stringify([account, log, seq])),
    /** Asks as often as calls do, until it listens and has heard itself. */
    async start() {
      for (let n = 0; n < 5; n++) isUnchanged(1);
      await after(0);
    },
  };
}

test('it listens from five questions a second on, and no longer when nobody has asked for half a minute', async () => {
  const { it, after, isUnchanged } = listening();
  for (let second = 0; second < 3; second++) {
    for (let n = 0; n < 4; n++) isUnchanged(1);
    await after(1_001);
  }
  expect(it.connections).toHaveLength(0);
  for (let n = 0; n < 5; n++) isUnchanged(1);
  await after(29_000);
  expect(it).toMatchObject({ open: 1, connections: [{}] });
  await after(2_000);
  expect(it.open).toBe(0);
});

test('a log is unchanged from a reading on that began while it was listened to', async () => {
  const { feed, start, read, told, isUnchanged } = listening();
  read(5);
  const early = feed.reads('a', 'notes');
  await start();
  early(at(5));
  expect(isUnchanged(5)).toBe(false);
  read(5);
  read(6); // Another log of the account has gone on.
  expect(isUnchanged(5)).toBe(true);
  expect([isUnchanged(4), isUnchanged(5, 'b'), feed.isUnchanged('a', 'contacts', at(5))]).toEqual([
    false,
    false,
    false,
  ]);
  told(8, 'b');
  told(9, 'a', 'contacts');
  expect(isUnchanged(5)).toBe(true);
  told(7);
  told(6); // Order is the database's; the highest counts.
  expect([isUnchanged(5), isUnchanged(6), isUnchanged(7)]).toEqual([false, false, true]);
});

test('what is told while a log is read is in the reading or makes it old', async () => {
  const { feed, start, told, isUnchanged } = listening();
  await start();
  const [first, second] = [feed.reads('a', 'notes'), feed.reads('a', 'notes')];
  told(7);
  first(at(5));
  expect(isUnchanged(5)).toBe(false);
  second(at(7));
  expect(isUnchanged(7)).toBe(true);
});

test('nothing is known for longer than a second after the last beat that came back', async () => {
  const { it, start, read, after, isUnchanged } = listening();
  await start();
  read(5);
  await after(5_000);
  expect(isUnchanged(5)).toBe(true);
  it.isDeaf = true;
  await after(1_001);
  expect(isUnchanged(5)).toBe(false);
  it.isDeaf = false;
  await after(300);
  expect(isUnchanged(5)).toBe(true);
});

test('after a lost connection it listens again, and what was read before is not relied on', async () => {
  const { it, start, read, after, isUnchanged } = listening();
  await start();
  read(5);
  await after(600);
  it.connections[0]?.onclose();
  expect(isUnchanged(5)).toBe(false);
  await after(300);
  await start();
  expect(it.connections).toHaveLength(2);
  expect(isUnchanged(5)).toBe(false);
  read(5);
  expect(isUnchanged(5)).toBe(true);
  it.connections[0]?.onclose(); // Told once more of the old one.
  expect(isUnchanged(5)).toBe(true);
});

test('closed while it connects, it leaves no connection', async () => {
  const { feed, it, after, isUnchanged } = listening();
  for (let n = 0; n < 5; n++) isUnchanged(1);
  await feed.close();
  await after(1_000);
  expect(it).toMatchObject({ open: 0, connections: [{}] });
});

test.each(['isDeaf', 'fails'] as const)(
  'where it %s, it is given up and tried again after half a minute',
  async (way) => {
    const { feed, it, start, read, after, isUnchanged } = listening();
    it[way] = true;
    await start();
    read(5);
    for (let seconds = 0; seconds < 29; seconds++) {
      await after(1_000);
      expect(isUnchanged(5)).toBe(false);
      await start();
    }
    expect(it).toMatchObject({ open: 0, connections: [{}] });
    it[way] = false;
    await after(5_000);
    await start();
    read(5);
    expect(isUnchanged(5)).toBe(true);
    expect(it).toMatchObject({ open: 1, connections: [{}, {}] });
    await feed.close();
    expect(it.open).toBe(0);
    await after(31_000);
    await start();
    expect(it.connections).toHaveLength(2);
  },
);
