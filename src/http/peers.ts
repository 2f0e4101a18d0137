import { createHash } from 'node:crypto';
import type * as http from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { SharedByInstances } from '../app/index.ts';
import type { Clock, Log } from '../runtime/index.ts';
import { begin, type Exchange, onGone, refusal, writeAnswer } from './exchange.ts';

/** The other instances behind the same balancer. */
export type Peers = {
  /** Comes before the dot of each session's id here. */
  readonly instance: string;
  /** Makes this instance known to the others; never fails, and tries again with the next session. */
  register(): Promise<void>;
  /**
   * Passes a request on to the instance that has its session, and the answer back as it comes.
   * @returns false where the request is for this instance, or for none that is known.
   */
  pass(exchange: Exchange, body: Buffer): Promise<boolean>;
};

/** Marks a request that has been passed on, so that it is never passed on again. */
const PASSED_ON = 'x-sent-contacts-passed-on';
/** How long it holds where an instance is, or that there is none of that id. */
const FOUND_FOR_MS = 60_000;
const UNKNOWN_FOR_MS = 5_000;
const MAX_KNOWN = 1_000;
/** An instance that died with its machine refuses no connection: it does not answer. */
const CONNECT_WITHIN_MS = 2_000;
/** Streams say that they live every 15 s. */
const SILENT_FOR_MS = 60_000;
/** Belong to one connection, not to the answer (RFC 9110, 7.6.1). */
const OF_THE_CONNECTION = [
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
  'expect',
];

/** The same for an address over restarts, so that the state does not gather instances that are gone. */
export const instanceOf = (url: string): string =>
  createHash('sha256').update(url).digest('base64url').replaceAll('-', '_').slice(0, 8);

/** @param url where the others reach this instance. */
export function createPeers(options: {
  url: string;
  shared: SharedByInstances;
  clock: Clock;
  log: Log;
}): Peers {
  const { url, shared, clock, log } = options;
  const instance = instanceOf(url);
  const known = new Map<string, { url: string | undefined; at: number }>();
  let loaded: Promise<{ request: typeof http.request; agent: http.Agent }> | undefined;
  let registered: Promise<void> | undefined;

  async function find(id: string): Promise<string | undefined> {
    const found = known.get(id);
    const age = clock.monotonic() - (found?.at ?? 0);
    if (found && age < (found.url === undefined ? UNKNOWN_FOR_MS : FOUND_FOR_MS)) return found.url;
    const url = await shared.find(id).catch(() => found?.url);
    known.delete(id);
    known.set(id, { url, at: clock.monotonic() });
    if (known.size > MAX_KNOWN) known.delete(known.keys().next().value as string);
    return url;
  }

  /** @throws where the owner cannot be reached, or goes before it has begun to answer */
  async function ask(
    owner: string,
    { incoming, outgoing }: Exchange,
    body: Buffer,
  ): Promise<IncomingMessage> {
    loaded ??= import('node:http').then(({ request, Agent }) => ({
      request,
      agent: new Agent({ keepAlive: true, maxFreeSockets: 64 }),
    }));
    const { request, agent } = await loaded;
    const headers = {
      ...withoutConnection(incoming.headers),
      host: new URL(owner).host,
      [PASSED_ON]: instance,
    };
    return new Promise((resolve, reject) => {
      const method = incoming.method ?? 'GET';
      const sent = request(owner, { method, agent, timeout: SILENT_FOR_MS, headers }, resolve);
      onGone(outgoing, () => sent.destroy());
      sent.on('error', reject);
      sent.on('timeout', () => sent.destroy(new Error('silent')));
      sent.on('socket', (socket) => {
        if (!socket.connecting) return;
        const connected = new AbortController();
        socket.once('connect', () => connected.abort()).once('close', () => connected.abort());
        void clock.sleep(CONNECT_WITHIN_MS, connected.signal).then(() => {
          // After what has come in meanwhile: this process may have been too busy to hear of the connection.
          setImmediate(() => {
            if (socket.connecting) sent.destroy(new Error('unreachable'));
          });
        });
      });
      sent.end(body);
    });
  }

  return {
    instance,
    register() {
      registered ??= shared.register(instance, url).catch(() => {
        registered = undefined;
        log('error', 'not_registered');
      });
      return registered;
    },
    async pass(exchange, body) {
      const { incoming, outgoing } = exchange;
      const [owner = '', session] = String(incoming.headers['mcp-session-id'] ?? '').split('.');
      if (session === undefined || owner === instance || incoming.headers[PASSED_ON] !== undefined)
        return false;
      const address = /^[\w]{1,40}$/.test(owner) ? await find(owner) : undefined;
      if (address === undefined || address === url) return false;
      let answer: IncomingMessage;
      try {
        answer = await ask(address, exchange, body);
      } catch {
        if (outgoing.closed) return true; // It is the client that has gone.
        known.delete(owner);
        log('info', 'owner_gone', { owner });
        // As where a session has ended: the client begins a new one.
        await writeAnswer(exchange, refusal(404, 'Session not found'));
        return true;
      }
      begin(exchange, answer.statusCode ?? 502, withoutConnection(answer.headers));
      answer.on('error', () => outgoing.destroy()).pipe(outgoing);
      return true;
    },
  };
}

const withoutConnection = <T extends object>(headers: T): T =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.includes(name))) as T;
