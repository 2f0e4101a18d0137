/** Clients that go away, and servers with them: the same call again reaches everybody once, and every report is true. */
import { Client as V2Client } from '@modelcontextprotocol/client';
import { Client as V1Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Transport as V1Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { InMemoryTransport } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { expect, test } from 'vitest';
import { openAccount } from '../../src/app/account.ts';
import { readSettings } from '../../src/config/index.ts';
import { createServer } from '../../src/mcp/server.ts';
import { TOOLS } from '../../src/mcp/tools/index.ts';
import { createSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { type AccountState, createMemoryStore, type Hold, type StateStore } from '../../src/state/index.ts';
import { createVirtualClock, START, type VirtualClock } from '../virtual-clock.ts';
import { type Outcome, seeded } from './stage.ts';

const SEED = 20261124;
const PEOPLE = 10_000;
const SERVERS = 3;
const SENDS_AT_ONCE = 6;
/** Share of the sends whose client, or server, goes away once more. */
const LEAVING = 0.7;
/** Calls that nothing disturbs any more, after which a send must be at its end. */
const MAX_CALM_CALLS = 6;

type Era = 'v1' | 'legacy' | 'modern';
const ERAS: Era[] = ['v1', 'legacy', 'modern'];
const LEAVINGS = ['cancelled', 'forgotten', 'disconnected', 'ended', 'killed'] as const;
type Leaving = (typeof LEAVINGS)[number];

type Shared = { clock: VirtualClock; simulator: Simulator; store: StateStore; random: () => number };
type Server = Awaited<ReturnType<typeof startServer>>;
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
async function startServer(shared: Shared) {
  const { clock, simulator, random } = shared;
  const name = `process-${++started}`;
  const process = { isDead: false, holds: new Set<Hold>() };
  let keys = 0;
  const settings = readSettings(
    [],
    { SENT_API_KEY: simulator.key, SENT_CONFIRM: 'never' },
    TOOLS.map((tool) => tool.name),
  );
  const services = openAccount(
    settings,
    { fetch: network(shared, process), apiKey: simulator.key },
    () => {},
    ofProcess(shared, process),
    { clock, random, newKey: () => `${name}-${String(++keys).padStart(8, '0')}` },
  );
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
    /** A session of a client of its own. */
    async connect(era: Era) {
      const [near, far] = InMemoryTransport.createLinkedPair();
      serveStdio(() => createServer({ version: '0.0.0', tools: TOOLS, services }), { transport: far });
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
    },
  };
}

type Send = { index: number; to: string[]; text: string };
type Report = Outcome & {
  send: Send;
  /** Whether no other call has ever meant this send. */
  isOnlyCall: boolean;
};

/** Sends of 1 to 2,500 people, most of them small, who are `PEOPLE` together; each says something else. */
function makeSends(random: () => number): Send[] {
  const sends: Send[] = [];
  for (let people = 0; people < PEOPLE; ) {
    const most = [1, 3, 12, 120][Math.floor(random() * 4)] ?? 1;
    const size = sends.length < 3 ? [2_500, 1_001, 1_600][sends.length] : Math.ceil(random() * most);
    const to = Array.from(
      { length: Math.min(size ?? 1, PEOPLE - people) },
      (_, place) => `+346${String(people + place).padStart(8, '0')}`,
    );
    people += to.length;
    sends.push({ index: sends.length, to, text: `#${sends.length} It's "on" at nine` });
  }
  return sends;
}

/** The same call as somebody, or their assistant, makes it again. */
function wordedAgain({ to, text }: Send, random: () => number): { to: string[]; text: string } {
  const order = [...to];
  if (random() < 0.5) order.sort(() => random() - 0.5);
  const quotes =
    random() < 0.3 ? text.replace("'", '\u2019').replace('"', '\u201c').replace('"', '\u201d') : text;
  return { to: order, text: random() < 0.3 ? `${quotes} ` : quotes };
}

/** Who has a message of this send, each as often as they got it. */
const haveIt = ({ messages }: Simulator, { index }: Send): string[] =>
  messages.filter(({ text = '' }) => text.startsWith(`#${index} `)).map(({ to }) => to);

/** What a report says that is not so, at the moment when it is heard. */
function liesOf({ code, text, data, send, isOnlyCall }: Report, simulator: Simulator): string[] {
  const have = haveIt(simulator, send);
  const lie = (why: string) =>
    `#${send.index} of ${send.to.length}: ${why}, ${have.length} have it: ${text.slice(0, 300)}`;
  if (code === 'unknown_outcome' || /goes on in another call/.test(text)) return [];
  // A call that was stopped tells of itself alone, and asks to be made again.
  if (code === 'cancelled' && !isOnlyCall) return [];
  if (code !== 'ok') return have.length === 0 ? [] : [lie(code)];
  const numbers = (list: string) => (data[list] as { to: string }[]).map(({ to }) => to);
  const [accepted, notSent, skipped] = [numbers('messages'), numbers('not_sent'), numbers('skipped')];
  const unknown = data.unknown as string[];
  const left = Object.values((data.left_out ?? {}) as Record<string, number>).reduce(
    (sum, one) => sum + one,
    0,
  );
  const has = new Set(have);
  const named = [...accepted, ...notSent, ...skipped, ...unknown];
  const isUnknown = new Set(unknown);
  return [
    ...(accepted.some((to) => !has.has(to)) ? [lie('somebody accepted has it not')] : []),
    ...([...notSent, ...skipped].some((to) => has.has(to)) ? [lie('somebody not sent to has it')] : []),
    ...(new Set(named).size !== named.length ? [lie('somebody is in two lists')] : []),
    ...(named.length + left !== send.to.length ? [lie(`${named.length} named and ${left} left out`)] : []),
    ...(data.accepted !== have.filter((to) => !isUnknown.has(to)).length
      ? [lie(`${data.accepted} accepted`)]
      : []),
  ];
}

test('clients that go away: nobody gets it twice, nobody is lost, every report is true', {
  timeout: 120_000,
}, async () => {
  const clock = createVirtualClock(START);
  const simulator = createSimulator({ now: clock.trueTime, sleep: clock.work });
  const random = seeded(SEED);
  const shared: Shared = {
    clock,
    simulator,
    store: createMemoryStore(clock, { lasts: true }),
    random: seeded(SEED + 1),
  };
  const sends = makeSends(random);
  const optedOut = sends.flatMap(({ to }) => to.filter((_, place) => place % 50 === 7));
  for (const to of optedOut) simulator.book.change(simulator.book.add(to), { opt_out: true });

  const servers: Server[] = [];
  for (let one = 0; one < SERVERS; one++) servers.push(await startServer(shared));
  const tally: Record<string, number> = {};
  const count = (what: string) => {
    tally[what] = (tally[what] ?? 0) + 1;
  };
  const lies: string[] = [];
  const callsOf: number[] = [];

  /** One of the servers; a new one in the place of one that is dead. */
  async function anyServer(): Promise<Server> {
    const place = Math.floor(random() * SERVERS);
    const server = servers[place];
    if (server && !server.isDead()) return server;
    const fresh = await startServer(shared);
    servers[place] = fresh;
    return fresh;
  }

  /** One call, during which client or server may go away; what was heard of it, if anything. */
  async function callOnce(send: Send, leaving: Leaving | undefined): Promise<Report | undefined> {
    const server = await anyServer();
    const era = ERAS[Math.floor(random() * ERAS.length)] ?? 'v1';
    const client = await server.connect(era);
    const cancel = new AbortController();
    const args = wordedAgain(send, random);
    callsOf[send.index] = (callsOf[send.index] ?? 0) + 1;
    let hasLeft = false;
    const heard = client
      .callTool({ name: 'send_message', arguments: args }, ...options(era, cancel.signal))
      .then((result): Report | undefined => {
        const [part] = result.content as { text: string }[];
        const text = part?.text ?? '';
        const code = result.isError ? (/^\w+(?=: )/.exec(text)?.[0] ?? 'unreadable') : 'ok';
        const report = {
          code,
          text,
          data: (result.structuredContent ?? {}) as Outcome['data'],
          send,
          isOnlyCall: callsOf[send.index] === 1,
        };
        if (!hasLeft && !server.isDead()) lies.push(...liesOf(report, simulator));
        return report;
      })
      .catch((error: unknown) => {
        if (!hasLeft && !server.isDead()) throw error;
        return undefined;
      });
    if (leaving === undefined) return Promise.race([heard, server.death]);

    const requests = Math.ceil(send.to.length / 1_000);
    const moment = clock.sleep(random() * (600 + requests * 400)).then(() => 'moment' as const);
    const first = await Promise.race([heard, server.death, moment]);
    if (first !== 'moment') return first;
    hasLeft = leaving !== 'ended';
    count(`${leaving} (${era === 'modern' ? 'modern' : 'legacy'})`);
    if (leaving === 'cancelled') cancel.abort('the user stopped it');
    if (leaving === 'disconnected') await client.close();
    if (leaving === 'ended') {
      const over = server.end();
      const report = await Promise.race([heard, over.then(() => undefined)]);
      await over;
      server.kill();
      return report;
    }
    if (leaving === 'killed') server.kill();
    return undefined;
  }

  async function deliver(send: Send): Promise<void> {
    const isAtEnd = (report: Report | undefined) =>
      report?.code === 'ok' && /^(accepted|nothing_to_send)$/.test(String(report.data.status));
    while (random() < LEAVING) {
      const leaving = LEAVINGS[Math.floor(random() * LEAVINGS.length)];
      const calls = [callOnce(send, leaving)];
      if (random() < 0.3) calls.push(callOnce(send, random() < 0.5 ? 'killed' : undefined));
      await Promise.all(calls);
      if (random() < 0.5) await clock.sleep(random() * 2_000);
    }
    for (let calm = 0; calm < MAX_CALM_CALLS; calm++) {
      const reports = await Promise.all(
        Array.from({ length: random() < 0.3 ? 2 : 1 }, () => callOnce(send, undefined)),
      );
      for (const report of reports) count(report?.code ?? 'nothing heard');
      if (reports.every(isAtEnd)) return;
    }
    lies.push(`#${send.index} came to no end`);
  }

  const waiting = [...sends];
  await Promise.all(
    Array.from({ length: SENDS_AT_ONCE }, async () => {
      for (let send = waiting.shift(); send; send = waiting.shift()) await deliver(send);
    }),
  );
  await clock.sleep(60_000); // What was late on the wire has come by now.

  expect(lies).toEqual([]);
  const isOptedOut = new Set(optedOut);
  const meant = sends.flatMap(({ index, to }) =>
    to.filter((one) => !isOptedOut.has(one)).map((one) => `#${index} ${one}`),
  );
  const got = simulator.messages.map(({ text = '', to }) => `${text.split(' ')[0]} ${to}`);
  expect(got.length).toBe(new Set(got).size);
  expect(got.sort()).toEqual(meant.sort());
  for (const leaving of LEAVINGS)
    for (const era of ['legacy', 'modern']) expect(tally[`${leaving} (${era})`], leaving).toBeGreaterThan(3);
});

/** The older client takes the schema of the result before the options. */
const options = (era: Era, signal: AbortSignal) =>
  (era === 'v1' ? [undefined, { signal }] : [{ signal }]) as never as [];
