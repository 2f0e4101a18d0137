/** Sends through three instances that are killed and restarted, over a PostgreSQL that is restarted and an API that loses answers. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { startInstances } from '../../scripts/instances.ts';
import { startSimulator } from '../../src/simulator/index.ts';
import { startPostgres } from '../postgres-server.ts';

const AT_ONCE = 24;
/** A client gives up after so many tries; then the send counts as lost. */
const MAX_TRIES = 500;
const PAUSE_MS = 150;

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The same sequence for the same seed (mulberry32). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export type FaultsOfTeam = {
  sent: number;
  doubled: number;
  /** Never told to be sent, though asked for again and again; or told, and never sent. */
  lost: number;
  /** Results that said of a message the contrary of what Sent had at that moment. */
  untrue: number;
  tries: number;
  kills: number;
  restarts: number;
};

/** Each of so many different messages is sent by a client that repeats its call until it is told that Sent has it. */
export async function sendThroughFaults({
  sends,
  seed,
  killEveryMs = 1_200,
  told = () => {},
}: {
  sends: number;
  seed: number;
  killEveryMs?: number;
  told?: (done: number) => void;
}): Promise<FaultsOfTeam> {
  const random = chance(seed);
  const simulator = await startSimulator({ contacts: 200, requestsKept: 0 });
  const postgres = await startPostgres();
  const team = await startInstances(3, {
    SENT_BASE_URL: simulator.url,
    SENT_STATE: await postgres.createDatabase(),
    SENT_CONFIRM: 'never',
    SENT_TIMEOUT_MS: '2000',
    SENT_LOG: 'silent',
  });
  let isOver = false;
  let [kills, tries, untrue, restarts, done] = [0, 0, 0, 0, 0];
  const acknowledged: number[] = [];

  const kinds = ['lost-after', 'lost-before', 'cut-body', 'lost-after', 'empty', 'hang-after'] as const;
  for (let n = 0; n < sends / 4; n++) {
    const kind = kinds[Math.floor(random() * kinds.length)] ?? 'lost-after';
    simulator.faults.add({ method: 'POST', path: /messages/, after: 5 * n, times: 1, kind });
  }
  const kill = (async () => {
    while (!isOver) {
      await wait(killEveryMs);
      const instance = team.instances[Math.floor(random() * 3)];
      await instance?.end('SIGKILL');
      kills++;
      await wait(100);
      // One that starts while PostgreSQL is away ends and is started again, as whatever runs it would.
      const starts = () =>
        instance?.start().then(
          () => true,
          () => false,
        );
      while ((await starts()) === false) await wait(200);
    }
  })();

  const people = simulator.book.page(1, 100, {}).contacts.filter(({ opt_out }) => !opt_out);
  const counts = new Map<string, number>();
  let counted = 0;
  /** How often Sent has this message now. */
  const timesSent = (n: number): number => {
    for (; counted < simulator.messages.length; counted++) {
      const text = JSON.stringify(simulator.messages[counted]).match(/message \d+/)?.[0] ?? '';
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    return counts.get(`message ${n}`) ?? 0;
  };

  const connect = async (): Promise<Client> => {
    const client = new Client(
      { name: 'faults', version: '1' },
      { versionNegotiation: { mode: { pin: '2026-07-28' } } },
    );
    const requestInit = { headers: { authorization: `Bearer ${simulator.key}` } };
    await client.connect(new StreamableHTTPClientTransport(new URL(team.url), { requestInit }));
    return client;
  };
  /** One call; whether its client is told that Sent has it. @throws where the instance died, or the balancer found none */
  async function attempt(client: Client, n: number): Promise<boolean> {
    const to = [people[n % people.length]?.phone_number];
    const args = { to, text: `message ${n}`, channels: ['sms'] };
    const result = await client.callTool({ name: 'send_message', arguments: args });
    const { accepted, not_sent } = (result.structuredContent ?? {}) as {
      accepted?: number;
      not_sent?: unknown[];
    };
    const isAccepted = !result.isError && accepted === 1;
    if (isAccepted ? timesSent(n) === 0 : not_sent?.length && timesSent(n) > 0) untrue++;
    return isAccepted;
  }
  let next = 0;
  const sender = async (): Promise<void> => {
    let client: Client | undefined;
    while (next < sends) {
      const n = next++;
      let left = MAX_TRIES;
      for (; left > 0; left--) {
        tries++;
        try {
          client ??= await connect();
          if (await attempt(client, n)) {
            acknowledged.push(n);
            break;
          }
        } catch {
          await client?.close().catch(() => {});
          client = undefined;
        }
        await wait(PAUSE_MS);
      }
      told(++done);
      if (n % 2_000 === Math.min(1_000, Math.floor(sends / 2))) {
        restarts++;
        await postgres.stop();
        await postgres.start();
      }
    }
    await client?.close().catch(() => {});
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, sender));
  } finally {
    isOver = true;
    await kill;
    await team.close();
    await postgres.remove();
    await simulator.close();
  }
  const known = acknowledged.filter((n) => timesSent(n) > 0).length;
  return {
    sent: counts.size,
    doubled: simulator.messages.length - counts.size,
    lost: sends - known,
    untrue,
    tries,
    kills,
    restarts,
  };
}
