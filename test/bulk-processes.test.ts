/** A bulk change over processes that are killed: exactly what was shown, once. Real processes, files and signals. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../src/simulator/simulator.ts';

let folder: string;
let simulator: Simulator & { url: string; close(): Promise<void> };
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bulk-'));
  simulator = await startSimulator({ contacts: 150, latencyMs: 25 });
});
afterEach(async () => {
  await simulator.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A server of its own process on the account and its state. */
async function serverProcess() {
  const env = {
    PATH: process.env.PATH ?? '',
    SENT_API_KEY: simulator.key,
    SENT_BASE_URL: simulator.url,
    SENT_STATE: folder,
  };
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: ['dist/sent-contacts-mcp.cjs'],
    env,
  });
  const client = new Client({ name: 'test', version: '1.0.0' });
  await client.connect(transport);
  return {
    kill: () => process.kill(transport.pid ?? 0, 'SIGKILL'),
    close: () => client.close(),
    async call(name: string, args: Record<string, unknown>): Promise<Record<string, unknown>> {
      const { structuredContent, content, isError } = await client.callTool({ name, arguments: args });
      if (isError) throw new Error((content as { text: string }[])[0]?.text);
      return structuredContent as Record<string, unknown>;
    },
  };
}
const patches = () => simulator.requests.filter(({ method }) => method === 'PATCH');

test('killed three times in the middle, each time gone on with by another process', async () => {
  let server = await serverProcess();
  const { selection } = await server.call('search_contacts', { opt_out: false, limit: 0 });
  const { plan, count } = await server.call('update_contact', { selection, opt_out: true });
  for (let part = 1; part <= 3; part++) {
    const running = server.call('update_contact', { plan }).catch(() => {});
    while (patches().length < (Number(count) * part) / 4) await new Promise((done) => setTimeout(done, 5));
    server.kill();
    await running;
    server = await serverProcess();
  }
  // Two at once now, in two processes.
  const other = await serverProcess();
  const results = await Promise.all([server, other].map(({ call }) => call('update_contact', { plan })));
  for (const result of results) expect(result).toMatchObject({ done: count, failed: [], remaining: 0 });
  await Promise.all([server.close(), other.close()]);

  expect([...simulator.book.all()].filter(({ opt_out }) => !opt_out)).toEqual([]);
  // What a killed process had under way went out again under its own key, and so ran once.
  const keys = new Map<string, Set<string | undefined>>();
  for (const { path, headers } of patches())
    keys.set(path, (keys.get(path) ?? new Set()).add(headers['idempotency-key']));
  expect(keys.size).toBe(count);
  expect([...keys.values()].filter((each) => each.size > 1)).toEqual([]);
  expect(patches().length).toBeLessThanOrEqual(Number(count) + 3 * 8);
});
