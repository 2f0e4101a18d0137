/**
 * What bringing one's own contacts costs: judging 100,000 rows, the time that a limited account makes an import take,
 * and what an address book of 50,000 rows adds to a warm query.
 * `npx tsx bench/import.ts`
 */
import { randomUUID } from 'node:crypto';
import { createContacts } from '../src/contacts/contacts.ts';
import { runImport } from '../src/contacts/import/run.ts';
import { readList, validateRows } from '../src/contacts/lists/index.ts';
import { createAddressBook } from '../src/contacts/people/address-book.ts';
import { type Clock, systemClock } from '../src/runtime/clock.ts';
import { createSentClient } from '../src/sent/client.ts';
import { createSimulator, type Simulator } from '../src/simulator/simulator.ts';
import { createMemoryStore } from '../src/state/memory.ts';
import { createVirtualClock } from '../test/virtual-clock.ts';

const ROWS = 100_000;
const csv = (amount: number): string =>
  [
    'First Name,Last Name,Phone 1 - Value,Country,Labels,Notes',
    ...Array.from(
      { length: amount },
      (_, i) => `Ana,"Name, ${i}",612${String(i).padStart(6, '0')},ES,vip ::: * myContacts,"line\none"`,
    ),
  ].join('\r\n');

async function judging(): Promise<void> {
  const text = csv(ROWS);
  const startedAt = performance.now();
  const { rows } = readList(text);
  const readAt = performance.now();
  const { valid, invalid } = await validateRows(rows, {});
  const endedAt = performance.now();
  console.log(
    `judging ${ROWS} rows: read ${Math.round(readAt - startedAt)} ms, validated ${Math.round(endedAt - readAt)} ms,` +
      ` together ${Math.round(endedAt - startedAt)} ms (at most 5000); ${valid.length} valid, ${invalid.length} invalid`,
  );
}

const clientOf = (simulator: Pick<Simulator, 'fetch' | 'key'>, clock: Clock) =>
  createSentClient({
    apiKey: simulator.key,
    baseUrl: 'https://api.sent.dm',
    sandbox: false,
    timeoutMs: 30_000,
    userAgent: 'bench',
    fetch: simulator.fetch,
    clock,
    newKey: randomUUID,
    random: Math.random,
    log: () => {},
  });

await import('ky'); // Loaded with the first request, and virtual time must not pass while it waits.

/** Numbers of a list that a limited account takes, against what its limit alone allows. */
async function limited(amount: number, perMinute: number, burst: number, latencyMs: number): Promise<void> {
  const clock = createVirtualClock();
  const simulator = createSimulator({
    now: clock.now,
    sleep: clock.work,
    rateLimit: { perMinute, burst },
    latencyMs,
    contacts: 0,
  });
  const client = clientOf(
    { ...simulator, fetch: (...request) => clock.during(simulator.fetch(...request)) },
    clock,
  );
  const numbers = Array.from({ length: amount }, (_, i) => `+34612${String(i).padStart(6, '0')}`);
  const startedAt = clock.now();
  let created = 0;
  await runImport(numbers, {
    client,
    clock,
    onCreated: () => {},
    invalidate: () => {},
    dryRun: false,
    resumed: false,
    signal: new AbortController().signal,
    settled: (_, { outcome }) => {
      if (outcome === 'created') created++;
    },
  });
  const tookMs = clock.now() - startedAt;
  const allowedMs = ((amount - burst) * 60_000) / perMinute;
  const refused = simulator.requests.length - amount;
  console.log(
    `import of ${amount} at ${perMinute}/min, burst ${burst}, ${latencyMs} ms a request: ${Math.round(tookMs / 1000)} s;` +
      ` the limit allows ${Math.round(allowedMs / 1000)} s: ${(tookMs / allowedMs).toFixed(3)} times (at most 1.1);` +
      ` ${created} created, ${refused} requests refused`,
  );
}

const NAMES = ['Maria', 'Ana', 'José', 'Li', 'Olga', 'Tom', 'Zoë', 'Ivan', 'Noor', 'Kofi'];
const SYLLABLES = 'ka ri mo ne to lu sa vi den ber gol ram shi pe qua zin'.split(' ');
const QUERIES = ['maria', 'acme 77', 'jose kari', 'zoe karimo', '555', 'brazil', 'olag', 'ends in 42'];
const PEOPLE = 50_000;

/** The p95 of a warm query over an account of 50,000, without and with an address book of as many rows. */
async function joining(): Promise<void> {
  const simulator = createSimulator({ contacts: PEOPLE, metadata: 'ignored' });
  const clock: Clock = { ...systemClock, now: () => START };
  const sent: string[] = [];
  for (let page = 1; sent.length < PEOPLE / 2; page++)
    sent.push(...simulator.book.page(page, 100, {}).contacts.map(({ e164 }) => e164));
  const strangers = Array.from({ length: PEOPLE / 2 }, (_, i) => `+34699${String(i).padStart(6, '0')}`);
  const surname = (i: number) => [i, i >> 4, i >> 8].map((part) => SYLLABLES[part % 16]).join('');
  const rows = [...sent, ...strangers].map(
    (e164, i) =>
      `${NAMES[i % NAMES.length]} ${surname(i)},${e164},Acme ${i % 500},City ${i % 90},order ${i} is paid`,
  );
  const bytes = new TextEncoder().encode(['name,phone,company,city,note', ...rows].join('\n'));
  const p95Of = async (addressBook: ReturnType<typeof createAddressBook> | undefined): Promise<number> => {
    const options = { clock, newKey: randomUUID, defaultCountry: undefined, sandbox: false, addressBook };
    const { search, directory } = createContacts(clientOf(simulator, clock), {
      ...options,
      state: createMemoryStore(clock, { lasts: false }).account('bench'),
    });
    const caller = {
      signal: new AbortController().signal,
      progress: () => {},
      canAsk: false,
      confirm: async () => {},
    };
    while (!(await directory.ready(caller)).complete);
    const startedAt = performance.now();
    await addressBook?.ready();
    if (addressBook)
      console.log(
        `address book of ${PEOPLE}: read and joined in ${Math.round(performance.now() - startedAt)} ms`,
      );
    const times: number[] = [];
    for (let i = 0; i < 400; i++) {
      const at = performance.now();
      await search({ query: QUERIES[i % QUERIES.length], limit: 20 }, caller);
      if (i >= 100) times.push(performance.now() - at);
    }
    return times.sort((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? Number.NaN;
  };
  const plain = await p95Of(undefined);
  const source = { name: 'of the bench', read: async () => bytes, watch: () => {} };
  const joined = await p95Of(
    createAddressBook(source, { defaultCountry: undefined, clock: systemClock, onRead: () => {} }),
  );
  console.log(
    `warm query over ${PEOPLE} contacts, p95: ${plain.toFixed(1)} ms; with an address book of ${PEOPLE} rows` +
      ` ${joined.toFixed(1)} ms: ${(joined - plain).toFixed(1)} ms more (at most 10)`,
  );
}
const START = Date.now();

await import('ky'); // Its loading takes real time, in which the clock of the import would run on.
await judging();
await limited(1000, 200, 50, 120);
await limited(2000, 300, 20, 40);
await limited(3000, 600, 100, 250);
await joining();
