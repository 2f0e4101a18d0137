/** Contacts out, as a CSV that a spreadsheet may open. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCsv } from '../../src/contacts/lists/index.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';

const PROGRAM = 'dist/sent-contacts-mcp.cjs';
let folder: string;
let simulator: Simulator & { url: string; close(): Promise<void> };
let env: Record<string, string>;

const run = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, 'export', ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });
/** The rows of a CSV without its heading, each as an object. */
const rowsOf = (csv: string): Record<string, string>[] => {
  const [heading = [], ...rows] = [...readCsv(csv)].map(({ cells }) => cells);
  return rows.map((row) => Object.fromEntries(heading.map((name, at) => [name, row[at] ?? ''])));
};
const everybody = () => [...simulator.book.all()];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'export-'));
  simulator = await startSimulator({ contacts: 450 });
  env = {
    PATH: process.env.PATH ?? '',
    SENT_API_KEY: simulator.key,
    SENT_BASE_URL: simulator.url,
    SENT_STATE: join(folder, 'state'),
  };
});
afterAll(async () => {
  await simulator.close();
  rmSync(folder, { recursive: true, force: true });
});

test('everybody into a file that only the user can read', async () => {
  const file = join(folder, 'all.csv');
  const { code, stdout, stderr } = await run(file);
  expect([code, stdout]).toEqual([0, '']);
  expect(stderr).toContain('450 contacts');
  const rows = rowsOf(readFileSync(file, 'utf8'));
  expect(rows.map(({ phone_number }) => phone_number).sort()).toEqual(
    everybody()
      .map(({ e164 }) => e164)
      .sort(),
  );
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('the filters of a search, to standard output', async () => {
  const { stdout } = await run(
    '--country',
    'Brazil',
    '--country',
    'ES',
    '--channel',
    'whatsapp',
    '--opt-out',
    'false',
  );
  const wanted = everybody().filter(
    ({ e164, channels, opt_out }) => /^\+(55|34)/.test(e164) && channels.includes('whatsapp') && !opt_out,
  );
  expect(wanted.length).toBeGreaterThan(10);
  expect(
    rowsOf(stdout)
      .map(({ phone_number }) => phone_number)
      .sort(),
  ).toEqual(wanted.map(({ e164 }) => e164).sort());
});

test('metadata is a column each, and a cell that begins like a formula is none', async () => {
  const [person] = everybody();
  if (!person) throw new Error('nobody');
  simulator.book.change(person, { metadata: { note: '=HYPERLINK("x")', city: 'Évora' } });
  const { stdout } = await run('--metadata', 'city=Évora', '--phone-number', person.e164);
  expect(rowsOf(stdout)).toMatchObject([
    { phone_number: person.e164, city: 'Évora', note: '\'=HYPERLINK("x")' },
  ]);
});

test('a selection of a search that a server made', async () => {
  const client = new Client({ name: 'a-host', version: '1' });
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [PROGRAM], env }));
  const found = await client.callTool({
    name: 'search_contacts',
    arguments: { country: 'Brazil', limit: 0 },
  });
  await client.close();
  const { selection, total } = found.structuredContent as { selection: string; total: number };
  const { stdout, code } = await run('--selection', selection);
  expect(code).toBe(0);
  expect(rowsOf(stdout)).toHaveLength(total);
});

test('what is wrong is said, and nothing is written', async () => {
  const said = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(...args);
    expect(stdout).toBe('');
    return [code, stderr.split('\n')[0]];
  };
  expect(await said('--country', 'Brazl')).toEqual([1, expect.stringMatching(/^invalid_input: /)]);
  expect(await said('--channel', 'fax')).toEqual([
    1,
    'invalid_input: --channel is none of sms, whatsapp, rcs.',
  ]);
  expect(await said('--opt-out', 'maybe')).toEqual([
    1,
    'invalid_input: --opt-out is neither true nor false.',
  ]);
  expect(await said('--metadata', 'city')).toEqual([
    1,
    'invalid_input: --metadata is not written as key=value.',
  ]);
  expect(await said('--selection', 'sel_aaaaaaaaaaaa')).toEqual([1, expect.stringContaining('selection')]);
  expect(await said('--country')).toEqual([2, '--country has no value, or is given twice.']);
  expect(await said('a.csv', 'b.csv')).toEqual([2, expect.stringMatching(/^Usage: /)]);
  expect(await said(join(folder, 'no', 'such', 'folder.csv'))).toEqual([
    1,
    'invalid_input: The file cannot be written.',
  ]);
  expect((await run('--help')).stdout).toMatch(/^Usage: /);
});

test('nobody fits: a heading alone', async () => {
  const { stdout, stderr } = await run('--query', 'qqqqqq');
  expect(stdout).toMatch(/^phone_number,[a-z_,]+\r\n$/);
  expect(stderr).toContain('0 contacts');
});
