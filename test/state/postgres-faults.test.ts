/** The database away, restarted, refused, behind a pooler; and several servers that begin at once. */
import { connect as connectTo, createServer, type Socket } from 'node:net';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createPostgresStore, type Position, type StateStore } from '../../src/state/index.ts';
import { type PostgresServer, startPostgres } from '../postgres-server.ts';
import { failureOf } from './contract.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.remove());
const stores: StateStore[] = [];
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close().catch(() => {})));
});
const open = (address: string): StateStore => {
  const store = createPostgresStore(address, { clock: { now: Date.now }, newId: () => crypto.randomUUID() });
  stores.push(store);
  return store;
};
const numbers = async (store: StateStore) =>
  (await store.account('acc').read('notes')).entries.map(({ n }) => n);
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A way to the database that can be cut, swallow everything, or close each connection after LISTEN. */
async function wayTo(address: string) {
  const target = new URL(address);
  const sockets = new Set<Socket>();
  let isSwallowing = false;
  let refuses: string | undefined;
  const proxy = createServer((near) => {
    const far = connectTo(Number(target.port), target.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy()).on('close', () => to.destroy());
      from.on('data', (data) => {
        if (from === near && refuses !== undefined && data.includes(refuses)) return near.destroy();
        if (!isSwallowing) to.write(data);
      });
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const through = new URL(address);
  through.port = String((proxy.address() as { port: number }).port);
  return {
    address: through.href,
    cut: () => sockets.forEach((socket) => void socket.destroy()),
    swallow: (yes: boolean) => {
      isSwallowing = yes;
    },
    refuse: (text: string) => {
      refuses = text;
    },
    close: () => proxy.close(),
  };
}

test('ten servers that begin at once make the schema once', async () => {
  const address = await server.createDatabase();
  await Promise.all(
    Array.from({ length: 10 }, (_, n) => open(address).account('acc').append('notes', { n })),
  );
  expect((await numbers(open(address))).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const sql = postgres(address, { max: 1 });
  expect(await sql`select number from sent_contacts_mcp.version`).toHaveLength(1);
  await sql`update sent_contacts_mcp.version set number = 999`;
  await sql.end();
  expect(await failureOf(open(address).account('acc').append('notes', {}))).toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('a later version of this server'),
  });
});

test('claims and entries of four servers at once: each key once, no entry lost, none out of order', async () => {
  const address = await server.createDatabase();
  const states = Array.from({ length: 4 }, () => open(address).account('acc'));
  const reader = open(address).account('acc');
  const seen: unknown[] = [];
  let position: Awaited<ReturnType<typeof reader.read>>['position'] | undefined;
  let isDone = false;
  const reading = (async () => {
    for (let last = false; !last; ) {
      last = isDone;
      const read = await reader.read('sends', position);
      position = read.position;
      seen.push(...read.entries.map(({ key }) => key));
    }
  })();
  const won = await Promise.all(
    states.map(async (state, by) => {
      const mine: number[] = [];
      for (let n = 0; n < 60; n++)
        if ((await state.claim('sends', `k${n}`, { key: n, by })).won) mine.push(n);
      return mine;
    }),
  );
  isDone = true;
  await reading;
  const all = Array.from({ length: 60 }, (_, n) => n);
  expect(won.flat().sort((a, b) => a - b)).toEqual(all);
  expect(seen.map(Number).sort((a, b) => a - b)).toEqual(all);
});

test('connections that end in the middle cost neither the process nor a snapshot', async () => {
  const address = await server.createDatabase();
  const state = open(address).account('acc');
  const other = postgres(address, { max: 1 });
  const others = async () => {
    await other`select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()`;
  };
  let saved = 0;
  for (let n = 1; n <= 4; n++) {
    const saving = state.saveSnapshot('directory', Buffer.alloc(12_000_000, n)).then(
      () => {
        saved = n;
      },
      () => {},
    );
    await wait(10 * n);
    await others();
    await saving;
  }
  expect(saved).toBeGreaterThan(0);
  expect((await state.loadSnapshot('directory'))?.bytes[11_999_999]).toBe(saved);
  await other.end();
});

test('after a crash that took the last selections, nobody misses what is written next', async () => {
  const address = await server.createDatabase();
  const [state, reader] = [open(address).account('acc'), open(address).account('acc')];
  await state.append('notes', { n: 1 });
  const sql = postgres(address, { max: 1 });
  const [before] = await sql`select seq from sent_contacts_mcp.account`;
  for (let n = 0; n < 3; n++) await state.append('selections', { handle: `sel_${n}` });
  const { position } = await reader.read('notes');
  await sql`delete from sent_contacts_mcp.entry where log = 'selections'`;
  await sql`update sent_contacts_mcp.account set seq = ${before?.seq}`;
  await state.append('notes', { n: 2 });
  await state.claim('notes', 'k', { n: 3 });
  expect((await reader.read('notes', position)).entries.map(({ n }) => n)).toEqual([2, 3]);
  await sql.end();
});

test('parts of a snapshot that never came to its end are removed after a day, and no others', async () => {
  const address = await server.createDatabase();
  const first = open(address).account('acc');
  await first.saveSnapshot('directory', Buffer.alloc(5_000_000, 1));
  const sql = postgres(address, { max: 1 });
  const addPart = (at: number) => sql`
    insert into sent_contacts_mcp.snapshot_part (version, part, bytes, at) values (${crypto.randomUUID()}, 0, 'x', ${at})`;
  await addPart(Date.now() - 25 * 3_600_000);
  await addPart(Date.now());
  await sql`update sent_contacts_mcp.snapshot_part set at = 0 where part = 1`; // As one of an earlier version.
  await open(address).account('acc').append('notes', {}); // A process looks at its first write.
  const parts = async () => (await sql`select from sent_contacts_mcp.snapshot_part`).length;
  for (let n = 0; n < 50 && (await parts()) > 3; n++) await wait(50);
  expect(await parts()).toBe(3);
  expect((await first.loadSnapshot('directory'))?.bytes).toHaveLength(5_000_000);
  await sql.end();
});

/** Reads the notes on as often as calls do, for 2 s, until it is known that nobody has written since. */
async function isKnown(store: StateStore): Promise<Position | undefined> {
  const state = store.account('acc');
  for (let n = 0; n < 40; n++) {
    const { position } = await state.read('notes');
    if (state.isUnchanged('notes', position)) return position;
    await wait(50);
  }
  return undefined;
}
const staysKnown = (store: StateStore, position: Position | undefined) =>
  expect.poll(() => position && store.account('acc').isUnchanged('notes', position), { timeout: 1_500 });

test('a restart of the database passes unnoticed; holds go on, and nothing that was not heard is taken for unchanged', async () => {
  const address = await server.createDatabase();
  const [a, b] = [open(address), open(address)];
  const before = await isKnown(b);
  expect(before).toBeDefined();
  await a.account('acc').append('notes', { n: 1 });
  const held = await a.account('acc').hold('reading');
  expect(held).toBeDefined();
  await server.stop();
  await staysKnown(b, before).toBe(false);
  const writing = a.account('acc').append('notes', { n: 2 });
  const claiming = b.account('acc').claim('sends', 'k', { n: 3 });
  await wait(300);
  await server.start();
  await writing;
  expect((await claiming).won).toBe(true);
  expect(await numbers(b)).toEqual([1, 2]);
  expect(await b.account('acc').hold('reading')).toBeUndefined();
  await held?.release();
  const next = await b.account('acc').hold('reading');
  expect(next).toBeDefined();
  await next?.release();
  expect(b.account('acc').isUnchanged('notes', before as Position)).toBe(false);
}, 40_000);

test('away, it is told and nothing is written; back again, it heals by itself', async () => {
  const address = await server.createDatabase();
  const store = open(address);
  await store.account('acc').append('notes', { n: 1 });
  await server.stop();
  const failure = await failureOf(store.account('acc').append('notes', { n: 2 }));
  expect(failure).toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(/^The database for what lasts cannot be reached \(\w+\)\.$/),
  });
  expect(JSON.stringify(failure)).not.toMatch(/hunter2|127\.0\.0\.1|sent:/);
  const startedAt = performance.now();
  await failureOf(store.account('acc').read('notes'));
  await failureOf(store.account('acc').claim('sends', 'k', { n: 3 }));
  expect(performance.now() - startedAt).toBeLessThan(3000); // Nobody waits for what is known to be away.
  await server.start();
  await store.account('acc').append('notes', { n: 4 });
  expect(await numbers(store)).toEqual([1, 4]);
  expect((await store.account('acc').claim('sends', 'k', { n: 5 })).won).toBe(true);
}, 40_000);

