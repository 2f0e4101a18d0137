import { Client } from '@modelcontextprotocol/client';
import { InMemoryTransport } from '@modelcontextprotocol/server';
import { openAccount } from '../../src/app/account.ts';
import { readSettings } from '../../src/config/index.ts';
import { createServer } from '../../src/mcp/server.ts';
import { TOOLS } from '../../src/mcp/tools/index.ts';
import { createSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/simulator.ts';
import { createMemoryStore, type StateStore } from '../../src/state/index.ts';
import { createVirtualClock, START, type VirtualClock } from '../virtual-clock.ts';

export { START };

export type Outcome = {
  /** `ok`, or the code of the failure. */
  code: string;
  text: string;
  data: Record<string, unknown>;
};

/** Chance that is the same on every run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

await import('ky'); // Loaded with the first request, and that time must not pass while it waits.

type Beside = { clock: VirtualClock; simulator: Simulator; store: StateStore };
let processes = 0;

/** The tools over a simulator that may fail, in a world whose time only passes while everybody waits. */
export async function stage(
  options: {
    env?: Record<string, string>;
    simulator?: SimulatorOptions;
    network?: (simulator: Simulator) => typeof globalThis.fetch;
    store?: (clock: VirtualClock) => StateStore;
    /** Another process of the same user: the same API, the same place where things last, a server of its own. */
    beside?: Beside;
  } = {},
) {
  const clock = options.beside?.clock ?? createVirtualClock(START);
  const simulator =
    options.beside?.simulator ??
    createSimulator({ now: clock.trueTime, sleep: clock.work, ...options.simulator });
  const store = options.beside?.store ?? options.store?.(clock) ?? createMemoryStore(clock, { lasts: true });
  const settings = readSettings([], { SENT_API_KEY: simulator.key, ...options.env }, TOOLS);
  let keys = 0;
  const name = options.beside === undefined ? 'key' : `other-${++processes}`;
  const random = seeded(7);
  const services = openAccount(
    settings,
    { fetch: options.network?.(simulator) ?? simulator.fetch, apiKey: simulator.key },
    () => {},
    store,
    { clock, random, newKey: () => `${name}-${String(++keys).padStart(8, '0')}` },
  );
  const client = new Client({ name: 'test', version: '1.0.0' });
  const [near, far] = InMemoryTransport.createLinkedPair();
  await createServer({ version: '0.0.0', tools: TOOLS, services: () => services }).connect(far);
  await client.connect(near);

  return {
    clock,
    simulator,
    store,
    services,
    client,
    async call(
      name: string,
      args: Record<string, unknown>,
      how: { signal?: AbortSignal } = {},
    ): Promise<Outcome> {
      const { content, structuredContent, isError } = await client.callTool({ name, arguments: args }, how);
      const [part] = content as { text: string }[];
      const text = part?.text ?? '';
      const code = isError ? (/^\w+(?=: )/.exec(text)?.[0] ?? 'unreadable') : 'ok';
      return { code, text, data: (structuredContent ?? {}) as Record<string, unknown> };
    },
  };
}

/** Two numbers of contacts that have not opted out. */
export const twoReachable = ({ book }: Simulator): string[] =>
  book
    .page(1, 30, {})
    .contacts.filter(({ opt_out }) => !opt_out)
    .slice(0, 2)
    .map(({ e164 }) => e164);
