/**
 * What the built server keeps in memory of large sends, as a host runs it: different texts to the same people, each
 * finished, and the same server started again on what was kept.
 * Run: npm run build && npx tsx bench/memory-of-sends.ts [sends] [people]
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { type Running, simulatorOf } from './simulator-process.ts';

const SENDS = Number(process.argv[2] ?? 60);
const PEOPLE = Number(process.argv[3] ?? 10_000);
const EACH = 10;
const REST_MS = 20_000;
const PAGE = 100;
const state = mkdtempSync(join(tmpdir(), 'sent-bench-sends-'));

type Sent = { status: string; plan: string; accepted: number };
type Server = { client: Client; pid: number; call(args: Record<string, unknown>): Promise<Sent> };

async function server({ url, key }: Running): Promise<Server> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: ['dist/sent-contacts-mcp.cjs'],
    env: {
      PATH: process.env.PATH ?? '',
      SENT_API_KEY: key,
      SENT_BASE_URL: url,
      SENT_STATE: state,
      SENT_CONFIRM: 'never',
    },
    stderr: 'inherit',
  });
  const client = new Client({ name: 'bench', version: '1.0.0' });
  await client.connect(transport);
  return {
    client,
    pid: transport.pid ?? 0,
    async call(args) {
      const call = { name: 'send_message', arguments: args };
      const { isError, content, structuredContent } = await client.callTool(call, undefined, {
        timeout: 90_000,
      });
      if (isError) throw new Error(JSON.stringify(content));
      return structuredContent as Sent;
    },
  };
}

/** The numbers of all contacts, as the API lists them. */
async function numbersIn({ url, key }: Running): Promise<string[]> {
  const numbers: string[] = [];
  for (let page = 1; numbers.length < PEOPLE; page++) {
    const response = await fetch(`${url}/v3/contacts?page=${page}&page_size=${PAGE}`, {
      headers: { 'x-api-key': key },
    });
    const { data } = (await response.json()) as { data: { contacts: { phone_number: string }[] } };
    numbers.push(...data.contacts.map(({ phone_number }) => phone_number));
  }
  return numbers;
}

/** Sends a text to all, and goes on with what was cut off. */
async function sendWhole({ call }: Server, to: readonly string[], text: string): Promise<Sent> {
  for (;;) {
    const sent = await call({ to, text });
    if (sent.status === 'accepted') return sent;
  }
}

/** Megabytes of a process, as Linux tells them. */
function memory(pid: number): string {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const of = (name: string) => (Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) * 1024) / 1e6;
  return `${of('VmRSS').toFixed(0)} MB (at most ${of('VmHWM').toFixed(0)})`;
}
const rest = () => new Promise((resolve) => setTimeout(resolve, REST_MS));

const simulator = await simulatorOf(PEOPLE);
const to = await numbersIn(simulator);
const first = await server(simulator);
let began = performance.now();
for (let sends = 1; sends <= SENDS; sends++) {
  await sendWhole(first, to, `The news of week ${sends}`);
  if (sends % EACH !== 0) continue;
  const each = (performance.now() - began) / EACH / 1000;
  console.log(
    `${String(sends).padStart(3)} sends to ${to.length}: ${memory(first.pid)}, ${each.toFixed(2)} s each`,
  );
  began = performance.now();
}
await rest();
console.log(`at rest for ${REST_MS / 1000} s: ${memory(first.pid)}`);
await first.client.close();

const second = await server(simulator);
began = performance.now();
const again = await sendWhole(second, to, 'The news of week 1');
const took = ((performance.now() - began) / 1000).toFixed(2);
console.log(
  `started again, the first send repeated (${again.accepted} accepted): ${memory(second.pid)}, ${took} s`,
);
await rest();
console.log(`at rest for ${REST_MS / 1000} s: ${memory(second.pid)}`);
await second.client.close();
simulator.stop();
rmSync(state, { recursive: true });
