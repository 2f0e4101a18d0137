/**
 * What lasts, in a folder: how long one record takes, that every acknowledged record survives kill -9, and how long
 * many notes take to be read. Run: npx tsx bench/state.ts [trials]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { createFolderStore, type StateStore } from '../src/state/index.ts';

const TRIALS = Number(process.argv[2] ?? 1000);
const WRITERS = 2;
const base = mkdtempSync(join(tmpdir(), 'sent-bench-state-'));
const program = join(base, 'program.mjs');
await build({
  entryPoints: ['test/state/program.ts'],
  outfile: program,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
});
const open = (folder: string): StateStore =>
  createFolderStore(folder, { clock: { now: Date.now }, newId: () => crypto.randomUUID() });
const report = (name: string, value: string) => console.log(`${name.padEnd(52)} ${value}`);

/** Median and 95th percentile of as many runs, in milliseconds. */
async function timed(runs: number, run: (n: number) => Promise<unknown>): Promise<string> {
  const times: number[] = [];
  for (let n = 0; n < runs; n++) {
    const startedAt = performance.now();
    await run(n);
    times.push(performance.now() - startedAt);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => (times[Math.floor(runs * share)] ?? 0).toFixed(2);
  return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms`;
}

const note = {
  contact: 'c_01HQZ6T9X8Y7W6V5U4T3S2R1Q0',
  set: { vip: true, note: 'prefers mornings', tier: 'gold' },
};
{
  const state = open(join(base, 'times')).account('acc');
  await state.append('notes', note);
  report('one note appended', await timed(2000, () => state.append('notes', note)));
  report('one send claimed', await timed(1000, (n) => state.claim('sends', `key-${n}`, note)));
  let { position } = await state.read('notes');
  const writeAndRead = async () => {
    await state.append('notes', note);
    ({ position } = await state.read('notes', position));
  };
  report('one note appended and read by position', await timed(1000, writeAndRead));
  const taken = async () => (await state.hold('reading'))?.release();
  report('a hold taken and released', await timed(500, taken));
  const bytes = new Uint8Array(8_000_000).fill(65);
  report('a snapshot of 8 MB saved', await timed(10, () => state.saveSnapshot('directory', bytes)));
  report('a snapshot of 8 MB loaded', await timed(10, () => state.loadSnapshot('directory')));
}
{
  const writer = open(join(base, 'many')).account('acc');
  for (let n = 0; n < 10_000; n += 100)
    await Promise.all(Array.from({ length: 100 }, (_, i) => writer.append('notes', { ...note, n: n + i })));
  const first = () => open(join(base, 'many')).account('acc').read('notes');
  report('10,000 notes read by a new process', await timed(10, first));
}

const folder = join(base, 'kill');
const acknowledgedBy = new Map<string, number>();

/** Writes in a process of its own until it is killed, somewhere after as many records as chance says. */
async function trial(id: string, records: number): Promise<void> {
  const child: ChildProcess = spawn(process.execPath, [program, folder, 'write', '1000000', id]);
  let said = '';
  await new Promise<void>((resolve) => {
    child.stdout?.on('data', (data) => {
      said += data;
      if (said.split('\n').length > records) child.kill('SIGKILL');
    });
    child.once('close', () => resolve());
  });
  acknowledgedBy.set(id, said.split('\n').length - 1);
}
let next = 0;
await Promise.all(
  Array.from({ length: WRITERS }, async () => {
    for (let n = next++; n < TRIALS; n = next++) await trial(String(n), 1 + ((n * 7919) % 23));
  }),
);
const found = new Map<string, Set<unknown>>();
for (const { by, n } of (await open(folder).account('acc').read('notes')).entries)
  found.set(String(by), (found.get(String(by)) ?? new Set()).add(n));
let [acknowledged, kept, whole] = [0, 0, 0];
for (const [id, count] of acknowledgedBy) {
  const there = Array.from({ length: count }, (_, n) => found.get(id)?.has(n)).filter(Boolean).length;
  acknowledged += count;
  kept += there;
  if (there === count) whole++;
}
report(
  `kill -9 while ${WRITERS} processes write, nothing lost in`,
  `${whole} of ${acknowledgedBy.size} trials`,
);
report('acknowledged records found', `${kept} of ${acknowledged}`);
report('lines damaged', String((await open(folder).report()).damaged.length));
rmSync(base, { recursive: true, force: true });