test('an answer that is lost is asked for again, and nothing is there twice', async () => {
  const way = await wayTo(await server.createDatabase());
  const store = open(way.address);
  await store.account('acc').append('notes', { n: -1 });
  let isDone = false;
  const cutting = (async () => {
    for (let n = 0; !isDone; n++) {
      await wait(40 + ((n * 37) % 60));
      way.cut();
    }
  })();
  for (let n = 0; n < 40; n++) {
    await store.account('acc').append('notes', { n });
    expect((await store.account('acc').claim('sends', `k${n}`, { n })).won).toBe(true);
  }
  isDone = true;
  await cutting;
  expect(await numbers(store)).toEqual([-1, ...Array.from({ length: 40 }, (_, n) => n)]);
  way.close();
}, 60_000);

test('a network that swallows everything is given up in time', async () => {
  const way = await wayTo(await server.createDatabase());
  const store = open(way.address);
  await store.account('acc').append('notes', { n: 1 });
  const known = await isKnown(store);
  expect(known).toBeDefined();
  way.swallow(true);
  await staysKnown(store, known).toBe(false);
  const startedAt = performance.now();
  expect(await failureOf(store.account('acc').append('notes', { n: 2 }))).toMatchObject({
    code: 'unavailable',
  });
  expect(performance.now() - startedAt).toBeLessThan(15_000);
  way.swallow(false);
  await store.account('acc').append('notes', { n: 3 });
  expect(await numbers(store)).toEqual([1, 3]);
  way.cut();
  way.close();
}, 40_000);

