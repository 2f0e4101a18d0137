/** The program, once as it is built and once as it is written, driven as hosts drive it: over stdio, by the v1 and the v2 client, in both protocol eras. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client as V2Client } from '@modelcontextprotocol/client';
import { StdioClientTransport as V2Stdio } from '@modelcontextprotocol/client/stdio';
import { Client as V1Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as V1Stdio } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterEach, describe, expect, inject, test } from 'vitest';
import { version } from '../package.json';
import { startSimulator } from '../src/simulator/simulator.ts';
import { connect as connectInProcess } from './harness.ts';
import { stateFolder } from './state-folder.ts';

const EXECUTABLE = inject('executable');
const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const simulate = async (options = {}) => {
  const simulator = await startSimulator(options);
  cleanUps.push(() => simulator.close());
  return simulator;
};
const environment = (extra: Record<string, string>) => ({
  PATH: process.env.PATH ?? '',
  SENT_STATE: stateFolder(),
  ...extra,
});

async function connect(
  era: 'v1' | 'legacy' | 'modern',
  env: Record<string, string>,
  args: string[] = [],
  cwd = '.',
) {
  const command = {
    command: process.execPath,
    args: [EXECUTABLE, ...args],
    env: environment(env),
    cwd,
    stderr: 'pipe' as const,
  };
  const info = { name: 'test', version: '1.0.0' };
  if (era === 'v1') {
    const client = new V1Client(info);
    await client.connect(new V1Stdio(command));
    cleanUps.push(() => client.close());
    return client;
  }
  const mode = era === 'modern' ? { pin: '2026-07-28' } : ('legacy' as const);
  const client = new V2Client(info, { versionNegotiation: { mode } });
  await client.connect(new V2Stdio(command));
  cleanUps.push(() => client.close());
  return client;
}

test('it publishes what the source says, to the letter', async () => {
  const here = await connectInProcess();
  const there = await connect('v1', {}, ['--demo']);
  expect(await there.listTools()).toEqual(await here.client.listTools());
  expect(await there.listPrompts()).toEqual(await here.client.listPrompts());
  expect(await there.listResourceTemplates()).toEqual(await here.client.listResourceTemplates());
  expect(there.getInstructions()).toBe(here.client.getInstructions());
  expect(there.getServerCapabilities()).toEqual(here.client.getServerCapabilities());
});

type Result = { content: { text: string }[]; structuredContent: Record<string, unknown>; isError?: boolean };

describe.each(['v1', 'legacy', 'modern'] as const)('the %s client', (era) => {
  test.each(['today', 'guide'] as const)('does the main job in the dialect of %s', async (dialect) => {
    const simulator = await simulate({ dialect });
    const client = await connect(era, { SENT_API_KEY: simulator.key, SENT_BASE_URL: simulator.url });
    const call = async (name: string, args: Record<string, unknown>) =>
      (await client.callTool({ name, arguments: args })) as unknown as Result;

    expect(client.getServerVersion()).toMatchObject({ name: 'sent-contacts-mcp', version });
    const listed = await call('search_contacts', { limit: 100 });
    expect(listed.structuredContent).toMatchObject({ total: 60, complete: true });
    const grouped = await call('search_contacts', { group_by: 'country' });
    expect(grouped.structuredContent.total).toBe(60);

    const created = await call('create_contact', { phone_number: '+1 (415) 555-0142' });
    expect(created.structuredContent).toMatchObject({
      created: true,
      contact: { phone_number: '+14155550142' },
    });
    const again = await call('create_contact', { phone_number: '+14155550142' });
    expect(again.structuredContent).toMatchObject({ created: false });
    const key = { phone_number: '+14155550142' };
    const updated = await call('update_contact', {
      ...key,
      default_channel: 'whatsapp',
      metadata: { name: 'Ada' },
    });
    expect(updated.structuredContent).toMatchObject({
      changed: ['default_channel', 'metadata'],
      contact: { default_channel: 'whatsapp', metadata: { name: 'Ada' } },
    });
    expect((await call('search_contacts', { query: 'ada' })).structuredContent.total).toBe(1);
    expect((await call('get_contact', { ...key, include_engagement: true })).structuredContent).toMatchObject(
      {
        contact: { country_code: '1', region_code: 'US', format_national: '(415) 555-0142' },
        engagement: { message_count: 0 },
      },
    );

    const { templates } = (await call('list_templates', { query: 'welcome' })).structuredContent as {
      templates: { id: string }[];
    };
    const message = {
      to: [key.phone_number],
      template: { id: templates[0]?.id, parameters: { name: 'Ada' } },
    };
    const dry = await call('send_message', { ...message, sandbox: true });
    expect(dry.structuredContent).toMatchObject({ status: 'dry_run', sandbox: true });
    expect(simulator.messages).toHaveLength(0);
    const sent = await call('send_message', message);
    expect(sent.structuredContent).toMatchObject({
      status: 'accepted',
      messages: [{ to: key.phone_number }],
    });
    expect(sent.content[0]?.text).toMatch(/^Accepted by Sent, not yet delivered/);
    expect(simulator.messages).toHaveLength(1);
    const [{ message_id }] = sent.structuredContent.messages as [{ message_id: string }];
    expect((await call('get_message', { message_id })).structuredContent).toMatchObject({
      to: key.phone_number,
    });

    expect((await call('lookup_number', key)).structuredContent).toMatchObject({ is_valid: true });
    const deleted = await call('delete_contact', key);
    expect(deleted.structuredContent).toMatchObject({ deleted: key });
    expect(simulator.book.byPhone(key.phone_number)).toBeUndefined();
    expect((await call('get_contact', key)).content[0]?.text).toMatch(/^not_found: /);
  });
});

describe('the process', () => {
  /** Starts the executable bare and says hello by hand. */
  function start(env: Record<string, string>, args: string[] = [], cwd = '.') {
    const child = spawn(process.execPath, [EXECUTABLE, ...args], { env: environment(env), cwd });
    cleanUps.push(() => child.kill('SIGKILL'));
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      output.stdout += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk) => {
      output.stderr += chunk;
    });
    const ended = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
    const say = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
    const hello = async () => {
      const params = {
        protocolVersion: '2025-06-18',
        capabilities: {},
        clientInfo: { name: 't', version: '1' },
      };
      say({ id: 1, method: 'initialize', params });
      while (!output.stdout.includes('"id":1')) await once(child.stdout, 'data');
      say({ method: 'notifications/initialized' });
    };
    const answer = async (id: number) => {
      while (!output.stdout.includes(`"id":${id}`)) await once(child.stdout, 'data');
      return output.stdout.split('\n').find((line) => line.includes(`"id":${id}`)) ?? '';
    };
    return { child, output, ended, say, hello, answer };
  }
  const tool = (id: number, name: string, args: object) => ({
    id,
    method: 'tools/call',
    params: { name, arguments: args },
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('ends on %s', async (signal) => {
    const server = start({}, ['--demo']);
    await server.hello();
    server.child.kill(signal);
    expect(await server.ended).toEqual({ code: 0, signal: null });
  });

  test('ends when the client leaves, even with a request under way', async () => {
    const silent = createServer(() => {});
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    cleanUps.push(
      () => silent.closeAllConnections(),
      () => silent.close(),
    );
    const { port } = silent.address() as AddressInfo;
    const server = start({ SENT_API_KEY: 'k', SENT_BASE_URL: `http://127.0.0.1:${port}` });
    await server.hello();
    server.say(tool(2, 'search_contacts', {}));
    await once(silent, 'request');
    server.child.stdin.end();
    expect(await server.ended).toEqual({ code: 0, signal: null });
  });

  test('a broken pipe is no crash', async () => {
    const server = start({}, ['--demo']);
    await server.hello();
    server.child.stdout.destroy();
    server.say(tool(2, 'search_contacts', {}));
    expect(await server.ended).toEqual({ code: 0, signal: null });
    expect(server.output.stderr).toBe('');
  });

  test('standard output carries the protocol alone; no log line holds the key or a number', async () => {
    const simulator = await simulate();
    simulator.faults.add({ path: /messages/, kind: { status: 500, code: 'INTERNAL_001' }, times: 2 });
    const server = start({ SENT_API_KEY: simulator.key, SENT_BASE_URL: simulator.url, SENT_LOG: 'debug' });
    await server.hello();
    server.say(tool(2, 'create_contact', { phone_number: '+14155550142', metadata: { name: 'Ada Secret' } }));
    await server.answer(2);
    server.say(tool(3, 'send_message', { to: ['+14155550142'], text: 'A private word' }));
    await server.answer(3);
    server.say(tool(4, 'get_contact', { phone_number: '+14155550199' }));
    await server.answer(4);
    server.child.stdin.end();
    await server.ended;
    for (const line of server.output.stdout.trim().split('\n')) expect(JSON.parse(line).jsonrpc).toBe('2.0');
    expect(server.output.stderr.split('\n').length).toBeGreaterThan(6);
    expect(server.output.stderr).not.toMatch(/4155550|Secret|private/);
    expect(server.output.stderr).not.toContain(simulator.key);
    expect(server.output.stdout).not.toContain(simulator.key);
  });

  test('a hostile .env of the folder changes nothing', async () => {
    const simulator = await simulate();
    const trap = await simulate();
    const folder = mkdtempSync(join(tmpdir(), 'hostile-'));
    const hostile = `SENT_BASE_URL=${trap.url}\nSENT_API_KEY=stolen\nSENT_READ_ONLY=true\n`;
    for (const name of ['.env', '.env.local', '.sentrc', 'sent.config.json'])
      writeFileSync(join(folder, name), hostile);
    const client = await connect(
      'v1',
      { SENT_API_KEY: simulator.key, SENT_BASE_URL: simulator.url },
      [],
      folder,
    );
    const result = await client.callTool({ name: 'search_contacts', arguments: { limit: 1 } });
    expect(result.structuredContent).toMatchObject({ total: 60 });
    expect(simulator.requests.map(({ path }) => path).sort()).toEqual(['/v3/contacts', '/v3/me']);
    expect(trap.requests).toHaveLength(0);
  });

  test('a wrong key is told by the first call, not at the start', async () => {
    const simulator = await simulate();
    const client = await connect('v1', { SENT_API_KEY: 'wrong', SENT_BASE_URL: simulator.url });
    const result = await client.callTool({ name: 'search_contacts', arguments: {} });
    expect((result.content as { text: string }[])[0]?.text).toMatch(
      /^unauthorized: .*\[AUTH_002, .*\nNext: .*SENT_API_KEY/,
    );
  });

  test('an API that hangs is an error within the time limit', async () => {
    const simulator = await simulate();
    simulator.faults.add({ kind: 'hang' });
    const client = await connect('v1', {
      SENT_API_KEY: 'k',
      SENT_BASE_URL: simulator.url,
      SENT_TIMEOUT_MS: '300',
    });
    const result = await client.callTool({ name: 'search_contacts', arguments: { country: 'BR' } });
    expect(result).toMatchObject({
      isError: true,
      content: [{ text: expect.stringMatching(/^unavailable: /) }],
    });
  });

  test('an API that cannot be reached is an error, never an empty list', async () => {
    const client = await connect('v1', {
      SENT_API_KEY: 'k',
      SENT_BASE_URL: 'http://127.0.0.1:9',
      SENT_TIMEOUT_MS: '500',
    });
    for (const args of [{}, { country: 'BR' }, { phone_number: '+14155550142' }, { group_by: 'country' }]) {
      const result = await client.callTool({ name: 'search_contacts', arguments: args });
      expect(result).toMatchObject({
        isError: true,
        content: [{ text: expect.stringMatching(/^unavailable: /) }],
      });
    }
  });

  test('the demo has an address book of its own', async () => {
    const client = await connect('v1', {}, ['--demo']);
    const result = await client.callTool({ name: 'search_contacts', arguments: { query: 'Maria Ferreira' } });
    expect(result.structuredContent).toMatchObject({
      total: 1,
      contacts: [{ in_sent: false, region_code: 'PT' }],
    });
  });

  test('every mistake of the configuration is said at once, with exit code 2', async () => {
    const server = start({ SENT_BASE_URL: 'http://evil.example', SENT_CONFIRM: 'maybe' });
    expect(await server.ended).toEqual({ code: 2, signal: null });
    expect(server.output.stdout).toBe('');
    for (const name of ['SENT_API_KEY', 'SENT_BASE_URL', 'SENT_CONFIRM'])
      expect(server.output.stderr).toContain(name);
  });

  test('--version and --help', async () => {
    const shown = start({}, ['--version']);
    await shown.ended;
    expect(shown.output.stdout).toBe(`${version}\n`);
    const help = start({}, ['--help']);
    expect(await help.ended).toEqual({ code: 0, signal: null });
    expect(help.output.stdout).toContain('SENT_API_KEY');
    expect(help.output.stdout).toContain('--demo');
  });

  test('the simulator serves other programs', async () => {
    const server = start({}, ['simulator', '--contacts', '250']);
    while (!server.output.stdout.includes('SENT_API_KEY')) await once(server.child.stdout, 'data');
    const url = /SENT_BASE_URL=(\S+)/.exec(server.output.stdout)?.[1] ?? '';
    const key = /SENT_API_KEY=(\S+)/.exec(server.output.stdout)?.[1] ?? '';
    expect(new URL(url).hostname).toBe('127.0.0.1');
    const client = await connect('v1', { SENT_API_KEY: key, SENT_BASE_URL: url });
    const result = await client.callTool({ name: 'search_contacts', arguments: { group_by: 'opt_out' } });
    expect(result.structuredContent).toMatchObject({ total: 250 });
    await client.close();
    server.child.kill('SIGTERM');
    expect(await server.ended).toEqual({ code: 0, signal: null });
  });
});
