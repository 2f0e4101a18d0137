/**
 * The limit of one account under three instances: what taking a turn costs; how much of the limit a reading uses, alone
 * and beside imports through the other two, and beside people; and whether the API refuses anything.
 * Run: npm run build && npx tsx bench/team-limit.ts [minutes]
 */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import postgres from 'postgres';
import { startInstances } from '../scripts/instances.ts';
import { systemClock } from '../src/runtime/index.ts';
import { createRateLimiter } from '../src/sent/rate-limiter.ts';
import type { RateRow } from '../src/sent/rate-row.ts';
import { startSimulator } from '../src/simulator/index.ts';
import { createPostgresStore } from '../src/state/index.ts';
import { startPostgres } from '../test/postgres-server.ts';

const MINUTES = Number(process.argv[2] ?? 3);
const LIMITS = [
  { perMinute: 200, burst: 50, comesBack: 'one by one' },
  { perMinute: 200, burst: 200, comesBack: 'each minute' },
] as const;

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const at = (values: number[], part: number): string =>
  (values.sort((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN).toFixed(1);

/** Turns of three processes' limiters at 100 a second in all, far below the limit, so that none has to wait. */
async function taking(address: string): Promise<void> {
  const stores = [1, 2, 3].map(() =>
    createPostgresStore(address, { clock: systemClock, newId: () => crypto.randomUUID() }),
  );
  const limiters = stores.map(({ update }) => {
    const limiter = createRateLimiter(systemClock);
    limiter.share({
      update: (change) => (update as NonNullable<typeof update>)<RateRow>('bench', 'rate-1', change),
    });
    return limiter;
  });
  const headers = { 'x-ratelimit-limit': '1000000', 'x-ratelimit-remaining': '1000000' };
  limiters[0]?.learn({ status: 200, headers: new Headers(headers) });
  await wait(500);
  const sql = postgres(address, { max: 3 });
  const took: number[] = [];
  const asked: number[] = [];
  const timed = async (work: () => Promise<unknown> | undefined): Promise<number> => {
    const startedAt = performance.now();
    await work();
    return performance.now() - startedAt;
  };
  await Promise.all(
    Array.from({ length: 1_500 }, async (_, n) => {
      await wait(n * 10);
      const turnMs = await timed(() => limiters[n % 3]?.turn());
      const askMs = await timed(() => sql`select 1`);
      if (n < 150) return; // The first make connections.
      took.push(turnMs);
      asked.push(askMs);
    }),
  );
  await sql.end();
  const of = (values: number[]) => `median ${at(values, 0.5)} ms, p95 ${at(values, 0.95)} ms`;
  console.log(
    `taking a turn, three processes, 100 a second: ${of(took)}; beside it "select 1": ${of(asked)}`,
  );
  await Promise.all(stores.map((store) => store.close()));
}

type Work = 'reading alone' | 'reading, imports through the others' | 'reading, people through all';

async function under(address: string, rateLimit: (typeof LIMITS)[number], work: Work): Promise<void> {
  const simulator = await startSimulator({ contacts: 100_000, latencyMs: 40, rateLimit });
  const startedAt = Date.now(); // As the first minute of the API does.
  const team = await startInstances(3, {
    SENT_BASE_URL: simulator.url,
    SENT_STATE: address,
    SENT_CONFIRM: 'never',
  });
  const clients = await Promise.all(
    team.instances.map(async ({ url }) => {
      const client = new Client(
        { name: 'bench', version: '1' },
        { versionNegotiation: { mode: { pin: '2026-07-28' } } },
      );
      const requestInit = { headers: { authorization: `Bearer ${simulator.key}` } };
      await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
      return client;
    }),
  );
  const call = (instance: number, name: string, args: object) =>
    clients[instance % 3]?.callTool({ name, arguments: { ...args } });

  const isOver = () => Date.now() > startedAt + MINUTES * 60_000;
  const slow: number[] = [];
  const importThrough = async (instance: number) => {
    const phone_numbers = Array.from(
      { length: 2_000 },
      (_, n) => `+34${612_000_000 + instance * 10_000 + n}`,
    );
    while (!isOver()) await call(instance, 'import_contacts', { phone_numbers });
  };
  const people = async () => {
    const { contacts } = simulator.book.page(1, 100, {});
    for (let n = 0; !isOver(); n++) {
      const from = performance.now();
      await call(n, 'get_contact', { contact_id: contacts[n % 100]?.id, include_engagement: true });
      slow.push(performance.now() - from);
      await wait(1_500);
    }
  };
  void call(0, 'search_contacts', { group_by: 'country' });
  const beside = {
    'reading alone': async () => {},
    'reading, imports through the others': () => Promise.all([importThrough(1), importThrough(2)]),
    'reading, people through all': people,
  }[work]();
  void beside.catch(() => {});
  await wait(startedAt + MINUTES * 60_000 - Date.now());

  const made = simulator.requests.filter((request) => request.at - startedAt < MINUTES * 60_000);
  const refused = made.filter(({ status }) => status === 429).length;
  const burst = rateLimit.comesBack === 'one by one' ? rateLimit.burst : 0;
  const allowed = rateLimit.perMinute * MINUTES + burst;
  console.log(
    `${rateLimit.comesBack}: ${work}: ${made.length} of ${allowed} requests (${Math.round((100 * made.length) / allowed)} %), ${refused} refused` +
      (slow.length > 0 ? `, the slowest of ${slow.length} calls of people ${at(slow, 0.999)} ms` : ''),
  );
  await Promise.all(clients.map((client) => client.close().catch(() => {})));
  await team.close();
  await simulator.close();
}

async function main(): Promise<void> {
  const server = await startPostgres([]); // With fsync, as it would run.
  await taking(await server.createDatabase());
  for (const limit of LIMITS)
    for (const work of [
      'reading alone',
      'reading, imports through the others',
      'reading, people through all',
    ] as const)
      await under(await server.createDatabase(), limit, work);
  await server.remove();
  process.exit(0); // Clients keep connections.
}

void main();
