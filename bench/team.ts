/**
 * What serving a team costs: searches over stdio, through one instance and through three behind a balancer; a note found
 * through another instance; an instance that starts and loads a directory; idle sessions. All on this machine, over a
 * PostgreSQL of its own and the simulator. Run: npm run build && npx tsx bench/team.ts [accounts] [sessions] [calls a second] [idle sessions]
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { EXECUTABLE } from '../scripts/build.ts';
import { type Instance, startInstances } from '../scripts/instances.ts';
import { startSimulator } from '../src/simulator/index.ts';
import { startPostgres } from '../test/postgres-server.ts';
import { bundled, started } from './processes.ts';

const [ACCOUNTS = 50, SESSIONS = 200, CALLS_A_SECOND = 200, IDLE = 1_000] = process.argv.slice(2).map(Number);
const CONTACTS = 20_000;
const SEARCHES = 200;
const QUESTIONS = ['sofia', 'vip berlin', 'ends in 42', 'hernandes', '+4930', 'wholesale'];

type Connected = { client: Client; call(tool: string, args: object): Promise<Record<string, unknown>> };

function connected(client: Client): Connected {
  return {
    client,
    async call(name, args) {
      const result = await client.callTool({ name, arguments: { ...args } });
      if (result.isError) throw new Error(JSON.stringify(result.content));
      return (result.structuredContent ?? {}) as Record<string, unknown>;
    },
  };
}
const info = { name: 'bench', version: '1' };
async function overHttp(url: string, key: string, mode: 'legacy' | 'modern' = 'legacy'): Promise<Connected> {
  const client = new Client(info, {
    versionNegotiation: { mode: mode === 'modern' ? { pin: '2026-07-28' } : 'legacy' },
  });
  const requestInit = { headers: { authorization: `Bearer ${key}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
  return connected(client);
}

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
};
const at = (values: number[], part: number): number =>
  values.sort((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN;
const median = (values: number[]): number => at(values, 0.5);
const report = (what: string, values: number[]): void =>
  console.log(
    `${what.padEnd(58)} median ${median(values).toFixed(1)} ms, p95 ${at(values, 0.95).toFixed(1)} ms`,
  );

/** One search after the other, over these connections in turn. */
async function searches(connections: Connected[]): Promise<number[]> {
  const found: number[] = [];
  for (let n = 0; n < SEARCHES; n++) {
    const { call } = connections[n % connections.length] as Connected;
    found.push(await timed(() => call('search_contacts', { query: QUESTIONS[n % QUESTIONS.length] })));
  }
  return found;
}
/** So many searches a second, whether or not those before are answered. */
async function inTime(connections: Connected[], seconds: number): Promise<number[]> {
  const startedAt = performance.now();
  return Promise.all(
    Array.from({ length: CALLS_A_SECOND * seconds }, async (_, n) => {
      const dueAt = startedAt + (n * 1_000) / CALLS_A_SECOND;
      await new Promise((resolve) => setTimeout(resolve, dueAt - performance.now()));
      const { call } = connections[n % connections.length] as Connected;
      await call('search_contacts', { query: QUESTIONS[n % QUESTIONS.length] });
      return performance.now() - dueAt;
    }),
  );
}
/** Reads the account whole, however long that takes. */
async function read({ call }: Connected): Promise<void> {
  while ((await call('search_contacts', { group_by: 'country' })).complete !== true);
}
const memoryMb = (instance: Instance): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${instance.pid()}/status`, 'utf8'))?.[1]) / 1000;

async function overStdio(env: Record<string, string>): Promise<Connected> {
  const client = new Client(info);
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [EXECUTABLE], env }));
  return connected(client);
}

const accountsOf = async (accounts: number, contacts: number) =>
  started<{ url: string; keys: string[] }>(await bundled('bench/accounts-program.ts'), [
    String(accounts),
    String(contacts),
  ]);

/** How long answers take: over stdio, through one instance, and through three behind a balancer. */
async function latency(state: string): Promise<void> {
  const { first: api, stop } = await accountsOf(ACCOUNTS, CONTACTS);
  const env = { SENT_BASE_URL: api.url, SENT_STATE: state };
  const [key = ''] = api.keys;
  const keyOf = (n: number): string => api.keys[n % api.keys.length] ?? '';

  const folder = mkdtempSync(join(tmpdir(), 'sent-team-'));
  const desk = await overStdio({ ...env, SENT_API_KEY: key, SENT_STATE: folder });
  await read(desk);
  const forgetful = await overStdio({ ...env, SENT_API_KEY: key, SENT_STATE: 'off' });
  await read(forgetful);
  const team = await startInstances(3, env);
  const readAt = performance.now();
  for (const accountKey of api.keys)
    for (const { url } of team.instances) await read(await overHttp(url, accountKey));
  const balancer = await started<string>(
    await bundled('bench/balancer-program.ts'),
    team.instances.map(({ url }) => url),
  );
  const sessions: Connected[] = [];
  // Several at once: each connects by three requests, and one by one they would all begin at the same of three instances.
  while (sessions.length < SESSIONS) {
    const some = Array.from(
      { length: Math.min(7, SESSIONS - sessions.length) },
      (_, n) => sessions.length + n,
    );
    sessions.push(...(await Promise.all(some.map((n) => overHttp(balancer.first, keyOf(n))))));
  }
  const modern = await Promise.all(api.keys.map((key) => overHttp(balancer.first, key, 'modern')));
  const one = await overHttp(team.instances[0].url, key);

  // Thrice before it counts, until what a server does often is compiled, and then thrice, all in turn, so that a busy moment
  // of the machine hits all of them.
  const measured: [string, Connected[], number[]][] = [
    ['stdio, with a folder', [desk], []],
    ['stdio, keeping nothing', [forgetful], []],
    ['one instance', [one], []],
    [`three, balancer, ${SESSIONS} sessions of ${ACCOUNTS} accounts`, sessions, []],
    ['the same, protocol 2026-07-28', modern, []],
  ];
  for (let round = 1; round <= 6; round++)
    for (const [, connections, found] of measured) {
      const times = await searches(connections);
      if (round > 3) found.push(...times);
    }
  for (const [what, , found] of measured) report(what, found);
  const overStdioMs = median(measured[0]?.[2] ?? []);
  for (const [what, , found] of measured.slice(2))
    console.log(`${what}: ${(median(found) / overStdioMs).toFixed(2)} times stdio with a folder`);
  report(`${CALLS_A_SECOND} searches a second through the balancer`, await inTime(sessions, 10));
  await rest(readAt + 90_000 - performance.now());
  report('the same, each account over a minute old and read anew', await inTime(sessions, 10));

  const others = await overHttp(team.instances[1]?.url ?? '', key);
  const { contacts } = await one.call('search_contacts', { limit: 20 });
  const noted: number[] = [];
  for (const [n, { phone_number }] of (contacts as { phone_number: string }[]).entries()) {
    await one.call('update_contact', { phone_number, metadata: { mark: `mark${n}` } });
    const find = async () =>
      (await others.call('search_contacts', { metadata: { mark: `mark${n}` } })).total === 1;
    noted.push(
      await timed(async () => {
        while (!(await find()));
      }),
    );
  }
  report('a note found through another instance, after its answer', noted);
  await desk.client.close();
  await forgetful.client.close();
  balancer.stop();
  await team.close();
  stop();
  rmSync(folder, { recursive: true });
}

/** An instance that starts, and finds a large directory kept. */
async function loading(state: string): Promise<void> {
  const large = await startSimulator({
    contacts: 100_000,
    account: ACCOUNTS,
    key: 'sk_test_large',
    metadata: 'ignored',
    requestsKept: 0,
  });
  const env = { SENT_BASE_URL: large.url, SENT_STATE: state };
  const first = await startInstances(1, env);
  await read(await overHttp(first.url, large.key));
  await rest(2_000); // Until it is saved.
  await first.close();
  const restarted = await startInstances(1, env);
  const client = await overHttp(restarted.url, large.key);
  const ms = await timed(() => client.call('search_contacts', { query: 'sofia' }));
  console.log(`first search of an instance that starts, 100,000 contacts: ${ms.toFixed(0)} ms`);
  console.log(`its memory: ${memoryMb(restarted.instances[0]).toFixed(0)} MB`);
  await restarted.close();
  await large.close();
}

/** Sessions that only hold their streams open. */
async function idling(state: string): Promise<void> {
  const { first: api, stop } = await accountsOf(Math.ceil(IDLE / 200), 60); // One key has at most 200 sessions.
  const idle = await startInstances(1, { SENT_BASE_URL: api.url, SENT_STATE: state });
  const [instance] = idle.instances;
  const before = memoryMb(instance);
  const clients = [];
  for (let n = 0; n < IDLE; n++)
    clients.push(await overHttp(instance.url, api.keys[n % api.keys.length] ?? ''));
  const at = memoryMb(instance);
  await rest(30_000);
  const after = memoryMb(instance);
  console.log(
    `${IDLE} idle sessions with their streams: ${before.toFixed(0)} → ${at.toFixed(0)} MB, after half a minute ${after.toFixed(0)} MB, ${(((after - before) / IDLE) * 1000).toFixed(0)} kB each`,
  );
  await Promise.all(clients.map(({ client }) => client.close()));
  await idle.close();
  stop();
}
const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function main(): Promise<void> {
  const postgres = await startPostgres([]); // With fsync, as it would run.
  await idling(await postgres.createDatabase());
  await loading(await postgres.createDatabase());
  await latency(await postgres.createDatabase());
  await postgres.remove();
  process.exit(0); // Clients keep connections.
}

void main();
