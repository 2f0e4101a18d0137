/**
 * How soon the built server answers after a restart, from what it has kept of the account: `npx tsx bench/restart.ts
 * [contacts] [restarts]`, default 100000 and 5. Needs the built server (`npm run build`).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { simulatorOf } from './simulator-process.ts';

const [contacts = 100_000, restarts = 5] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'sent-bench-restart-'));
const simulator = await simulatorOf(contacts);

async function serve() {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: ['dist/sent-contacts-mcp.cjs'],
    env: {
      PATH: process.env.PATH ?? '',
      SENT_API_KEY: simulator.key,
      SENT_BASE_URL: simulator.url,
      SENT_STATE: folder,
    },
    stderr: 'inherit',
  });
  const client = new Client({ name: 'bench', version: '1.0.0' });
  await client.connect(transport);
  const ask = async (args: Record<string, unknown>) => {
    const began = performance.now();
    const { structuredContent } = await client.callTool({ name: 'search_contacts', arguments: args });
    return {
      ms: performance.now() - began,
      ...(structuredContent as { total: number; complete: boolean; as_of?: string }),
    };
  };
  return { ask, kill: () => process.kill(transport.pid ?? 0, 'SIGKILL'), close: () => client.close() };
}

try {
  const first = await serve();
  while (!(await first.ask({ group_by: 'country' })).complete);
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  first.kill();
  const questions = {
    counts: { group_by: 'country' },
    words: { query: 'hernandez' },
    digits: { query: 'ends in 99' },
  };
  for (const [name, question] of Object.entries(questions)) {
    const took: number[] = [];
    for (let restart = 0; restart < restarts; restart++) {
      const server = await serve();
      const { ms, total, complete } = await server.ask(question);
      if (!complete || total === 0) throw new Error(`answered ${total}, complete: ${complete}`);
      took.push(ms);
      server.kill();
    }
    took.sort((a, b) => a - b);
    console.log(`first answer, ${name}: ${took.map((ms) => `${Math.round(ms)} ms`).join(', ')}`);
  }
} finally {
  simulator.stop();
  rmSync(folder, { recursive: true, force: true });
}
