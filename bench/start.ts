/**
 * How long a host waits after it has started the server: until `initialize` is answered and until the tools are listed,
 * against a server that does nothing, a server of the SDK that does nothing, bundled alike, and Node alone. Round after
 * round in turn, so that a busy moment of the machine hits all of them; with no variable inherited, since some
 * (NODE_OPTIONS, NODE_EXTRA_CA_CERTS) cost a start of Node more than all of ours. Run: npx tsx bench/start.ts [rounds]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bundlePlain, EXECUTABLE } from '../scripts/build.ts';

const rounds = Number(process.argv[2] ?? 20);

type Start = { initializeMs: number; cpuMs: number; toolsMs: number; memoryMb: number };

const folder = mkdtempSync(join(tmpdir(), 'sent-start-'));
process.on('exit', () => rmSync(folder, { recursive: true }));
const BARE = join(folder, 'bare-server.cjs');

const env = {
  PATH: process.env.PATH,
  SENT_API_KEY: 'sk_test_bench',
  SENT_BASE_URL: 'http://127.0.0.1:9',
};

const NOTHING: Start = {
  initializeMs: Number.NaN,
  cpuMs: Number.NaN,
  toolsMs: Number.NaN,
  memoryMb: Number.NaN,
};

/** Resident memory of a running process; NaN where the system does not tell. */
function memoryMb({ pid }: ChildProcess): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1000;
  } catch {
    return Number.NaN;
  }
}

/** What the main thread has computed so far: unlike the time on the clock it knows no busy neighbour. NaN as above. */
function cpuMs({ pid }: ChildProcess): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return Number.NaN;
  }
}

async function start(args: string[], home = folder): Promise<Start> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, {
    env: { ...env, HOME: home },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const send = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const clientInfo = { name: 'bench', version: '1' };
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
  send({ id: 1, method: 'initialize', params });
  const found: Start = { ...NOTHING };
  for await (const line of createInterface({ input: child.stdout })) {
    const { id } = JSON.parse(line) as { id?: number };
    if (id === 1) {
      found.initializeMs = performance.now() - startedAt;
      found.cpuMs = cpuMs(child);
      send({ method: 'notifications/initialized' });
      send({ id: 2, method: 'tools/list' });
    }
    if (id === 2) {
      found.toolsMs = performance.now() - startedAt;
      found.memoryMb = memoryMb(child);
      child.stdin.end();
      child.kill();
    }
  }
  return found;
}

/** As after an installation: no compiled code is kept yet. */
async function firstStart(): Promise<Start> {
  const home = mkdtempSync(join(folder, 'home-'));
  const found = await start([EXECUTABLE], home);
  rmSync(home, { recursive: true, force: true });
  return found;
}

/** Node with nothing to do, from spawn to its end. */
async function nodeAlone(): Promise<Start> {
  const startedAt = performance.now();
  await new Promise((resolve) => spawn(process.execPath, ['-e', '0'], { env }).on('exit', resolve));
  return { ...NOTHING, initializeMs: performance.now() - startedAt };
}

const programs: Record<string, () => Promise<Start>> = {
  'node -e 0': nodeAlone,
  'null server': () => start(['bench/null-server.cjs']),
  'bare server of the SDK': () => start([BARE]),
  'sent-contacts-mcp, first': firstStart,
  'sent-contacts-mcp': () => start([EXECUTABLE]),
  'sent-contacts-mcp --demo': () => start([EXECUTABLE, '--demo']),
};

const median = (values: number[]): number =>
  values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const shown = (value: number, unit: string): string =>
  Number.isNaN(value) ? '' : `${value.toFixed(1)} ${unit}`;

async function main(): Promise<void> {
  await bundlePlain('bench/bare-server.ts', BARE, { minify: true });
  const runs = new Map<string, Start[]>(Object.keys(programs).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(programs)) runs.get(name)?.push(await run());
  }
  const of = (name: string, key: keyof Start): number =>
    median((runs.get(name) ?? []).map((run) => run[key]));
  console.log(
    `median of ${rounds}, Node ${process.version}, ${EXECUTABLE} ${statSync(EXECUTABLE).size / 1000} kB`,
  );
  console.log(`${''.padEnd(26)}initialize  computing     tools    memory`);
  for (const name of Object.keys(programs)) {
    const figures = [
      shown(of(name, 'initializeMs'), 'ms'),
      shown(of(name, 'cpuMs'), 'ms'),
      shown(of(name, 'toolsMs'), 'ms'),
      shown(of(name, 'memoryMb'), 'MB'),
    ];
    console.log([name.padEnd(26), ...figures.map((figure) => figure.padStart(10))].join(''));
  }
}

void main();
