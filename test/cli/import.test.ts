import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';

let folder: string;
let simulator: Simulator & { url: string; close(): Promise<void> };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'import-'));
});
afterEach(async () => {
  await simulator.close();
  rmSync(folder, { recursive: true });
});

const numbers = (amount: number) =>
  Array.from({ length: amount }, (_, i) => `+34612${String(i).padStart(6, '0')}`);

function file(name: string, content: string | Buffer): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

function start(args: string[], env: Record<string, string> = {}): ChildProcess {
  const all = {
    PATH: process.env.PATH,
    SENT_API_KEY: simulator.key,
    SENT_BASE_URL: simulator.url,
    SENT_STATE: 'off',
    ...env,
  };
  return spawn(process.execPath, ['dist/sent-contacts-mcp.cjs', 'import', ...args], { env: all });
}

async function run(args: string[], env?: Record<string, string>) {
  const child = start(args, env);
  const out = { code: 0, stdout: '', stderr: '' };
  child.stdout?.on('data', (text) => {
    out.stdout += text;
  });
  child.stderr?.on('data', (text) => {
    out.stderr += text;
  });
  [out.code] = await once(child, 'close');
  return out;
}

const posts = () => simulator.requests.filter(({ method }) => method === 'POST').length;
const made = () => simulator.book.page(1, 1, {}).total;

test('a file of Excel: all rows validated, each number once, a report of every row', async () => {
  simulator = await startSimulator({ contacts: 0 });
  const text = 'Nom\tMobile\r\nZoé\t612 000 000\r\nBob\t+34612000001\r\nNo\t12\r\nZoé 2\t+34612000000\r\n';
  const path = file('liste.txt', Buffer.from(`\uFEFF${text}`, 'utf16le'));
  const preview = await run([path, '--country', 'Spain', '--preview']);
  expect(preview).toMatchObject({ code: 0, stderr: '' });
  expect(preview.stdout).toContain('Valid numbers: 2. Doubtful: 0. Invalid rows: 1. Duplicates: 1.');
  expect(simulator.requests).toEqual([]);

  const done = await run([path, '--country=ES']);
  expect(done.stdout).toContain(
    'Created: 2. Existed already: 0. Invalid rows: 1. Duplicates: 1. Failed: 0. To go: 0.',
  );
  expect(done).toMatchObject({ code: 0, stderr: '' });
  const report = readFileSync(`${path}.report.csv`, 'utf8').split('\n');
  expect(report[0]).toBe('row,phone_number,outcome,reason');
  expect(report.slice(2)).toEqual([
    '4,12,invalid,It is not a number of the country ES.',
    '2,+34612000000,created,',
    '3,+34612000001,created,',
    '',
  ]);
  // The same again begins anew, and reads the account rather than trying every number.
  simulator.requests.splice(0);
  expect((await run([path, '--country=ES'])).stdout).toContain('Created: 0. Existed already: 2.');
  expect(posts()).toBe(0);
});

test('vCards, with a report where it is wished', async () => {
  simulator = await startSimulator({ contacts: 0 });
  const card = (number: string) =>
    `BEGIN:VCARD\r\nVERSION:3.0\r\nFN:X\r\nTEL;TYPE=CELL:${number}\r\nEND:VCARD\r\n`;
  const path = file('people.vcf', numbers(3).map(card).join(''));
  const report = join(folder, 'done.csv');
  expect(await run([path, '--report', report])).toMatchObject({ code: 0 });
  expect(made()).toBe(3);
  expect(readFileSync(report, 'utf8')).toContain('3,+34612000002,created');
});

test('killed in the middle, the next run finishes: nothing lost, nothing twice', async () => {
  simulator = await startSimulator({ contacts: 0, latencyMs: 20 });
  const path = file('list.csv', ['phone', ...numbers(300)].join('\n'));
  const child = start([path]);
  while (posts() < 100) await new Promise((done) => setTimeout(done, 5));
  child.kill('SIGKILL');
  await once(child, 'close');
  const before = posts();
  const settled = readFileSync(`${path}.report.csv`, 'utf8').match(/,created,/g)?.length ?? 0;
  expect(settled).toBeGreaterThan(50);

  const second = await run([path]);
  expect(second.stdout).toContain('Created: 300. Existed already: 0.');
  expect(second.stderr).toContain('Going on with the import');
  expect(made()).toBe(300);
  // What was under way when the process died is asked again, each with one look at the contact as it is.
  expect(posts() - before).toBeGreaterThanOrEqual(300 - before);
  expect(posts() - before).toBeLessThanOrEqual(300 - settled + (before - settled));
});

