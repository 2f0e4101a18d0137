/** The server over the simulator, on HTTP for the conformance suite, which speaks nothing else. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { demoApi, openAccount } from '../src/app/account.ts';
import { openStore } from '../src/app/state.ts';
import { readSettings } from '../src/config.ts';
import { createServer as createMcpServer } from '../src/mcp/server.ts';
import { TOOLS } from '../src/mcp/tools/index.ts';

/** Listens on a free port of this machine; the same factory as over stdio makes each server. */
export async function serveHttp(): Promise<{ url: string; close(): void }> {
  const settings = readSettings(['--demo'], {}, []);
  const services = openAccount(
    settings,
    await demoApi(),
    () => {},
    openStore(settings, { env: {}, platform: 'linux', home: '/nowhere' }),
  );
  const handler = createMcpHandler(() => createMcpServer({ version: '0.0.0', tools: TOOLS, services }));
  const server: Server = createServer(async (incoming, outgoing) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Uint8Array);
    const { method = 'GET', headers, url = '/' } = incoming;
    const response = await handler.fetch(
      new Request(`http://${headers.host}${url}`, {
        method,
        headers: Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
        ...(method === 'POST' && { body: Buffer.concat(chunks) }),
      }),
    );
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    if (response.body) for await (const chunk of response.body) outgoing.write(chunk);
    outgoing.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    close: () => void server.close(() => {}).closeAllConnections(),
  };
}
