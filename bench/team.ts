/**
 * What serving a team costs: searches over stdio, through one instance and through three behind a balancer; a note found
 * through another instance; an instance that starts and loads a directory; idle sessions. All on this machine, over a
 * PostgreSQL of its own and the simulator. Run: npm run build && npx tsx bench/team.ts
 */
import { readFileSync } from 'node:fs';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { EXECUTABLE } from '../scripts/build.ts';
import { type Instance, startInstances } from '../scripts/instances.ts';
import { startSimulator } from '../src/simulator/index.ts';
import { startPostgres } from '../test/postgres-server.ts';

const SEARCHES = 150;
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
const at = (values: number[], part: number): string =>
  (values.sort((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN).toFixed(1);
const report = (what: string, values: number[]): void =>
  console.log(`${what.padEnd(58)} median ${at(values, 0.5)} ms, p95 ${at(values, 0.95)} ms`);

async function searches(connections: Connected[]): Promise<number[]> {
  const found: number[] = [];
  for (let n = 0; n < SEARCHES; n++) {
    const query = QUESTIONS[n % QUESTIONS.length];
    const { call } = connections[n % connections.length] as Connected;
    found.push(await timed(() => call('search_contacts', { query })));
  }
  return found;
}
/** Reads the account whole, however long that takes. */
async function read({ call }: Connected): Promise<void> {
  while ((await call('search_contacts', { group_by: 'country' })).complete !== true);
}
const memoryMb = (instance: Instance): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${instance.pid()}/status`, 'utf8'))?.[1]) / 1000;

async function main(): Promise<void> {
  const postgres = await startPostgres([]); // With fsync, as it would run.
  const simulator = await startSimulator({ contacts: 20_000, metadata: 'ignored', requestsKept: 0 });
  const env = { SENT_BASE_URL: simulator.url, SENT_STATE: await postgres.createDatabase() };

  const stdio = new Client(info);
  await stdio.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [EXECUTABLE],
      env: { ...env, SENT_API_KEY: simulator.key, SENT_STATE: 'off' },
    }),
  );
  await read(connected(stdio));
  report('search in 20,000 over stdio', await searches([connected(stdio)]));
  await stdio.close();

  const team = await startInstances(3, env);
  for (const { url } of team.instances) await read(await overHttp(url, simulator.key));
  report('one instance', await searches([await overHttp(team.instances[0].url, simulator.key)]));
  const many = await Promise.all(Array.from({ length: 20 }, () => overHttp(team.url, simulator.key)));
  report('three instances, balancer, 20 sessions in turn', await searches(many));
  const modern = await overHttp(team.url, simulator.key, 'modern');
  report('the same, protocol 2026-07-28', await searches([modern]));
  const inTime: number[] = [];
  await Promise.all(
    Array.from({ length: 600 }, async (_, n) => {
      await new Promise((resolve) => setTimeout(resolve, n * 10));
      const { call } = many[n % many.length] as Connected;
      inTime.push(await timed(() => call('search_contacts', { query: QUESTIONS[n % QUESTIONS.length] })));
    }),
  );
  report('100 searches a second through the balancer, 6 s', inTime);

  const [one, two] = [
    await overHttp(team.instances[0].url, simulator.key),
    await overHttp(team.instances[1]?.url ?? '', simulator.key),
  ];
  const people = simulator.book.page(1, 20, {}).contacts;
  const noted: number[] = [];
  for (const [n, { id }] of people.entries()) {
    await one.call('update_contact', { contact_id: id, metadata: { mark: `mark${n}` } });
    const find = async () =>
      (await two.call('search_contacts', { metadata: { mark: `mark${n}` } })).total === 1;
    noted.push(
      await timed(async () => {
        while (!(await find()));
      }),
    );
  }
  report('a note found through another instance, after its answer', noted);
  await team.close();

  const large = await startSimulator({
    contacts: 100_000,
    account: 2,
    key: 'sk_test_large',
    requestsKept: 0,
  });
  const first = await startInstances(1, { ...env, SENT_BASE_URL: large.url });
  await read(await overHttp(first.url, large.key));
  await new Promise((resolve) => setTimeout(resolve, 2_000)); // Until it is saved.
  await first.close();
  const restarted = await startInstances(1, { ...env, SENT_BASE_URL: large.url });
  const client = await overHttp(restarted.url, large.key);
  const ms = await timed(() => client.call('search_contacts', { query: 'sofia' }));
  console.log(`first search of an instance that starts, 100,000 contacts    ${ms.toFixed(0)} ms`);
  console.log(
    `its memory                                                   ${memoryMb(restarted.instances[0]).toFixed(0)} MB`,
  );
  await restarted.close();
  await large.close();

  const idle = await startInstances(1, env);
  const before = memoryMb(idle.instances[0]);
  const clients = [];
  for (let n = 0; n < 200; n++) clients.push(await overHttp(idle.instances[0].url, simulator.key));
  const after = memoryMb(idle.instances[0]);
  console.log(
    `200 idle sessions with their streams: ${before.toFixed(0)} → ${after.toFixed(0)} MB, ${(((after - before) / 200) * 1000).toFixed(0)} kB each`,
  );
  await Promise.all(clients.map(({ client }) => client.close()));
  await idle.close();
  await postgres.remove();
  await simulator.close();
  process.exit(0); // Clients keep connections.
}

void main();
