import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expandHome, readListFile } from '../../../src/app/read-list-file.ts';
import { MAX_LIST_BYTES } from '../../../src/contacts/lists/open-list.ts';
import { opened } from './validated.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lists-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a path that is no plain file is refused, by its name, before it is opened', () => {
  const make: Record<string, (path: string) => void> = {
    'a folder': (path) => mkdirSync(path),
    'a pipe': (path) => execFileSync('mkfifo', [path]),
    nothing: () => {},
    'too large': (path) => {
      writeFileSync(path, '');
      truncateSync(path, MAX_LIST_BYTES + 1);
    },
  };
  test.runIf(process.platform !== 'win32').each([
    ['a folder', 'is a folder'],
    ['a pipe', 'is no plain file'],
    ['nothing', 'does not exist'],
    ['too large', 'is too large for a list'],
  ])('%s', async (name, why) => {
    const path = join(folder, `${name}.csv`);
    make[name]?.(path);
    await expect(readListFile(path)).rejects.toThrow(`The file "${name}.csv" ${why}`);
  });

  test.runIf(process.platform === 'linux')('a device', async () => {
    await expect(readListFile('/dev/zero')).rejects.toThrow('The file "zero" is no plain file');
  });

  test('~/ is the folder of the person', () => {
    expect(expandHome('~/x.csv')).toBe(join(homedir(), 'x.csv'));
    expect(expandHome('x~.csv')).toBe('x~.csv');
  });
});

describe('what is no list is refused soon', () => {
  const MB = 1_000_000;
  test.each([
    ['a cell without an end', () => `name,phone\n"${'x\n'.repeat(5 * MB)}`, /never closed/],
    ['a long quoted cell', () => `name,phone\n"${'x\n'.repeat(MB)}",+491701234501\n`, /too long/],
    ['a long line', () => `name,phone\n${'x'.repeat(10 * MB)},+491701234501\n`, /line that is too long/],
    ['a cell of blanks', () => `name,phone\nMia,${' '.repeat(300_000)}1\n`, /too long/],
  ])('%s', async (_, text, why) => {
    const bytes = Buffer.from(text());
    const startedAt = performance.now();
    await expect(opened(bytes)).rejects.toThrow(why);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  test('blanks and long texts in cells cost no more than their length', async () => {
    const startedAt = performance.now();
    const text = `name,phone\n${' '.repeat(100_000)},+491701234501\nMia,${'1 a'.repeat(30_000)}\n${'\n'.repeat(300_000)}`;
    const { valid, invalid } = await opened(text);
    expect(valid).toHaveLength(1);
    expect(invalid).toMatchObject([{ row: 3, reason: 'The cell is too long to be a phone number.' }]);
    expect(invalid[0]?.value.length).toBeLessThanOrEqual(200);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});

test('while a long list is read, other work has its turn', async () => {
  const rows = Array.from({ length: 10_000 }, (_, i) => `Mia ${i},+49170${String(1_000_000 + i)}`);
  // In time of the processor, so that a machine that is busy with other things says nothing.
  const worked = () => (({ user, system }) => (user + system) / 1_000)(process.cpuUsage());
  let longest = 0;
  let last = worked();
  const look = () => {
    longest = Math.max(longest, worked() - last);
    last = worked();
  };
  const timer = setInterval(look, 1);
  await opened(['name,phone', ...rows].join('\n'));
  clearInterval(timer);
  look(); // What blocks to the end lets no timer in.
  // On an idle machine some 15 ms; what blocks holds all of its 300 ms.
  expect(longest).toBeLessThan(125);
});