test('interrupted, it says what remains; another account does not go on with it', async () => {
  simulator = await startSimulator({ contacts: 0, latencyMs: 20 });
  const path = file('list.csv', ['phone', ...numbers(300)].join('\n'));
  const child = start([path]);
  let said = '';
  child.stdout?.on('data', (text) => {
    said += text;
  });
  while (posts() < 50) await new Promise((done) => setTimeout(done, 5));
  child.kill('SIGINT');
  const [code] = await once(child, 'close');
  expect(code).toBe(1);
  const [, created, left] = /Created: (\d+)\. .*To go: (\d+)\./.exec(said) ?? [];
  expect(Number(created)).toBe(made());
  expect(Number(created) + Number(left)).toBe(300);
  expect(said).toContain('Run the same command again');

  const other = await run([path], { SENT_PROFILE_ID: 'other' });
  expect(other).toMatchObject({ code: 1 });
  expect(other.stderr).toContain('another account');
  expect(made()).toBe(Number(created));
});

test('a dry run leaves no report, and no file of somebody else is overwritten', async () => {
  simulator = await startSimulator({ contacts: 0 });
  const path = file('list.csv', 'phone\n+34612000000\n');
  const dry = await run([path, '--sandbox']);
  expect(dry.stdout).toContain('Would be created: 1.');
  expect(dry.stdout).not.toContain('Report');
  expect(made()).toBe(0);

  const mine = file('mine.csv', 'a,b\n1,2\n');
  const refused = await run([path, '--report', mine]);
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(readFileSync(mine, 'utf8')).toBe('a,b\n1,2\n');
  expect(made()).toBe(0);
});

test('a preview names columns and numbers, and nothing of the file reaches the terminal as a command', async () => {
  simulator = await startSimulator({ contacts: 0 });
  const text = [
    'Name;Handy;Fax',
    'Mia\u001b[31m Sommer;0170 1234501;030 9018201',
    'Ole;0000000000;',
    'Ida;\u001b[2J call me;none',
  ].join('\n');
  const path = file('liste.csv', text);
  const { code, stdout } = await run([path, '--country', 'DE', '--preview']);
  expect(code).toBe(0);
  expect(stdout).not.toContain('\u001b');
  expect(stdout).toContain('Handy: phone number (mobile)');
  expect(stdout).toContain('+491701234501  Mia Sommer  (mobile)');
  expect(stdout).toMatch(/Doubtful, imported only with --doubtful:\n {2}row 3: 0000000000/);
  expect(stdout).toContain('Not taken: 1 fax');
});

test('a file that is not in Unicode is read as it was written, and that is said', async () => {
  simulator = await startSimulator({ contacts: 0 });
  const path = file('alt.csv', Buffer.from('Name;Handy\nJ\u00f6rg M\u00fcller;+491701234501\n', 'latin1'));
  const { stdout } = await run([path, '--preview']);
  expect(stdout).toContain('not in Unicode; it was read as windows-1252');
  expect(stdout).toContain('+491701234501  Jörg Müller  (mobile)');
});

test('--doubtful takes what could be a number, --column names the column', async () => {
  simulator = await startSimulator({ contacts: 0 });
  const path = file(
    'two.csv',
    'wer;eins;zwei\nMia;+491701234501;+499999999999\nOle;+491701234502;+491701234512\n',
  );
  const asked = await run([path]);
  expect(asked).toMatchObject({ code: 1, stdout: '' });
  expect(asked.stderr).toMatch(/two\.csv.*"eins" or "zwei"[\s\S]*--column NAME/);
  const done = await run([path, '--column', 'zwei', '--doubtful']);
  expect(done.stdout).toContain('Created: 2.');
  expect(simulator.book.byPhone('+499999999999')).toBeDefined();
  expect(simulator.book.byPhone('+491701234501')).toBeUndefined();
});

test('a report that cannot be written is said before anything is done; in one, formulas are text', async () => {
  simulator = await startSimulator({ contacts: 0 });
  const path = file('list.csv', 'phone\n+34612000000\n"=HYPERLINK(""http://x"")"\n@SUM(1)\n');
  const refused = await run([path, '--report', join(folder, 'nowhere', 'report.csv')]);
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toMatch(/nowhere.*cannot be written \(ENOENT\): name another place with --report/);
  expect(simulator.requests).toEqual([]);
  await run([path]);
  const report = readFileSync(`${path}.report.csv`, 'utf8');
  expect(report).toContain(`3,"'=HYPERLINK(""http://x"")",invalid`);
  expect(report).toContain("4,'@SUM(1),invalid");
  expect(report).toContain('2,+34612000000,created');
});

test.each([
  [[], 2, 'Usage'],
  [['a', 'b'], 2, 'Usage'],
  [['nowhere.csv'], 1, '"nowhere.csv" does not exist'],
  [['nowhere.csv', '--nonsense'], 2, '--nonsense is not a flag'],
  [['nowhere.csv', '--country', 'Narnia'], 1, 'There is no country "Narnia"'],
])('%j', async (args, code, words) => {
  simulator = await startSimulator({ contacts: 0 });
  const result = await run(args);
  expect(result.code).toBe(code);
  expect(result.stderr).toContain(words);
  expect(simulator.requests).toEqual([]);
});
