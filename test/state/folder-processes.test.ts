/** The folder used by real processes at once, which are killed at any point. */
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, utimesSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { createFolderStore } from '../../src/state/index.ts';
import { stateFolder } from '../state-folder.ts';

const program = join(stateFolder(), 'program.mjs');
beforeAll(async () => {
  const entryPoints = ['test/state/program.ts'];
  await build({
    entryPoints,
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
  });
});

const open = (folder: string, now = Date.now) =>
  createFolderStore(folder, { clock: { now }, newId: () => crypto.randomUUID() });

type Run = { child: ChildProcess; said: string[]; ended: Promise<void>; heard(line: string): Promise<void> };
function run(folder: string, task: string, amount = 0, id = 0): Run {
  const child = spawn(process.execPath, [program, folder, task, `${amount}`, `${id}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said: string[] = [];
  let rest = '';
  const listeners = new Set<() => void>();
  child.stdout.on('data', (data: Buffer) => {
    const lines = (rest + data.toString()).split('\n');
    rest = lines.pop() ?? '';
    said.push(...lines);
    for (const listener of listeners) listener();
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const heard = (line: string) =>
    new Promise<void>((resolve) => {
      const look = () => said.includes(line) && resolve();
      listeners.add(look);
      look();
    });
  return { child, said, ended, heard };
}

test('killed while it writes, whatever was acknowledged is there', async () => {
  const folder = stateFolder();
  let acknowledged = 0;
  for (let round = 0; round < 12; round++) {
    const writer = run(folder, 'write', 100_000, round);
    await writer.heard(String(3 + ((round * 7) % 40)));
    writer.child.kill('SIGKILL');
    await writer.ended;
    const found = (await open(folder).account('acc').read('notes')).entries.filter(
      ({ by }) => by === String(round),
    );
    expect(found.map(({ n }) => n).slice(0, writer.said.length)).toEqual(writer.said.map(Number));
    expect(found.length - writer.said.length).toBeLessThanOrEqual(1);
    acknowledged += writer.said.length;
  }
  expect(acknowledged).toBeGreaterThan(100);
  expect((await open(folder).report()).damaged).toEqual([]);
});

test('four processes over midnight: each key is won once', async () => {
  const folder = stateFolder();
  const KEYS = 150;
  const racers = [0, 1, 2, 3].map((id) => run(folder, 'claim', KEYS, id));
  await Promise.all(racers.map(({ ended }) => ended));
  const won = racers.flatMap(({ said }) => said.map(Number)).sort((a, b) => a - b);
  expect(won).toEqual(Array.from({ length: KEYS }, (_, n) => n));
  const { entries } = await open(folder, () => Date.UTC(2026, 10, 25))
    .account('acc')
    .read('sends');
  expect(entries.filter(({ text }) => text !== undefined)).toHaveLength(KEYS);
  expect(entries.filter(({ n }) => n !== undefined)).toHaveLength((4 * KEYS) / 3);
  const [account = ''] = readdirSync(join(folder, 'accounts'));
  expect(readdirSync(join(folder, 'accounts', account)).length).toBeGreaterThan(1);
});

test('killed while it saves a snapshot, the last whole one is there', async () => {
  const folder = stateFolder();
  const writer = run(folder, 'snapshot', 100_000);
  await writer.heard('5');
  writer.child.kill('SIGKILL');
  await writer.ended;
  const loaded = await open(folder).account('acc').loadSnapshot('directory');
  const n = Number(writer.said.at(-1));
  expect(loaded?.bytes.length).toBe(500_000);
  expect([n, n + 1]).toContain(loaded?.bytes[0]);
  expect(new Set(loaded?.bytes).size).toBe(1);
});

test('a hold is taken while its process lives, and free as soon as it is killed', async () => {
  const folder = stateFolder();
  const holder = run(folder, 'hold');
  await holder.heard('held');
  const rival = run(folder, 'hold');
  await rival.heard('taken');
  const state = open(folder).account('acc');
  expect(await state.hold('reading')).toBeUndefined();
  holder.child.kill('SIGSTOP'); // It lives and does not answer.
  expect(await state.hold('reading')).toBeUndefined();
  holder.child.kill('SIGKILL');
  await holder.ended;
  const held = await state.hold('reading');
  expect(held).toBeDefined();
  await held?.release();
});

test('processes that take a hold in turn, some of them killed, are never two, and leave no file', async () => {
  const TURNS = 200;
  const folder = stateFolder();
  const start = (id: number) => run(folder, 'turns', TURNS, id);
  const racers = [0, 1, 2, 3, 4].map(start);
  for (let round = 5; round < 9; round++) {
    const victim = start(round);
    await victim.heard('in');
    victim.child.kill('SIGKILL');
    racers.push(victim);
  }
  await Promise.all(racers.map(({ ended }) => ended));
  const said = racers.slice(0, 5).map((racer) => racer.said);
  const killed = racers.slice(5).map(({ child }) => `after ${child.pid}`);
  expect(said.flat().filter((line) => line !== 'in' && !killed.includes(line))).toEqual([]);
  expect(said.map((lines) => lines.filter((line) => line === 'in').length)).toEqual(Array(5).fill(TURNS));
  await (await open(folder).account('acc').hold('reading'))?.release(); // After the one that was killed last.
  expect(readdirSync(join(folder, 'holds')).filter((name) => name.endsWith('.hold'))).toEqual([]);
});

test('what a killed process left is removed a day later; what is held stays', async () => {
  const folder = stateFolder();
  const [killed, alive] = [run(folder, 'hold', 0, 1), run(folder, 'hold', 0, 2)];
  await Promise.all([killed.heard('held'), alive.heard('held')]);
  killed.child.kill('SIGKILL');
  await killed.ended;
  const holds = join(folder, 'holds');
  const take = async () => (await open(folder).account('acc').hold('other'))?.release();
  await take();
  await expect.poll(() => readdirSync(holds), { timeout: 10_000 }).toHaveLength(4); // Two holds, each with its touch.
  const past = new Date(Date.now() - 2 * 24 * 3_600_000);
  for (const name of readdirSync(holds)) utimesSync(join(holds, name), past, past);
  alive.child.kill('SIGSTOP'); // Else it may touch its file again.
  await take();
  await expect
    .poll(() => readdirSync(holds), { timeout: 10_000 })
    .toEqual([expect.stringMatching(/reading-2\.hold$/)]);
});

test('a stranger on the port of a dead holder is not taken for it', async () => {
  const folder = stateFolder();
  const holder = run(folder, 'hold');
  await holder.heard('held');
  const file = join(
    folder,
    'holds',
    readdirSync(join(folder, 'holds')).find((name) => name.endsWith('.hold')) ?? '',
  );
  const { port } = JSON.parse(readFileSync(file, 'utf8').trim());
  holder.child.kill('SIGKILL');
  await holder.ended;
  for (const greeting of ['220 mail.example ESMTP\r\n', 'sent-contacts-mcp free\n']) {
    const stranger = createServer((socket) =>
      socket
        .on('error', () => {})
        .resume()
        .end(greeting),
    );
    await new Promise<void>((resolve) => stranger.listen(port, '127.0.0.1', resolve));
    const held = await open(folder).account('acc').hold('reading');
    await new Promise((resolve) => stranger.close(resolve));
    expect(held).toBeDefined();
    await held?.release();
  }
});

test('where nothing may listen the number of the process tells, elsewhere its touch', async () => {
  const folder = stateFolder();
  const state = open(folder).account('acc');
  const first = await state.hold('reading');
  const name = readdirSync(join(folder, 'holds')).find((each) => each.endsWith('.hold')) ?? '';
  const { space } = JSON.parse(readFileSync(join(folder, 'holds', name), 'utf8').trim());
  await first?.release();
  const plant = (line: object) =>
    appendFileSync(join(folder, 'holds', name), `\n${JSON.stringify({ at: Date.now(), space, ...line })}`);
  const isFree = async () => {
    const held = await open(folder).account('acc').hold('reading');
    await held?.release();
    return held !== undefined;
  };
  plant({ id: 'dead', pid: 2 ** 22 + 1 });
  expect(await isFree()).toBe(true);
  plant({
    id: 'other-container',
    pid: 1,
    port: 9,
    space: `${hostname()} elsewhere`,
    at: Date.now() - 60_000,
  });
  expect(await isFree()).toBe(true);
  plant({ id: 'other-container-2', pid: 1, port: 9, space: `${hostname()} elsewhere` });
  expect(await isFree()).toBe(false);
});

test('a live process without a port keeps its hold', async () => {
  const folder = stateFolder();
  const probe = await open(folder).account('acc').hold('reading');
  const name = readdirSync(join(folder, 'holds')).find((each) => each.endsWith('.hold')) ?? '';
  const { space } = JSON.parse(readFileSync(join(folder, 'holds', name), 'utf8').trim());
  await probe?.release();
  appendFileSync(
    join(folder, 'holds', name),
    `\n${JSON.stringify({ id: 'x', at: 0, pid: process.pid, space })}`,
  );
  expect(await open(folder).account('acc').hold('reading')).toBeUndefined();
});
