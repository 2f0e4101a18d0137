import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Transport } from './transport.ts';

/** Serves the transport on 127.0.0.1 only; port 0 takes any free one. `close` also ends what still hangs. */
export async function serve(
  transport: Transport,
  port: number,
): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((incoming, outgoing) => void answer(transport, incoming, outgoing));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

async function answer(
  transport: Transport,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const [rawPath] = (incoming.url ?? '/').split('?');
  try {
    const outcome = await transport(await requestOf(incoming, outgoing), rawPath);
    if (outcome.end !== 'lost') {
      const { status, headers } = outcome.response;
      const body = new Uint8Array(await outcome.response.arrayBuffer());
      // 204 has no length; a body that is cut has been announced whole.
      const length = status === 204 ? {} : { 'content-length': body.length };
      outgoing.writeHead(status, { ...Object.fromEntries(headers), ...length });
      if (outcome.end === 'answer') {
        outgoing.end(body);
        return;
      }
      await new Promise((resolve) => outgoing.write(body.subarray(0, body.length >> 1), resolve));
    }
  } catch {} // Whoever asked has gone.
  incoming.socket.destroy();
}

/** The request as `fetch` knows it; its signal is aborted when whoever asked goes. */
async function requestOf(incoming: IncomingMessage, outgoing: ServerResponse): Promise<Request> {
  const gone = new AbortController();
  outgoing.once('close', () => gone.abort());
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Uint8Array);
  const { method = 'GET', headers, url = '/' } = incoming;
  return new Request(`http://127.0.0.1${url}`, {
    method,
    headers: Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
    ...(method !== 'GET' && method !== 'HEAD' && { body: Buffer.concat(chunks) }),
    signal: gone.signal,
  });
}
