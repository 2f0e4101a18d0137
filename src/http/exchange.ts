import { once } from 'node:events';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** One request and its answer, between `node:http` and the web's own `Request` and `Response`. */
export type Exchange = {
  incoming: IncomingMessage;
  outgoing: ServerResponse;
  /**
   * Without its body; made when it is first asked for, since what is passed on needs none. Its signal is aborted when the
   * client goes before its answer is whole.
   */
  readonly request: Request;
};

/** Thrown while a body is read; the answer is `413`. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

export function exchangeOf(incoming: IncomingMessage, outgoing: ServerResponse): Exchange {
  let request: Request | undefined;
  return {
    incoming,
    outgoing,
    get request() {
      request ??= requestOf(incoming, outgoing);
      return request;
    },
  };
}

function requestOf(incoming: IncomingMessage, outgoing: ServerResponse): Request {
  const gone = new AbortController();
  onGone(outgoing, () => gone.abort());
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined && !name.startsWith(':'))
      headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const address = new URL('http://localhost');
  address.pathname = pathOf(incoming); // Whatever a client writes there, it names no other host.
  return new Request(address, { method: incoming.method ?? 'GET', headers, signal: gone.signal });
}

/** Calls when the client has gone before its answer was whole. */
export function onGone(outgoing: ServerResponse, gone: () => void): void {
  const look = () => {
    if (!outgoing.writableFinished) gone();
  };
  if (outgoing.closed) look();
  else outgoing.once('close', look);
}

/** The path as it came, without the query. */
export const pathOf = ({ url = '/' }: IncomingMessage): string => url.split('?')[0] || '/';

/** @throws BodyTooLarge, before more than `most` bytes are kept */
export function readBody(incoming: IncomingMessage, most: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(incoming.headers['content-length'] ?? 0) > most) return reject(new BodyTooLarge());
    const chunks: Buffer[] = [];
    let length = 0;
    const take = (chunk: Buffer): void => {
      length += chunk.length;
      if (length <= most) return void chunks.push(chunk);
      incoming.off('data', take).pause();
      reject(new BodyTooLarge());
    };
    incoming.on('data', take).once('error', reject);
    incoming.once('end', () => resolve(Buffer.concat(chunks)));
  });
}

/**
 * Begins an answer. A stream that a client opened says so at once, since its first message may be long in coming; of a
 * call the headers go out with the first of its answer.
 */
export function begin(
  { outgoing, incoming: { method } }: Pick<Exchange, 'outgoing' | 'incoming'>,
  status: number,
  headers: OutgoingHttpHeaders,
): void {
  outgoing.writeHead(status, headers);
  if (method === 'GET') outgoing.flushHeaders();
}

/**
 * Writes an answer as it comes, no faster than the client takes it; resolves when it is whole or the client is gone. One
 * that is whole as soon as it begins says how long it is, so that it is one write here and wherever it is passed on (each
 * costs about as much as a search), and goes out as JSON where it is a stream of one message: that takes a client half the
 * work.
 */
export async function writeAnswer(exchange: Exchange, response: Response): Promise<void> {
  const { outgoing, request } = exchange;
  const headers = Object.fromEntries(response.headers);
  const reader = response.body?.getReader();
  if (!reader) {
    outgoing.writeHead(response.status, { ...headers, 'content-length': 0 }).end();
    return;
  }
  const stop = () => void reader.cancel().catch(() => {});
  if (request.signal.aborted) stop();
  request.signal.addEventListener('abort', stop, { once: true });
  const isCall = request.method !== 'GET';
  if (!isCall) begin(exchange, response.status, headers);
  let piece = await reader.read();
  let next = readOn(reader);
  if (isCall) {
    if (await Promise.race([next.then(({ done }) => done), aMoment()])) {
      const message = onlyMessage(piece.value);
      const body = message ?? piece.value;
      const type = message ? { 'content-type': 'application/json' } : {};
      outgoing
        .writeHead(response.status, { ...headers, ...type, 'content-length': body?.length ?? 0 })
        .end(body);
      return;
    }
    begin(exchange, response.status, headers);
  }
  while (!piece.done) {
    if (!outgoing.write(piece.value) && !request.signal.aborted) {
      await once(outgoing, 'drain', { signal: request.signal }).catch(() => {});
    }
    piece = await next;
    next = readOn(reader);
  }
  outgoing.end();
}

/** As the SDK writes a message to a stream. */
const EVENT = { before: Buffer.from('event: message\ndata: '), after: Buffer.from('\n\n') };

/** The message of an event stream that has no other; undefined for anything else. */
function onlyMessage(written: Uint8Array | undefined): Buffer | undefined {
  if (written === undefined) return undefined;
  const stream = Buffer.from(written.buffer, written.byteOffset, written.length);
  const isOne =
    stream.subarray(0, EVENT.before.length).equals(EVENT.before) &&
    stream.indexOf(EVENT.after) === stream.length - EVENT.after.length;
  return isOne ? stream.subarray(EVENT.before.length, -EVENT.after.length) : undefined;
}

/** The next piece, asked for before it is waited for: its failure is heard of then. */
function readOn<T>(reader: ReadableStreamDefaultReader<T>): ReturnType<typeof reader.read> {
  const piece = reader.read();
  piece.catch(() => {});
  return piece;
}

/** Resolves, with false, after all that is at hand. */
const aMoment = (): Promise<false> => new Promise((resolve) => setImmediate(resolve, false));

/** A refusal as clients of MCP read it; the words are ours. */
export const refusal = (status: number, message: string, headers: Record<string, string> = {}): Response =>
  Response.json(
    { jsonrpc: '2.0', error: { code: status === 404 ? -32001 : -32000, message }, id: null },
    { status, headers: { 'cache-control': 'no-store', ...headers } },
  );
