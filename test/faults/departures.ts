/** Sends whose client times out, cancels or disconnects, or whose server ends or is killed, and that are made again. */
import { createSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { createMemoryStore } from '../../src/state/index.ts';
import { createVirtualClock, START } from '../virtual-clock.ts';
import { liesOf, type Report, type Send } from './departures-reports.ts';
import { ERAS, type Server, type Shared, startServer } from './departures-world.ts';
import { seeded } from './stage.ts';

const SERVERS = 3;
const SENDS_AT_ONCE = 6;
/** Share of the sends whose client, or server, goes away once more. */
const LEAVING = 0.7;
/** Answers that nothing disturbed, after which a send must be at its end. */
const MAX_CALM_ANSWERS = 6;

/** `cancelled`: by the user, or by the client when its time is over, which is the same on the wire. */
export const LEAVINGS = ['cancelled', 'forgotten', 'disconnected', 'ended', 'killed'] as const;
type Leaving = (typeof LEAVINGS)[number];

export type Departures = {
  sends: number;
  people: number;
  calls: number;
  /** How often a client or server went away, by kind and era. */
  departures: Record<string, number>;
  doubled: string[];
  lost: string[];
  /** What a report said that was not so, and sends that came to no end. */
  lies: string[];
};

/** Sends of so many people each, all to other people and with other words; each says its number. */
export function makeSends(sizes: readonly number[]): Send[] {
  let people = 0;
  return sizes.map((size, index) => {
    const to = Array.from({ length: size }, (_, place) => `+346${String(people + place).padStart(8, '0')}`);
    people += size;
    return { index, to, text: `#${index} It's "on" at nine` };
  });
}

/** The same call as somebody, or their assistant, makes it again. */
function wordedAgain({ to, text }: Send, random: () => number): { to: string[]; text: string } {
  const order = [...to];
  if (random() < 0.5) order.sort(() => random() - 0.5);
  const quotes =
    random() < 0.3 ? text.replace("'", '\u2019').replace('"', '\u201c').replace('"', '\u201d') : text;
  return { to: order, text: random() < 0.3 ? `${quotes} ` : quotes };
}

/** Makes each send until it is at its end, by three servers on one account; the same seed is the same run. */
export async function runDepartures(options: {
  seed: number;
  sizes: readonly number[];
}): Promise<Departures> {
  const clock = createVirtualClock(START);
  const simulator = createSimulator({ now: clock.trueTime, sleep: clock.work, requestsKept: 0 });
  const random = seeded(options.seed);
  const store = createMemoryStore(clock, { lasts: true });
  const shared: Shared = { clock, simulator, store, random: seeded(options.seed + 1) };
  const sends = makeSends(options.sizes);
  const optedOut = sends.flatMap(({ to }) => to.filter((_, place) => place % 50 === 7));
  for (const to of optedOut) simulator.book.change(simulator.book.add(to), { opt_out: true });

  const servers: Server[] = [];
  for (let one = 0; one < SERVERS; one++) servers.push(await startServer(shared));
  const departures: Record<string, number> = {};
  const lies: string[] = [];
  let calls = 0;

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
    calls++;
    let hasLeft = false;
    const heard = client
      .call('send_message', wordedAgain(send, random), cancel.signal)
      .then((outcome): Report | undefined => {
        const report = { ...outcome, send };
        if (!hasLeft && !server.isDead()) lies.push(...liesOf(report, simulator, clock.trueTime()));
        return report;
      })
      .catch((error: unknown) => {
        if (!hasLeft && !server.isDead()) throw error;
        return undefined;
      })
      .finally(() => client.done());
    if (leaving === undefined) return Promise.race([heard, server.death]);

    const requests = Math.ceil(send.to.length / 1_000);
    const moment = clock.sleep(random() * (600 + requests * 400)).then(() => 'moment' as const);
    const first = await Promise.race([heard, server.death, moment]);
    if (first !== 'moment') return first;
    hasLeft = leaving !== 'ended';
    const kind = `${leaving} (${era === 'modern' ? 'modern' : 'legacy'})`;
    departures[kind] = (departures[kind] ?? 0) + 1;
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
    while (random() < LEAVING) {
      const leaving = LEAVINGS[Math.floor(random() * LEAVINGS.length)];
      const both: Promise<unknown>[] = [callOnce(send, leaving)];
      if (random() < 0.3) both.push(callOnce(send, random() < 0.5 ? 'killed' : undefined));
      await Promise.all(both);
      if (random() < 0.5) await clock.sleep(random() * 2_000);
    }
    const heard: string[] = [];
    while (heard.length < MAX_CALM_ANSWERS) {
      const calm = Array.from({ length: random() < 0.3 ? 2 : 1 }, () => callOnce(send, undefined));
      const reports = await Promise.all(calm);
      if (reports.every(isAtEnd)) return;
      // A server that goes away for another send answers nothing, or says that it is going.
      const answers = reports.filter((report) => report !== undefined && report.code !== 'cancelled');
      heard.push(...answers.map((report) => report?.text.slice(0, 200) ?? ''));
    }
    lies.push(`#${send.index} of ${send.to.length} came to no end:\n${heard.join('\n')}`);
  }

  const waiting = [...sends];
  await Promise.all(
    Array.from({ length: SENDS_AT_ONCE }, async () => {
      for (let send = waiting.shift(); send; send = waiting.shift()) await deliver(send);
    }),
  );
  await clock.sleep(60_000); // What was late on the wire has come by now.
  const isOptedOut = new Set(optedOut);
  const meant = sends.flatMap(({ index, to }) =>
    to.filter((one) => !isOptedOut.has(one)).map((one) => `#${index} ${one}`),
  );
  return {
    ...{ sends: sends.length, people: sends.reduce((sum, { to }) => sum + to.length, 0), calls, departures },
    ...whoGotIt(simulator, meant),
    lies,
  };
}

/** Those who got what was not meant for them, or more than once, and those who got nothing. */
function whoGotIt({ messages }: Simulator, meant: readonly string[]): { doubled: string[]; lost: string[] } {
  const left = new Set(meant);
  const doubled = messages
    .map(({ text = '', to }) => `${text.split(' ')[0]} ${to}`)
    .filter((one) => !left.delete(one));
  return { doubled, lost: [...left] };
}

const isAtEnd = (report: Report | undefined): boolean =>
  report?.code === 'ok' && /^(accepted|nothing_to_send)$/.test(String(report.data.status));
