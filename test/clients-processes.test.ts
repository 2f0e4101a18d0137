/** A long send whose server ends in its second request: the same call again finishes it. Real processes and files. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { expect, test } from 'vitest';
import { startSimulator } from '../src/simulator/simulator.ts';

const PEOPLE = Array.from({ length: 2_500 }, (_, index) => `+346${String(index).padStart(8, '0')}`);
const ARGS = { to: PEOPLE, text: 'We open at nine' };
/** Where in the second request it ends, in milliseconds since that arrived. */
const MOMENTS = [0, 60];

test.each(['SIGKILL', 'SIGTERM', 'end of input'] as const)(
  '%s in request 2 of 3, and the same call again',
  async (ending) => {
    for (const moment of MOMENTS) {
      const folder = mkdtempSync(join(tmpdir(), 'clients-'));
      const simulator = await startSimulator({ latencyMs: 40 });
      const connect = async () => {
        const transport = new StdioClientTransport({
          command: process.execPath,
          args: ['dist/sent-contacts-mcp.cjs'],
          env: {
            PATH: process.env.PATH ?? '',
            SENT_API_KEY: simulator.key,
            SENT_BASE_URL: simulator.url,
            SENT_STATE: folder,
            SENT_CONFIRM: 'never',
          },
        });
        const client = new Client({ name: 'test', version: '1.0.0' });
        await client.connect(transport);
        return { client, pid: transport.pid ?? 0 };
      };
      const posts = () =>
        simulator.requests.filter(({ method, path }) => method === 'POST' && path === '/v3/messages');
      try {
        const first = await connect();
        const ended = first.client.callTool({ name: 'send_message', arguments: ARGS }).catch(() => {});
        while (posts().length < 2) await new Promise((done) => setTimeout(done, 2));
        await new Promise((done) => setTimeout(done, moment));
        if (ending === 'end of input') await first.client.close();
        else process.kill(first.pid, ending);
        await ended;
        const before = posts().length;

        const second = await connect();
        const { structuredContent } = await second.client.callTool({ name: 'send_message', arguments: ARGS });
        await second.client.close();
        expect(structuredContent).toMatchObject({
          status: 'accepted',
          accepted: PEOPLE.length,
          not_sent: [],
          unknown: [],
        });
        expect(simulator.messages.map(({ to }) => to).sort()).toEqual(PEOPLE);
        expect(new Set(posts().map(({ headers }) => headers['idempotency-key'])).size).toBe(3);
        if (moment === 0) expect(before).toBe(2);
      } finally {
        await simulator.close();
        rmSync(folder, { recursive: true, force: true });
      }
    }
  },
  60_000,
);
