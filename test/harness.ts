/** The real server over the simulator, in this process, with a clock that moves only when somebody sleeps. */
import { Client as V2Client } from '@modelcontextprotocol/client';
import { Client as V1Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Transport as V1Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { InMemoryTransport } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { openAccount } from '../src/app/account.ts';
import { publishedTools } from '../src/cli/serve.ts';
import { readSettings } from '../src/config/index.ts';
import { createServer } from '../src/mcp/server.ts';
import { TOOLS } from '../src/mcp/tools/index.ts';
import type { LogFields } from '../src/runtime/log.ts';
import { createSimulator, type SimulatorOptions } from '../src/simulator/simulator.ts';
import { createMemoryStore, type StateStore } from '../src/state/index.ts';

import { START } from './virtual-clock.ts';

export { START };
export const TOOL_NAMES = TOOLS.map(({ name }) => name);

export type HarnessOptions = SimulatorOptions & {
  /** Environment of the server, beside the key. */
  env?: Record<string, string>;
  /** Replaces the simulator as the network. */
  fetch?: typeof globalThis.fetch;
  /** Called after a send to more than a thousand people. */
  afterLargeSend?: () => void;
  /** What lasts, for two servers that share it; else the memory of this one. */
  store?: StateStore;
  /** What its fresh keys begin with: another word for another process. */
  keys?: string;
  era?: 'v1' | 'legacy' | 'modern';
  /** Extensions of the protocol that the client knows. */
  extensions?: Record<string, Record<string, string[]>>;
  /** Answers the server's questions; without it the client cannot be asked. */
  onQuestion?: (message: string) => {
    action: 'accept' | 'decline' | 'cancel';
    content?: Record<string, boolean>;
  };
};

export type Called = { text: string; data: Record<string, unknown>; isError: boolean };

/** Timers are real here, so that a request that is under way is not timed out while nobody sleeps. */
export async function connect({
  env = {},
  fetch,
  store,
  keys: prefix = 'key',
  era = 'v1',
  onQuestion,
  extensions,
  afterLargeSend = () => {},
  ...options
}: HarnessOptions = {}) {
  let at = START;
  const simulator = createSimulator({ now: () => at, sleep: async () => {}, ...options });
  const settings = readSettings([], { SENT_API_KEY: simulator.key, ...env }, TOOLS);
  const logged: { level: string; event: string; fields: LogFields }[] = [];
  let keys = 0;
  const world = {
    clock: {
      now: () => at,
      monotonic: () => at - START,
      // Short waits pass at once; a time limit is a real, short wait, so that what hangs is seen to hang.
      sleep: (ms: number, signal?: AbortSignal) =>
        new Promise<void>((resolve) => {
          const done = () => {
            clearTimeout(timer);
            signal?.removeEventListener('abort', done);
            if (!signal?.aborted) at += ms;
            resolve();
          };
          const timer = setTimeout(done, ms >= 10_000 ? 700 : 1);
          signal?.addEventListener('abort', done, { once: true });
        }),
    },
    newKey: () => `${prefix}-${String(++keys).padStart(8, '0')}`,
    random: () => 0.5,
    afterLargeSend,
  };
  const services = openAccount(
    settings,
    { fetch: fetch ?? simulator.fetch, apiKey: simulator.key },
    (level, event, fields = {}) => logged.push({ level, event, fields }),
    store ?? createMemoryStore(world.clock, { lasts: true }),
    world,
  );
  const [clientSide, serverSide] = InMemoryTransport.createLinkedPair();
  serveStdio(
    () => createServer({ version: '0.0.0', tools: publishedTools(settings), services: () => services }),
    {
      transport: serverSide,
    },
  );

  const capabilities = { ...(onQuestion && { elicitation: {} }), ...(extensions && { extensions }) };
  const answer = async (request: { params: { message: string } }) =>
    onQuestion?.(request.params.message) ?? { action: 'cancel' as const };
  const client = await (async () => {
    if (era === 'v1') {
      const { ElicitRequestSchema } = await import('@modelcontextprotocol/sdk/types.js');
      const v1 = new V1Client({ name: 'test', version: '1.0.0' }, { capabilities });
      if (onQuestion) v1.setRequestHandler(ElicitRequestSchema, answer);
      await v1.connect(clientSide as unknown as V1Transport);
      return v1;
    }
    const mode = era === 'modern' ? { pin: '2026-07-28' } : ('legacy' as const);
    const v2 = new V2Client(
      { name: 'test', version: '1.0.0' },
      { capabilities, versionNegotiation: { mode } },
    );
    if (onQuestion) v2.setRequestHandler('elicitation/create', answer as never);
    await v2.connect(clientSide);
    return v2;
  })();

  return {
    client,
    simulator,
    services,
    logged,
    advance: (ms: number) => {
      at += ms;
    },
    /** Calls a tool; a failure is a result like any other. */
    async call(name: string, args: Record<string, unknown> = {}): Promise<Called> {
      const result = await client.callTool({ name, arguments: args });
      const [part] = result.content as { type: string; text: string }[];
      return {
        text: part?.text ?? '',
        data: (result.structuredContent ?? {}) as Record<string, unknown>,
        isError: result.isError === true,
      };
    },
    /** What went out since the last look, method and path, beside the question which account this is. */
    wire: () =>
      simulator.requests
        .splice(0)
        .map(({ method, path }) => `${method} ${path}`)
        .filter((request) => request !== 'GET /v3/me'),
  };
}