test('where nothing can be listened to, every reading asks', async () => {
  const address = await server.createDatabase();
  const way = await wayTo(address);
  way.refuse('listen sent_contacts_mcp');
  const store = open(way.address);
  await open(address).account('acc').append('notes', { n: 1 });
  expect(await isKnown(store)).toBeUndefined();
  expect(await numbers(store)).toEqual([1]);
  way.cut();
  way.close();
});

test('a wrong password is told without it, and at once', async () => {
  const address = new URL(await server.createDatabase());
  address.password = 'not-the-secret';
  const startedAt = performance.now();
  const failure = await failureOf(open(address.href).account('acc').append('notes', { n: 1 }));
  expect(performance.now() - startedAt).toBeLessThan(2500);
  expect(failure).toMatchObject({
    code: 'unavailable',
    message: 'The database for what lasts refuses this server (28P01).',
    next: expect.stringContaining('SENT_STATE'),
  });
  expect(JSON.stringify(failure)).not.toContain('not-the-secret');
  expect(open(address.href).place).toBe(`postgres://127.0.0.1:${address.port}${address.pathname}`);
});

test('a hold ends when its holder does, and not before', async () => {
  const address = await server.createDatabase();
  const [a, b] = [open(address), open(address)];
  expect(await a.account('acc').hold('reading')).toBeDefined();
  await wait(2500);
  expect(await b.account('acc').hold('reading')).toBeUndefined();
  const sql = postgres(address, { max: 1 });
  await sql`update sent_contacts_mcp.hold set id = gen_random_uuid(), until = clock_timestamp() - interval '1 s'`; // As if it had died.
  await sql.end();
  for (let n = 0; n < 100; n++) {
    const held = await b.account('acc').hold('reading');
    if (held) return held.release();
    await wait(100);
  }
  expect.unreachable();
});

test('what has expired leaves the database', async () => {
  const address = await server.createDatabase();
  let at = Date.now();
  const options = { clock: { now: () => at }, newId: () => crypto.randomUUID() };
  const store = createPostgresStore(address, options);
  stores.push(store);
  await store.account('acc').append('cursors', { n: 1 });
  await store.account('acc').append('notes', { n: 1 });
  at += 48 * 3_600_000;
  const later = createPostgresStore(address, options);
  stores.push(later);
  await later.account('acc').append('acts', { n: 2 });
  const sql = postgres(address, { max: 1 });
  const left = async () =>
    (await sql`select log from sent_contacts_mcp.entry order by log`).map(({ log }) => log);
  for (let n = 0; n < 50 && (await left()).length > 2; n++) await wait(50);
  expect(await left()).toEqual(['acts', 'notes']);
  await sql.end();
});
