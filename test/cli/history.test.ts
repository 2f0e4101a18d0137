/** What a person can read and remove of what is kept, through the executable and its tools. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';

const PROGRAM = 'dist/sent-contacts-mcp.cjs';
let folder: string;
let simulator: Simulator & { url: string; close(): Promise<void> };
let env: Record<string, string>;

/** Runs a command as a person would. */
const run = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'history-'));
  simulator = await startSimulator({ metadata: 'ignored' });
  env = {
    PATH: process.env.PATH ?? '',
    SENT_API_KEY: simulator.key,
    SENT_BASE_URL: simulator.url,
    SENT_STATE: folder,
  };
  const client = new Client({ name: 'a-host', version: '4.2' });
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [PROGRAM], env }));
  const call = (name: string, args: object) => client.callTool({ name, arguments: { ...args } });
  await call('create_contact', { phone_number: '+14155550142', metadata: { vip: 'a secret word' } });
  await call('create_contact', { phone_number: 'no number' });
  await call('search_contacts', { query: '555' });
  await call('send_message', { to: ['+14155550142'], text: 'Hello there' });
  await client.close();
});
afterAll(async () => {
  await simulator.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('history', () => {
  test('as JSON: who, when, which tool, about how many, what came of it; no text and no whole number', async () => {
    const { stdout, code } = await run('history', '--json');
    expect(code).toBe(0);
    const acts = JSON.parse(stdout);
    expect(acts).toMatchObject([
      {
        at: expect.stringMatching(/^\d{4}-.*Z$/),
        who: { host: 'a-host', version: '4.2' },
        tool: 'create_contact',
        people: 1,
        numbers: ['…0142'],
        outcome: 'created',
      },
      { tool: 'send_message', people: 1 },
    ]);
    expect(stdout).not.toMatch(/Hello|secret|4155550142/);
  });

  test('as a table; since a moment only what came after it', async () => {
    const { stdout } = await run('history');
    expect(stdout).toMatch(/^When \(UTC\) +Who +Tool +People +What came of it +About\n/);
    expect(stdout).toMatch(/a-host 4\.2 +create_contact +1 +created +…0142\n/);
    expect((await run('history', '--since', '1h', '--json')).stdout).toContain('create_contact');
    expect((await run('history', '--since', '2126-01-01')).stdout).toBe('Nothing is written down.\n');
  });

  test('where nothing is kept, that is said', async () => {
    expect((await run('history', '--state', 'off')).stdout).toBe('Nothing is kept, as SENT_STATE is off.\n');
  });

  test('wrong usage is said', async () => {
    expect(await run('history', '--since', 'whenever')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^invalid_input: .*\nNext: /),
    });
    expect((await run('history', '--since')).code).toBe(2);
    expect((await run('history', 'what')).code).toBe(2);
    expect((await run('history', '--nonsense')).code).toBe(2);
    expect((await run('history', '--help')).stdout).toMatch(/^Usage: /);
  });
});

test('an import by the command is there as well', async () => {
  const file = join(folder, 'list.csv');
  writeFileSync(file, 'Phone\n+14155550142\n+14155550143\n+14155550144\n');
  expect((await run('import', file)).stdout).toContain('Created: 2. Existed already: 1.');
  expect(JSON.parse((await run('history', '--json')).stdout).at(-1)).toMatchObject({
    who: { host: 'sent-contacts-mcp' },
    tool: 'import',
    people: 3,
    outcome: 'created 2, existing 1, failed 0',
    numbers: expect.arrayContaining(['…0142', '…0143', '…0144']),
  });
});

test('forget removes all of it, needs no key, and says what it removed', async () => {
  const { SENT_API_KEY: _, ...without } = env;
  const before = env;
  env = without;
  const { stdout, code } = await run('forget');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Removed from .*, of 1 account, .*:\n/);
  expect(stdout).toMatch(/ notes: 1\n/);
  expect(stdout).toMatch(/ acts of the history: 3\n/);
  expect(stdout).toMatch(/\nServers that run now still hold it in memory until they are restarted\.\n$/);
  expect((await run('forget')).stdout).toMatch(/^Nothing was kept in /);
  env = before;
  expect((await run('history')).stdout).toBe('Nothing is written down.\n');
});
