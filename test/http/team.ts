/** The server over HTTP in this process, over one simulator an account, and the official clients. */
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import {
  Client as V2Client,
  StreamableHTTPClientTransport as V2Transport,
} from '@modelcontextprotocol/client';
import { Client as V1Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as V1Transport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { onTestFinished } from 'vitest';
import { startBalancer } from '../../scripts/balancer.ts';
import { openAccounts, shareAmongInstances } from '../../src/app/index.ts';
import { publishedTools } from '../../src/cli/serve.ts';
import { type HttpSettings, readSettings } from '../../src/config/index.ts';
import { type Authenticator, everybody, ownKeys, serveTeam } from '../../src/http/index.ts';
import { createQuestionSeal, createServer, TOOLS } from '../../src/mcp/index.ts';
import { type Clock, systemClock } from '../../src/runtime/index.ts';
import type { LogFields } from '../../src/runtime/log.ts';
import { createSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/index.ts';
import { createMemoryStore, type StateStore } from '../../src/state/index.ts';

export type Era = 'v1' | 'legacy' | 'auto' | 'modern';
export const ERAS: readonly Era[] = ['v1', 'legacy', 'auto', 'modern'];
export type Answer = { action: 'accept' | 'decline' | 'cancel'; content?: Record<string, boolean> };

/** Simulators behind one `fetch`, each with a key of its own; an unknown key is refused by the first. */
export function accountsOf(...options: SimulatorOptions[]) {
  const simulators = options.map((one, account) =>
    createSimulator({ key: `sk_test_account_${account}`, account, ...one }),
  );
  /** Paths of requests that were given up before they were answered. */
  const givenUp: string[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const simulator = simulators.find((one) => one.key === request.headers.get('x-api-key')) ?? simulators[0];
    if (!simulator) throw new Error('no account');
    try {
      return await simulator.fetch(request);
    } catch (error) {
      if (request.signal.aborted) givenUp.push(new URL(request.url).pathname);
      throw error;
    }
  };
  return { simulators: simulators as [Simulator, ...Simulator[]], fetch, givenUp };
}

export async function startTeam(
  options: {
    accounts?: SimulatorOptions[];
    /** Of more than one, a balancer stands before them. */
    instances?: number;
    env?: Record<string, string>;
    argv?: string[];
    authenticator?: Authenticator;
    store?: StateStore;
    clock?: Clock;
  } = {},
) {
  const { simulators, fetch, givenUp } = accountsOf(...(options.accounts ?? [{}]));
  const settings = readSettings(['--http', '0', ...(options.argv ?? [])], options.env ?? {}, TOOLS);
  if (!settings.http) throw new Error('no address');
  const logged: { level: string; event: string; fields: LogFields }[] = [];
  const log = (level: string, event: string, fields: LogFields = {}) =>
    void logged.push({ level, event, fields });
  const store = options.store ?? createMemoryStore(systemClock, { lasts: true });
  const start = async (http: HttpSettings) => {
    const shared = shareAmongInstances(store, (bytes) => randomBytes(bytes));
    const seal = createQuestionSeal(shared.secret);
    const server = await serveTeam({
      settings: http,
      authenticator: options.authenticator ?? (settings.demo ? everybody(simulators[0].key) : ownKeys()),
      machine: '127.0.0.1',
      shared,
      accounts: openAccounts(settings, fetch, log, store),
      build: (services) =>
        createServer({ version: '0.0.0', tools: publishedTools(settings), services, seal }),
      clock: options.clock ?? systemClock,
      log,
    });
    let drained: Promise<void> | undefined;
    const drain = () => {
      drained ??= server.drain();
      return drained;
    };
    onTestFinished(drain);
    return { url: server.url, drain };
  };
  const members = [await start(settings.http)];
  while (members.length < (options.instances ?? 1)) members.push(await start(settings.http));
  const [first] = members as [(typeof members)[0]];
  let { url } = first;
  if (members.length > 1) {
    const balancer = await startBalancer(members.map((member) => member.url));
    onTestFinished(balancer.close);
    url = balancer.url;
  }
  return { url, drain: first.drain, members, simulators, simulator: simulators[0], givenUp, logged };
}

export type Connection = Awaited<ReturnType<typeof connect>>;

/** A client of one era; without `onQuestion` it cannot be asked. */
export async function connect(
  url: string,
  key: string,
  {
    era = 'v1' as Era,
    onQuestion,
  }: { era?: Era; onQuestion?: (message: string) => Answer | Promise<Answer> } = {},
) {
  const info = { name: 'test', version: '1.0.0' };
  const capabilities = onQuestion ? { elicitation: {} } : {};
  const reply = async (request: { params: { message: string } }): Promise<Answer> =>
    (await onQuestion?.(request.params.message)) ?? { action: 'cancel' };
  const requestInit = { headers: { authorization: `Bearer ${key}` } };
  const address = new URL(url);
  if (era === 'v1') {
    const client = new V1Client(info, { capabilities });
    const transport = new V1Transport(address, { requestInit });
    if (onQuestion) client.setRequestHandler(ElicitRequestSchema, reply);
    await client.connect(transport as never);
    onTestFinished(() => client.close());
    return { ...callsOf(client as never, true), transport: transport as { sessionId?: string | undefined } };
  }
  const mode = era === 'modern' ? { pin: '2026-07-28' } : era;
  const client = new V2Client(info, { capabilities, versionNegotiation: { mode } });
  const transport = new V2Transport(address, { requestInit });
  if (onQuestion) client.setRequestHandler('elicitation/create', reply as never);
  await client.connect(transport);
  onTestFinished(() => client.close());
  return { ...callsOf(client), transport: transport as { sessionId?: string | undefined } };
}

function callsOf(client: V2Client, isV1 = false) {
  return {
    client,
    async call(name: string, args: Record<string, unknown> = {}, options: object = {}) {
      const params = { name, arguments: args };
      const result = await (isV1
        ? (client as unknown as V1Client).callTool(params, undefined, options)
        : client.callTool(params, options));
      const [part] = result.content as { type: string; text: string }[];
      return {
        text: part?.text ?? '',
        data: (result.structuredContent ?? {}) as Record<string, unknown>,
        isError: result.isError === true,
      };
    },
  };
}

export const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
};

/** A request as no client library would send it; `host` may be any. Resolves when the answer is whole. */
export function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
  method = 'POST',
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method,
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          ...headers,
        },
      },
      async (answer) => {
        const chunks: Buffer[] = [];
        for await (const chunk of answer) chunks.push(chunk as Buffer);
        const fields = Object.entries(answer.headers).map(([name, value]): [string, string] => [
          name,
          String(value),
        ]);
        resolve(
          new Response(Buffer.concat(chunks).toString() || null, {
            status: answer.statusCode ?? 0,
            headers: fields,
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(method === 'POST' ? (typeof body === 'string' ? body : JSON.stringify(body)) : undefined);
  });
}
