import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** One request and its answer, between `node:http` and the web's own `Request` and `Response`. */
export type Exchange = {
  incoming: IncomingMessage;
  outgoing: ServerResponse;
  /** Without its body. Its signal is aborted when the client goes before its answer is whole. */
  request: Request;
};

/** Thrown while a body is read; the answer is `413`. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

export function exchangeOf(incoming: IncomingMessage, outgoing: ServerResponse): Exchange {
  const gone = new AbortController();
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) gone.abort();
  });
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined && !name.startsWith(':'))
      headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const address = new URL('http://localhost');
  address.pathname = pathOf(incoming); // Whatever a client writes there, it names no other host.
  const request = new Request(address, {
    method: incoming.method ?? 'GET',
    headers,
    signal: gone.signal,
  });
  return { incoming, outgoing, request };
}

/** The path as it came, without the query. */
export const pathOf = ({ url = '/' }: IncomingMessage): string => url.split('?')[0] || '/';

/** @throws BodyTooLarge, before more than `most` bytes are kept */
export async function readBody(incoming: IncomingMessage, most: number): Promise<Buffer> {
  if (Number(incoming.headers['content-length'] ?? 0) > most) throw new BodyTooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > most) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Writes an answer as it comes, no faster than the client takes it; resolves when it is whole or the client is gone. */
export async function writeAnswer({ outgoing, request }: Exchange, response: Response): Promise<void> {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  const reader = response.body?.getReader();
  if (!reader) {
    outgoing.end();
    return;
  }
  outgoing.flushHeaders();
  const stop = () => void reader.cancel().catch(() => {});
  if (request.signal.aborted) stop();
  request.signal.addEventListener('abort', stop, { once: true });
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (!outgoing.write(value) && !request.signal.aborted) {
      await once(outgoing, 'drain', { signal: request.signal }).catch(() => {});
    }
  }
  outgoing.end();
}

/** A refusal as clients of MCP read it; the words are ours. */
export const refusal = (status: number, message: string, headers: Record<string, string> = {}): Response =>
  Response.json(
    { jsonrpc: '2.0', error: { code: status === 404 ? -32001 : -32000, message }, id: null },
    { status, headers: { 'cache-control': 'no-store', ...headers } },
  );
