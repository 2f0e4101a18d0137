/** Many accounts behind one address, as a program: `<accounts> <contacts of each>`; tells its URL and their keys. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSimulator } from '../src/simulator/index.ts';

const [accounts = 1, contacts = 60] = process.argv.slice(2).map(Number);
const keys = Array.from({ length: accounts }, (_, account) => `sk_test_account_${account}`);
const simulators = new Map(
  keys.map((key, account) => {
    const options = { key, account, contacts, metadata: 'ignored', requestsKept: 0 } as const;
    return [key, createSimulator(options)];
  }),
);

const server = createServer(async (incoming, outgoing) => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const { method = 'GET', url = '/' } = incoming;
  const headers = Object.entries(incoming.headers).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  const key = String(incoming.headers['x-api-key']);
  const { fetch } = simulators.get(key) ?? createSimulator();
  const body = chunks.length > 0 ? { body: Buffer.concat(chunks) } : {};
  const answer = await fetch(`http://127.0.0.1${url}`, { method, headers, ...body });
  outgoing
    .writeHead(answer.status, Object.fromEntries(answer.headers))
    .end(Buffer.from(await answer.arrayBuffer()));
});
server.listen(0, '127.0.0.1', () => {
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, keys });
});
process.once('disconnect', () => process.exit());
