/** The built file itself: what the bundler does to it shows nowhere else. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema, type ElicitResult } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { stateFolder } from '../state-folder.ts';

const EXECUTABLE = 'dist/sent-contacts-mcp.cjs';
const run = promisify(execFile);

/** A v1 client of the executable over a simulator; the person gives `answer` to each question. */
async function connect(answer: ElicitResult) {
  const simulator = await startSimulator();
  onTestFinished(simulator.close);
  const client = new Client({ name: 'test', version: '1' }, { capabilities: { elicitation: {} } });
  let asked = 0;
  client.setRequestHandler(ElicitRequestSchema, async () => {
    asked += 1;
    return answer;
  });
  const env = { SENT_API_KEY: simulator.key, SENT_BASE_URL: simulator.url, SENT_STATE: stateFolder() };
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [EXECUTABLE], env }));
  onTestFinished(() => client.close());
  const [first] = simulator.book.page(1, 1, {}).contacts;
  const remove = () => client.callTool({ name: 'delete_contact', arguments: { contact_id: first?.id } });
  const deletions = () => simulator.requests.filter(({ method }) => method === 'DELETE').length;
  return { remove, deletions, asked: () => asked };
}

test('it is one small script of ASCII that starts by itself', async () => {
  const text = readFileSync(EXECUTABLE, 'utf8');
  expect(text.split('\n', 1)).toEqual(['#!/usr/bin/env node']);
  expect(text).not.toMatch(/[^\0-\x7f]/);
  expect(statSync(EXECUTABLE).size).toBeLessThan(800_000);
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect((await run(process.execPath, [EXECUTABLE, '--version'])).stdout).toBe(`${version}\n`);
});

test.each([['--help'], ['serve', '--help'], ['serve', '-h'], ['--demo', '--help']])(
  'it tells how it is used: %s %s',
  async (...argv) => {
    const { stdout } = await run(process.execPath, [EXECUTABLE, ...argv.filter(Boolean)]);
    expect(stdout).toMatch(/^sent-contacts-mcp: /);
  },
);

test.each([
  ['instal', 'There is no such command. Did you mean install? sent-contacts-mcp --help lists them.\n'],
  ['sk_live_q7WcU2xZ', 'There is no such command. sent-contacts-mcp --help lists them.\n'],
])('a word that is no command is not taken for a server without a key: %s', async (word, said) => {
  await expect(run(process.execPath, [EXECUTABLE, word])).rejects.toMatchObject({ code: 2, stderr: said });
});

test.each<ElicitResult>([
  { action: 'accept', content: { confirm: 'yes' } },
  { action: 'accept', content: { confirm: 1 } },
  { action: 'accept', content: { confirm: false } },
  { action: 'decline' },
])('no schema checker is in it, and still %j is no yes', async (answer) => {
  const { remove, deletions, asked } = await connect(answer);
  const result = await remove();
  expect(result.isError).toBe(true);
  expect(result.content).toMatchObject([{ text: expect.stringMatching(/^cancelled: /) }]);
  expect({ asked: asked(), deletions: deletions() }).toEqual({ asked: 1, deletions: 0 });
});

test('a yes is a yes', async () => {
  const { remove, deletions } = await connect({ action: 'accept', content: { confirm: true } });
  expect((await remove()).isError).toBeFalsy();
  expect(deletions()).toBe(1);
});

test('until the first call it loads none of what only calls need', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sent-loaded-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const hook = join(folder, 'hook.cjs');
  writeFileSync(hook, `process.on('exit', () => console.error(process.moduleLoadList.join('\\n')));`);
  const clientInfo = { name: 'test', version: '1' };
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
  const hello = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params });
  const loaded = async (file: string, input: string): Promise<string> => {
    const env = { ...process.env, SENT_API_KEY: 'sk_test_key' };
    const started = run(process.execPath, ['--require', hook, file], { env });
    started.child.stdin?.end(input);
    const { stdout, stderr } = await started;
    expect(stdout.includes('"serverInfo"')).toBe(input !== '');
    return stderr;
  };
  const empty = join(folder, 'empty.cjs');
  writeFileSync(empty, '');
  const before = new Set((await loaded(empty, '')).split('\n'));
  const more = (await loaded(EXECUTABLE, `${hello}\n`)).split('\n').filter((name) => !before.has(name));
  expect(more.length).toBeGreaterThan(0);
  expect(more.filter((name) => /^NativeModule (zlib|crypto|http|https|.*undici)$/.test(name))).toEqual([]);
});

describe('the code compiled for the next start', () => {
  async function startIn(env: Record<string, string>): Promise<string> {
    const started = run(process.execPath, [EXECUTABLE, '--demo'], {
      env: { PATH: process.env.PATH ?? '', ...env },
    });
    started.child.stdin?.end();
    const { stderr } = await started;
    return stderr;
  }
  const home = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'sent-cache-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  };
  const cachedIn = (folder: string): string[] =>
    existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];

  test('lies in the cache folder of the user, and the next start takes it', async () => {
    const folder = home();
    const variables = {
      HOME: folder,
      XDG_CACHE_HOME: join(folder, 'cache'),
      LOCALAPPDATA: join(folder, 'cache'),
    };
    expect(await startIn(variables)).toBe('');
    const cache = process.platform === 'darwin' ? join(folder, 'Library', 'Caches') : join(folder, 'cache');
    expect(cachedIn(join(cache, 'sent-contacts-mcp')).length).toBeGreaterThan(0);
    expect(await startIn(variables)).toBe('');
  });

  test('is thrown away where it is damaged', async () => {
    const folder = home();
    const variables = { HOME: folder, XDG_CACHE_HOME: folder, LOCALAPPDATA: folder };
    await startIn(variables);
    const cache = join(
      process.platform === 'darwin' ? join(folder, 'Library', 'Caches') : folder,
      'sent-contacts-mcp',
    );
    const files = cachedIn(cache).filter((name) => statSync(join(cache, name)).isFile());
    expect(files.length).toBeGreaterThan(0);
    for (const name of files) writeFileSync(join(cache, name), 'no code');
    expect(await startIn(variables)).toBe('');
  });

  test('is not made where it is switched off', async () => {
    const folder = home();
    const variables = { HOME: folder, XDG_CACHE_HOME: folder, LOCALAPPDATA: folder };
    await startIn({ ...variables, NODE_DISABLE_COMPILE_CACHE: '1' });
    expect(cachedIn(folder)).toEqual([]);
  });

  test('is left out where the folder cannot be written', async () => {
    const folder = home();
    writeFileSync(join(folder, 'cache'), 'a file in its place');
    const variables = {
      HOME: '/nowhere',
      XDG_CACHE_HOME: join(folder, 'cache'),
      LOCALAPPDATA: join(folder, 'cache'),
    };
    expect(await startIn(variables)).toBe('');
  });
});
