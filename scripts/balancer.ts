import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A plain balancer: each request goes to the next of the instances in turn, whatever went before; one that refuses the
 * connection is passed over. `close` ends everything that runs through it.
 */
export async function startBalancer(targets: readonly string[], port = 0) {
  let turn = 0;
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk)).once('end', () => pass(targets.length - 1));

    const pass = (triesLeft: number): void => {
      const target = new URL(incoming.url ?? '/', targets[turn++ % targets.length]);
      const sent = request(target, { method: incoming.method, headers: incoming.headers });
      outgoing.once('close', () => outgoing.writableFinished || sent.destroy());
      sent.on('response', (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        if (incoming.method === 'GET') outgoing.flushHeaders(); // A stream, whose first message may be long in coming.
        answer.on('error', () => outgoing.destroy()).pipe(outgoing);
      });
      sent.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ECONNREFUSED' && triesLeft > 0) pass(triesLeft - 1);
        else if (outgoing.headersSent) outgoing.destroy();
        else outgoing.writeHead(502).end();
      });
      sent.end(Buffer.concat(chunks));
    };
  });
  server.keepAliveTimeout = 75_000; // Never closed under a client that is about to use it.
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
