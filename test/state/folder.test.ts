import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
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
