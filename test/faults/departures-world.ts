/** Servers that are killed, on a network that loses answers: what the departures of clients and servers are tried in. */
import { Client as V2Client } from '@modelcontextprotocol/client';
import { Client as V1Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Transport as V1Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { InMemoryTransport } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { openAccount } from '../../src/app/account.ts';
import { readSettings } from '../../src/config/index.ts';
import { createServer } from '../../src/mcp/server.ts';
import { TOOLS } from '../../src/mcp/tools/index.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import type { AccountState, Hold, StateStore } from '../../src/state/index.ts';
import type { VirtualClock } from '../virtual-clock.ts';
import type { Outcome } from './stage.ts';

export type Era = 'v1' | 'legacy' | 'modern';
export const ERAS: Era[] = ['v1', 'legacy', 'modern'];
export type Shared = { clock: VirtualClock; simulator: Simulator; store: StateStore; random: () => number };
export type Server = Awaited<ReturnType<typeof startServer>>;
const never = <T>(): Promise<T> => new Promise<T>(() => {});

/** What is kept, as a process uses it: it takes time, and after its death nothing is written and nothing held. */
function ofProcess({ store, clock, random }: Shared, process: { isDead: boolean; holds: Set<Hold> }) {
  const alive = async <T>(work: () => Promise<T>): Promise<T> => {
    if (process.isDead) return never();
    const done = await work();
    return process.isDead ? never() : done;
  };
  const written = <T>(work: () => Promise<T>): Promise<T> =>
    alive(async () => {
      await clock.sleep(random() * 10);
      const done = await alive(work);
      await clock.sleep(random() * 10);
      return done;
    });
  const account = (state: AccountState): AccountState => ({
    ...state,
    append: (...entry) => written(() => state.append(...entry)),
    claim: (...entry) => written(() => state.claim(...entry)),
    read: (...place) => alive(() => state.read(...place)),
    saveSnapshot: (...value) => alive(() => state.saveSnapshot(...value)),
    loadSnapshot: (name) => alive(() => state.loadSnapshot(name)),
    hold: (name) =>
      alive(async () => {
        const hold = await state.hold(name);
        if (hold) process.holds.add(hold);
        return hold;
      }),
  });
  return { ...store, account: (name: string) => account(store.account(name)) } satisfies StateStore;
}

/** The way to the API: a request takes time to come and its answer to go; either is lost, or comes too late. */
function network({ clock, simulator, random }: Shared, process: { isDead: boolean }): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const onWire = new Request(request, { signal: null });
    const gone = () => request.signal.aborted || process.isDead;
    const leave = () => (process.isDead ? never<Response>() : Promise.reject(request.signal.reason));
    if (process.isDead) return never();
    const comesAnyway = random() < 0.5;
    const lateBy = random() * 3_000;
    await clock.sleep(random() * 300, request.signal);
    if (gone()) {
      // What is on its way when nobody waits for it any more comes all the same, or never.
      if (comesAnyway) void clock.sleep(lateBy).then(() => simulator.fetch(onWire));
      return leave();
    }
    const answer = await simulator.fetch(onWire);
    await clock.sleep(random() * 300, request.signal);
    if (gone()) return leave();
    if (random() < 0.05) throw new TypeError('fetch failed');
    return answer;
  };
}

let started = 0;

/** A server as a process of its own on the same account and the same place where things last. */
export async function startServer(shared: Shared) {
  const { clock, simulator, random } = shared;
  const name = `process-${++started}`;
  const process = { isDead: false, holds: new Set<Hold>() };
  let keys = 0;
  const settings = readSettings([], { SENT_API_KEY: simulator.key, SENT_CONFIRM: 'never' }, TOOLS);
  const services = openAccount(
    settings,
    { fetch: network(shared, process), apiKey: simulator.key },
    () => {},
    ofProcess(shared, process),
    { clock, random, newKey: () => `${name}-${String(++keys).padStart(8, '0')}` },
  );
  const idle: Record<Era, Session[]> = { v1: [], legacy: [], modern: [] };
  let tellDeath = () => {};
  const death = new Promise<undefined>((resolve) => {
    tellDeath = () => resolve(undefined);
  });
  return {
    death,
    isDead: () => process.isDead,
    /** Nothing of it happens after this, and what it held is free. */
    kill(): void {
      process.isDead = true;
      for (const hold of process.holds) void hold.release();
      tellDeath();
    },
    /** As at the end of its input and at SIGTERM. */
    end: () => services.close(),
    /** A session of a client; one whose calls are over is used again, as hosts do. */
    async connect(era: Era) {
      const session = idle[era].pop() ?? (await openSession(era, services));
      let isClosed = false;
      return {
        call: (name: string, args: Record<string, unknown>, signal: AbortSignal) =>
          callTool(session, era, { name, arguments: args }, signal),
        done: () => void (isClosed || idle[era].push(session)),
        close: () => {
          isClosed = true;
          return session.close();
        },
      };
    },
  };
}

type Session = V1Client | V2Client;

async function openSession(era: Era, services: ReturnType<typeof openAccount>): Promise<Session> {
  const [near, far] = InMemoryTransport.createLinkedPair();
  serveStdio(() => createServer({ version: '0.0.0', tools: TOOLS, services: () => services }), {
    transport: far,
  });
  const about = { name: 'test', version: '1.0.0' };
  if (era === 'v1') {
    const client = new V1Client(about);
    await client.connect(near as unknown as V1Transport);
    return client;
  }
  const mode = era === 'modern' ? { pin: '2026-07-28' } : ('legacy' as const);
  const client = new V2Client(about, { versionNegotiation: { mode } });
  await client.connect(near);
  return client;
}

async function callTool(
  session: Session,
  era: Era,
  call: { name: string; arguments: Record<string, unknown> },
  signal: AbortSignal,
): Promise<Outcome> {
  // The older client takes the schema of the result before the options.
  const options = (era === 'v1' ? [undefined, { signal }] : [{ signal }]) as never as [];
  const result = await session.callTool(call, ...options);
  const [part] = result.content as { text: string }[];
  const text = part?.text ?? '';
  const code = result.isError ? (/^\w+(?=: )/.exec(text)?.[0] ?? 'unreadable') : 'ok';
  return { code, text, data: (result.structuredContent ?? {}) as Outcome['data'] };
}
