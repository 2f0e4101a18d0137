import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createFolderStore } from '../../src/state/index.ts';
import { stateContract } from './contract.ts';

const base = mkdtempSync(join(tmpdir(), 'state-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));
let places = 0;

stateContract('folder', async () => {
  let at = Date.UTC(2026, 10, 23, 12);
  const folder = join(base, `${++places}`, 'sent');
  return {
    open: () => createFolderStore(folder, { clock: { now: () => at }, newId: () => crypto.randomUUID() }),
    advance: (ms) => {
      at += ms;
    },
  };
});

test('in a log of many megabytes the first claim wins, wherever it stands', async () => {
  const clock = { now: () => Date.UTC(2026, 10, 23, 12) };
  const open = () =>
    createFolderStore(join(base, 'long'), { clock, newId: () => crypto.randomUUID() }).account('acc-1');
  const text = 'x'.repeat(3_000_000);
  for (const n of [0, 1, 2]) {
    await open().append('sends', { n, text });
    await open().claim('sends', `key ${n}`, { n });
  }
  const other = open();
  for (const n of [2, 0, 1])
    expect(await other.claim('sends', `key ${n}`, { n: -1 })).toMatchObject({ won: false, entry: { n } });
  expect((await open().read('sends')).entries.map(({ n }) => n)).toEqual([0, 0, 1, 1, 2, 2]);
});
