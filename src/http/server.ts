import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { validateHostHeader, validateOriginHeader } from '@modelcontextprotocol/server';
import type { Clock, Log } from '../runtime/index.ts';
import { type Endpoint, unauthorised } from './endpoint.ts';
import {
  BodyTooLarge,
  type Exchange,
  exchangeOf,
  pathOf,
  readBody,
  refusal,
  writeAnswer,
} from './exchange.ts';
import type { Authenticator, Client } from './keys.ts';
import type { Metrics } from './metrics.ts';
import type { Peers } from './peers.ts';
import { callsIn } from './sessions.ts';

/** The longest body: lists to import come in it. As the SDK has it. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
const MAX_HEADER_BYTES = 16 * 1024;
const HEADERS_WITHIN_MS = 10_000;
const BODY_WITHIN_MS = 30_000;
/** Longer than a balancer keeps a connection (60 s is usual), so that it is never closed under one that it just used. */
const KEEP_ALIVE_MS = 75_000;
const MAX_CONNECTIONS = 10_000;
/** Longest that calls under way hold up the end. */
const DRAIN_WITHIN_MS = 25_000;

export type HttpServer = {
  /** Where it is reached from this machine, with the path. */
  url: string;
  /** Ends: no new calls, those under way end, at most 25 s; then everything is closed. */
  drain(): Promise<void>;
};

/** A port that is taken, and where it is reached. */
export type Listener = { server: Server; host: string; port: number };

export type HttpServerOptions = {
  /** Host names under which it may be called, beside those of this machine. */
  names: readonly string[];
  authenticator: Authenticator;
  endpoint: Endpoint;
  peers: Peers;
  metrics: Metrics;
  /** Whether what lasts can be read and written. */
  isReady(): Promise<boolean>;
  clock: Clock;
  log: Log;
};

const LOCAL_NAMES = ['localhost', '127.0.0.1', '[::1]'];
const HEALTH = ['/healthz', '/readyz', '/metrics'];

/** Takes a port; nothing is answered yet. @throws where it cannot listen there */
export async function listen({ host, port }: { host: string; port: number }): Promise<Listener> {
  // Loaded here, so that the server over stdio does not wait for it.
  const { createServer } = await import('node:http');
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEADERS_WITHIN_MS,
    requestTimeout: BODY_WITHIN_MS,
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return { server, host: bracketed(host), port: (server.address() as AddressInfo).port };
}

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** Answers what comes in at a port. */
export function serve({ server, host, port }: Listener, options: HttpServerOptions): HttpServer {
  const { authenticator, endpoint, peers, metrics, clock, log } = options;
  const names = [...LOCAL_NAMES, host, ...options.names];
  /** Calls whose answer is not whole yet. */
  let underWay = 0;
  let isDraining = false;
  let drained: () => void = () => {};

  async function answer(exchange: Exchange, ended: Promise<void>): Promise<Response | undefined> {
    const { incoming } = exchange;
    const path = pathOf(incoming);
    if (HEALTH.includes(path)) return health(path);
    const { host, origin } = incoming.headers;
    for (const checked of [validateHostHeader(host, names), validateOriginHeader(origin, names)])
      if (!checked.ok) return refusal(403, checked.message);
    if (path !== '/mcp') return new Response(null, { status: 404 });
    const client = authenticator.authenticate(incoming.headers);
    if (client === undefined) {
      return unauthorised(
        'Send your Sent API key, or the access token that you were given, as Authorization: Bearer',
      );
    }
    return mcp(exchange, client, ended);
  }

  async function mcp(
    exchange: Exchange,
    client: Client,
    ended: Promise<void>,
  ): Promise<Response | undefined> {
    const { incoming } = exchange;
    const body = await readBody(incoming, MAX_BODY_BYTES);
    const isPost = incoming.method === 'POST';
    const messages = isPost ? parsed(body) : undefined;
    if (isPost && messages === undefined) return refusal(400, 'The body is not JSON');
    if (callsIn(messages).length > 0) {
      // An answer to a question, or a cancellation, is no call: those under way may need it.
      if (isDraining) return refusal(503, 'This server is about to end; call again', { 'retry-after': '1' });
      underWay++;
      void ended.then(() => {
        underWay--;
        if (isDraining && underWay === 0) drained();
      });
    }
    if (await peers.pass(exchange, body)) return undefined;
    return endpoint.answer(exchange.request, messages, client, ended);
  }

  async function health(path: string): Promise<Response> {
    const text = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
    if (path === '/metrics') {
      return new Response(metrics.text(), { headers: { 'content-type': 'text/plain; version=0.0.4' } });
    }
    if (path === '/healthz') return new Response('ok\n', { headers: text });
    if (isDraining) return new Response('draining\n', { status: 503, headers: text });
    const isReady = await options.isReady().catch(() => false);
    return new Response(isReady ? 'ready\n' : 'state unavailable\n', {
      status: isReady ? 200 : 503,
      headers: text,
    });
  }

  async function take(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const startedAt = clock.monotonic();
    const exchange = exchangeOf(incoming, outgoing);
    const ended = new Promise<void>((resolve) => outgoing.once('close', resolve));
    try {
      const response = await answer(exchange, ended);
      if (isDraining) outgoing.setHeader('connection', 'close');
      if (response) await writeAnswer(exchange, response);
    } catch (error) {
      const isTooLarge = error instanceof BodyTooLarge;
      if (!isTooLarge && !outgoing.closed) {
        log('error', 'http', { kind: error instanceof Error ? error.name : typeof error });
      }
      if (outgoing.headersSent) outgoing.destroy();
      else {
        outgoing.setHeader('connection', 'close'); // What is left of a body that is too large is not read.
        await writeAnswer(
          exchange,
          isTooLarge ? refusal(413, 'The body is larger than 4 MiB') : refusal(500, 'Failed'),
        );
      }
    }
    await ended;
    const path = pathOf(incoming);
    const route = path === '/mcp' || HEALTH.includes(path) ? path : 'other';
    const method = /^(GET|POST|DELETE)$/.exec(incoming.method ?? '')?.[0] ?? 'other';
    const ms = Math.round(clock.monotonic() - startedAt);
    metrics.answered({ route, method, status: outgoing.statusCode }, ms / 1000);
    log(HEALTH.includes(path) ? 'debug' : 'info', 'request', {
      route,
      method,
      status: outgoing.statusCode,
      ms,
    });
  }

  server.on('request', (incoming, outgoing) => void take(incoming, outgoing));
  authenticator.onRevoked((isValid) => endpoint.sessions.endWhere((credential) => !isValid(credential)));

  return {
    url: `http://${isEverywhere(host) ? '127.0.0.1' : host}:${port}/mcp`,
    async drain() {
      isDraining = true;
      const stop = new AbortController();
      const all = underWay === 0 ? Promise.resolve() : new Promise<void>((resolve) => (drained = resolve));
      await Promise.race([all, clock.sleep(DRAIN_WITHIN_MS, stop.signal)]);
      stop.abort();
      log('info', 'drained', { cut: underWay });
      authenticator.close();
      const closed = new Promise((resolve) => server.close(resolve));
      await endpoint.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Whether a server that listens at this host takes what comes to any address of the machine. */
export const isEverywhere = (host: string): boolean => host === '0.0.0.0' || host === '[::]';

/** Undefined for what is no JSON. */
function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
