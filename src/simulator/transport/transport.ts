import type { Hono } from 'hono';
import { ApiError, type AppEnv, failure } from '../api/index.ts';
import type { SimulatedAccount } from '../simulated-account.ts';
import type { FaultKind, Faults } from './faults.ts';

/** A request as it reached the API. */
export type RecordedRequest = {
  method: string;
  /** As it came: percent-encoded, without the query. */
  path: string;
  /** Decoded. */
  query: Record<string, string>;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** The parsed JSON; the text if it is none; undefined if there is no body. */
  body: unknown;
  /** Milliseconds. */
  at: number;
  /** How the API answered, whether that came through or not; undefined while it has not. */
  status?: number;
};

/** How an exchange ends: an answer, an answer whose body breaks off, or a lost connection. */
export type Outcome = { end: 'answer' | 'cut'; response: Response } | { end: 'lost' };

/** Takes one request through recording, faults and the API. Rejects with the signal's reason if it is aborted meanwhile. */
export type Transport = (request: Request, rawPath?: string) => Promise<Outcome>;

export function createTransport(
  app: Hono<AppEnv>,
  account: SimulatedAccount,
  options: { faults: Faults; requests: RecordedRequest[]; requestsKept: number; latencyMs: number },
): Transport {
  /** Requests without an answer yet. A request that is collected as garbage would never hear of its abort. */
  const underWay = new Set<Request>();
  return async (request, rawPath) => {
    const { signal } = request;
    const url = new URL(request.url);
    const path = rawPath ?? url.pathname;
    const body = await request.text();
    signal.throwIfAborted(); // given up before it arrived
    const record: RecordedRequest = {
      method: request.method,
      path,
      query: Object.fromEntries(url.searchParams),
      headers: Object.fromEntries(request.headers),
      body: parsed(body),
      at: account.now(),
    };
    options.requests.push(record);
    if (options.requests.length > options.requestsKept) options.requests.shift();
    const kind = options.faults.take(request.method, path);
    const act = async (extraMs = 0): Promise<Response> => {
      const response = await app.fetch(request, { body, workMs: options.latencyMs + extraMs, signal });
      record.status = response.status;
      return response;
    };
    underWay.add(request);
    return untilAborted(follow(kind, act, account), signal).finally(() => underWay.delete(request));
  };
}

async function follow(
  kind: FaultKind | undefined,
  act: (extraMs?: number) => Promise<Response>,
  account: SimulatedAccount,
): Promise<Outcome> {
  const answer = (response: Response): Outcome => ({ end: 'answer', response });
  if (kind === undefined) return answer(await act());
  if (kind === 'lost-before') return { end: 'lost' };
  if (kind === 'hang') return new Promise(() => {});
  if (kind === 'html') return answer(htmlPage(502));
  if (typeof kind === 'object') {
    if ('html' in kind) return answer(htmlPage(kind.html));
    if ('delayMs' in kind) return answer(await act(kind.delayMs));
    if (kind.acts) await act();
    return answer(failed(kind, account));
  }
  const response = await act();
  if (kind === 'lost-after') return { end: 'lost' };
  if (kind === 'hang-after') return new Promise(() => {});
  if (kind === 'cut-body') return { end: 'cut', response };
  return answer(new Response(null, { status: response.status, headers: response.headers }));
}

function failed(kind: Extract<FaultKind, { status: number }>, account: SimulatedAccount): Response {
  const headers = new Headers(kind.headers);
  const requestId = 'req_fault';
  headers.set('X-Request-Id', requestId);
  if (kind.retryAfter !== undefined) headers.set('Retry-After', String(kind.retryAfter));
  if (kind.code === undefined) return new Response(null, { status: kind.status, headers });
  headers.set('Content-Type', 'application/json');
  return new Response(failure(account, requestId, new ApiError(kind.code, null)), {
    status: kind.status,
    headers,
  });
}

function htmlPage(status: number): Response {
  const page =
    '<!DOCTYPE html><html><head><title>Gateway</title></head><body><h1>Something went wrong</h1></body></html>';
  return new Response(page, { status, headers: { 'Content-Type': 'text/html; charset=utf-8' } });
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body === '' ? undefined : body;
  }
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
