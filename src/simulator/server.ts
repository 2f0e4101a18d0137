import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Transport } from './transport.ts';

/** Serves the transport on 127.0.0.1 only; port 0 takes any free one. `close` also ends what still hangs. */
export async function serve(
  transport: Transport,
  port: number,
): Promise<{ url: string; close(): Promise<void> }> {
  const listener = getRequestListener(
    async (request, env) => {
      const incoming = env.incoming as IncomingMessage;
      const outgoing = env.outgoing as ServerResponse;
      const [rawPath] = (incoming.url ?? '/').split('?');
      const outcome = await transport(request, rawPath).catch(() => ({ end: 'lost' }) as const);
      if (outcome.end === 'answer') return outcome.response;
      if (outcome.end === 'cut') await sendHalf(outcome.response, outgoing);
      incoming.socket.destroy();
      return RESPONSE_ALREADY_SENT;
    },
    { overrideGlobalObjects: false },
  );
  const server = createServer((incoming, outgoing) => void listener(incoming, outgoing));
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

/** Announces the whole body and sends half of it. */
async function sendHalf(response: Response, outgoing: ServerResponse): Promise<void> {
  const body = new Uint8Array(await response.arrayBuffer());
  outgoing.writeHead(response.status, {
    ...Object.fromEntries(response.headers),
    'content-length': body.length,
  });
  await new Promise((resolve) => outgoing.write(body.subarray(0, body.length >> 1), resolve));
}
