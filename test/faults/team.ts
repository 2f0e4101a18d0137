/** Sends through three instances that are killed and restarted, over a PostgreSQL that is restarted and an API that loses answers. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { startInstances } from '../../scripts/instances.ts';
import { startSimulator } from '../../src/simulator/index.ts';
import { startPostgres } from '../postgres-server.ts';

const AT_ONCE = 16;
const KILL_EVERY_MS = 1_200;
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

export type FaultsOfTeam = { sent: number; doubled: number; lost: number; tries: number; kills: number };

/** Each of so many different messages is sent by a client that repeats its call until it is told that Sent has it. */
export async function sendThroughFaults({
  sends,
  seed,
}: {
  sends: number;
  seed: number;
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
  let kills = 0;
  let tries = 0;
  let lost = 0;

  const kinds = ['lost-after', 'lost-before', 'cut-body', 'lost-after', 'empty', 'hang-after'] as const;
  for (let n = 0; n < sends / 4; n++) {
    const kind = kinds[Math.floor(random() * kinds.length)] ?? 'lost-after';
    simulator.faults.add({ method: 'POST', path: /messages/, after: 5 * n, times: 1, kind });
  }
  const kill = (async () => {
    while (!isOver) {
      await wait(KILL_EVERY_MS);
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
  /** One call; whether Sent has it. */
  async function attempt(n: number): Promise<boolean> {
    const client = new Client(
      { name: 'faults', version: '1' },
      { versionNegotiation: { mode: { pin: '2026-07-28' } } },
    );
    const requestInit = { headers: { authorization: `Bearer ${simulator.key}` } };
    try {
      await client.connect(new StreamableHTTPClientTransport(new URL(team.url), { requestInit }));
      const to = [people[n % people.length]?.phone_number];
      const args = { to, text: `message ${n}`, channels: ['sms'] };
      const result = await client.callTool({ name: 'send_message', arguments: args });
      const { accepted } = (result.structuredContent ?? {}) as { accepted?: number };
      return !result.isError && accepted === 1;
    } catch {
      return false; // The instance died, or the balancer found none.
    } finally {
      await client.close().catch(() => {});
    }
  }
  let next = 0;
  const sender = async (): Promise<void> => {
    while (next < sends) {
      const n = next++;
      let left = MAX_TRIES;
      for (; left > 0; left--) {
        tries++;
        if (await attempt(n)) break;
        await wait(PAUSE_MS);
      }
      if (left === 0) lost++;
      if (n === Math.floor(sends / 2)) {
        await postgres.stop();
        await postgres.start();
      }
    }
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
  const texts = simulator.messages.map((message) => JSON.stringify(message).match(/message \d+/)?.[0]);
  const different = new Set(texts).size;
  return {
    sent: different,
    doubled: texts.length - different,
    lost: lost + (sends - different - lost),
    tries,
    kills,
  };
}
