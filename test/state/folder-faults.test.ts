/** The folder on a disk that fails, with lines that are none, and owned by somebody else. */
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Disk, systemDisk } from '../../src/state/folder/index.ts';
import { createFolderStore } from '../../src/state/index.ts';
import { stateFolder } from '../state-folder.ts';
import { failureOf } from './contract.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const open = (folder: string, disk?: Disk) =>
  createFolderStore(folder, {
    clock: { now: () => NOW },
    newId: () => crypto.randomUUID(),
    ...(disk && { disk }),
  });
const numbers = async (store: ReturnType<typeof open>) =>
  (await store.account('acc').read('notes')).entries.map(({ n }) => n);
const failing = (code: string) => async (): Promise<never> => {
  throw Object.assign(new Error(`${code}: /home/ana/secret`), { code });
};
/** The system's disk, whose files fail while they are told to. */
function faultyDisk() {
  type Fault = (() => Promise<never>) | undefined;
  const faults: { write?: Fault; datasync?: Fault; writtenBytes?: number | undefined } = {};
  const disk: Disk = {
    ...systemDisk,
    open: async (...how: Parameters<Disk['open']>) => {
      const handle = await systemDisk.open(...how);
      const { datasync } = handle;
      const write = handle.write.bind(handle) as (data: unknown, ...rest: unknown[]) => unknown;
      const faulty = (data: unknown, ...rest: unknown[]): unknown => {
        if (!Buffer.isBuffer(data)) return write(data, ...rest);
        return faults.write ? faults.write() : write(data.subarray(0, faults.writtenBytes), ...rest);
      };
      handle.write = faulty as typeof handle.write;
      handle.datasync = () => (faults.datasync ? faults.datasync() : datasync.call(handle));
      return handle;
    },
  };
  return { disk, faults };
}
const onlyFile = (folder: string): string => {
  const [account = ''] = readdirSync(join(folder, 'accounts'));
  return join(folder, 'accounts', account, 'notes.jsonl');
};

test('a full disk: told, nothing visible, and the next record is well', async () => {
  const folder = stateFolder();
  const { disk, faults } = faultyDisk();
  const store = open(folder, disk);
  await store.account('acc').append('notes', { n: 1 });
  faults.write = failing('ENOSPC');
  const failure = await failureOf(store.account('acc').append('notes', { n: 2 }));
  expect(failure).toEqual({
    code: 'unavailable',
    message: 'The disk is full, so that nothing can be written down.',
    next: expect.stringMatching(/free space .* then make the same call again/),
  });
  faults.write = undefined;
  faults.writtenBytes = 20; // As far as there was room.
  await failureOf(store.account('acc').append('notes', { n: 3 }));
  await failureOf(store.account('acc').claim('notes', 'k', { n: 4 }));
  faults.writtenBytes = undefined;
  expect(await numbers(open(folder))).toEqual([1]);
  await store.account('acc').append('notes', { n: 5 });
  expect((await store.account('acc').claim('notes', 'k', { n: 6 })).won).toBe(true);
  expect(await numbers(open(folder))).toEqual([1, 5, 6]);
  expect(await numbers(store)).toEqual([1, 5, 6]);
});

test('a record that does not reach the disk is not there, although it was written', async () => {
  const folder = stateFolder();
  const { disk, faults } = faultyDisk();
  const store = open(folder, disk);
  await store.account('acc').append('notes', { n: 1 });
  faults.datasync = failing('EIO');
  expect(await failureOf(store.account('acc').append('notes', { n: 2 }))).toMatchObject({
    code: 'unavailable',
  });
  faults.datasync = undefined;
  await store.account('acc').append('notes', { n: 3 });
  expect(await numbers(store)).toEqual([1, 3]);
  expect(await numbers(open(folder))).toEqual([1, 3]);
});

test('a folder that cannot be written is read all the same', async () => {
  const folder = stateFolder();
  await open(folder).account('acc').append('notes', { n: 1 });
  const readOnly: Disk = {
    ...systemDisk,
    mkdir: failing('EROFS'),
    open: async (path, flags, mode) =>
      typeof flags === 'number' && (flags & 3) !== 0
        ? failing('EROFS')()
        : systemDisk.open(path, flags, mode),
  };
  const store = open(folder, readOnly);
  expect(await numbers(store)).toEqual([1]);
  for (const work of [
    () => store.account('acc').append('notes', { n: 2 }),
    () => store.account('acc').claim('sends', 'k', { n: 2 }),
    () => store.account('acc').saveSnapshot('directory', Uint8Array.of(1)),
    () => store.account('acc').hold('reading'),
  ]) {
    const { code, message, next } = await failureOf(work());
    expect([code, message]).toEqual(['unavailable', 'The folder for what lasts cannot be used (EROFS).']);
    expect(next).toContain('SENT_STATE');
    expect(message + next).not.toContain('/home');
  }
});

test('a place that takes no folder is told of at once, and is not tried for ever', async () => {
  const nowhere: Disk = {
    ...systemDisk,
    mkdir: failing('ENOENT'), // As /proc answers, though the folder above is there.
  };
  const { code, message } = await failureOf(
    open(stateFolder(), nowhere).account('acc').append('notes', { n: 1 }),
  );
  expect([code, message]).toEqual(['unavailable', 'The folder for what lasts cannot be used (ENOENT).']);
});

test('lines that are torn or none of ours cost only themselves, and are counted', async () => {
  const folder = stateFolder();
  const store = open(folder);
  await store.account('acc').append('notes', { n: 1 });
  const file = onlyFile(folder);
  appendFileSync(file, '\n{"at":17,"entry":{"n":');
  await store.account('acc').append('notes', { n: 2 });
  appendFileSync(
    file,
    '\nhello\n[1,2]\nnull\n{"at":"x","entry":{}}\n{"at":1,"entry":[]}\n\u0000\u0000\u0000',
  );
  appendFileSync(file, Buffer.from([0x0a, 0xff, 0xfe, 0x7b]));
  await store.account('acc').append('notes', { n: 3 });
  appendFileSync(file, '\n{"claim":7,"by":"x","at":1,"entry":{}}\n{"at":1,"ent'); // And torn at the very end.
  expect(await numbers(store)).toEqual([1, 2, 3]);
  expect(await numbers(open(folder))).toEqual([1, 2, 3]);
  const { damaged, entries } = await store.report();
  expect(entries).toEqual({ notes: 3 });
  expect(damaged).toEqual([
    { where: expect.stringMatching(/^accounts\/[0-9a-f]{32}\/notes\.jsonl$/), lines: 10 },
  ]);
});

test('a line that is being written is read when it is whole', async () => {
  const folder = stateFolder();
  const state = open(folder).account('acc');
  await state.append('notes', { n: 1 });
  const { position } = await state.read('notes');
  appendFileSync(onlyFile(folder), `\n{"at":${NOW},"entry":{"n"`);
  expect((await state.read('notes', position)).entries).toEqual([]);
  appendFileSync(onlyFile(folder), ':2}}');
  expect((await state.read('notes', position)).entries).toEqual([{ n: 2, at: NOW }]);
});

test('only the user can read it, and the name of the account is not in its path', async () => {
  const folder = join(stateFolder(), 'sent');
  const store = open(folder);
  await store.account('host/acc-1/profile').append('notes', { n: 1 });
  await store.account('host/acc-1/profile').saveSnapshot('directory', Uint8Array.of(1));
  await (await store.account('host/acc-1/profile').hold('reading'))?.release();
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  expect(paths.join()).not.toContain('acc-1');
  expect(paths.length).toBeGreaterThan(4);
  for (const path of ['', ...paths]) {
    const found = statSync(join(folder, path));
    expect([path, (found.mode & 0o777).toString(8)]).toEqual([path, found.isDirectory() ? '700' : '600']);
  }
});

test('a link in place of the folder or a file is not followed', async () => {
  const [elsewhere, linked, planted] = [stateFolder(), stateFolder(), stateFolder()];
  symlinkSync(elsewhere, join(linked, 'accounts'));
  expect(await failureOf(open(linked).account('acc').append('notes', { n: 1 }))).toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('is a link'),
  });
  await open(planted).account('acc').append('acts', { n: 1 });
  writeFileSync(join(elsewhere, 'target'), 'keep me');
  symlinkSync(join(elsewhere, 'target'), onlyFile(planted));
  expect(await failureOf(open(planted).account('acc').append('notes', { n: 1 }))).toMatchObject({
    code: 'unavailable',
  });
  expect(readFileSync(join(elsewhere, 'target'), 'utf8')).toBe('keep me');
  expect(readdirSync(elsewhere)).toEqual(['target']);
});

test('a folder that somebody else owns is refused', async () => {
  const folder = stateFolder();
  const disk: Disk = {
    ...systemDisk,
    lstat: (async (path: string) =>
      Object.assign(await systemDisk.lstat(path), { uid: 4242 })) as Disk['lstat'],
  };
  expect(await failureOf(open(folder, disk).account('acc').append('notes', { n: 1 }))).toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('belongs to somebody else'),
  });
});

test('forget removes what it keeps and nothing else that is in the folder', async () => {
  const folder = stateFolder();
  writeFileSync(join(folder, 'thesis.txt'), 'mine');
  mkdirSync(join(folder, 'accounts', 'photos'), { recursive: true });
  const store = open(folder);
  await store.account('acc').append('notes', { n: 1 });
  await (await store.account('acc').hold('reading'))?.release();
  await store.forget();
  expect(readdirSync(folder, { recursive: true }).sort()).toEqual([
    'accounts',
    'accounts/photos',
    'holds',
    'thesis.txt',
  ]);
});

test('a snapshot that is not as it was written is none, and is told', async () => {
  const folder = stateFolder();
  const store = open(folder);
  await store.account('acc').saveSnapshot('directory', new Uint8Array(1000).fill(7));
  const file = onlyFile(folder).replace('notes.jsonl', 'directory.snapshot');
  const whole = readFileSync(file);
  for (const bytes of [
    whole.subarray(0, 500),
    Buffer.from('{}'),
    Buffer.alloc(0),
    Buffer.from(whole).fill(1, 900, 901),
  ]) {
    writeFileSync(file, bytes);
    expect(await store.account('acc').loadSnapshot('directory')).toBeUndefined();
    expect((await store.report()).damaged).toEqual([
      { where: expect.stringContaining('directory.snapshot'), lines: 1 },
    ]);
  }
});

test('files all of whose entries have expired are removed', async () => {
  const folder = stateFolder();
  let at = NOW;
  const store = createFolderStore(folder, { clock: { now: () => at }, newId: () => crypto.randomUUID() });
  for (let day = 0; day < 5; day++) {
    await store.account('acc').append('cursors', { day });
    at += 24 * 3_600_000;
  }
  await store.account('acc').read('cursors');
  const [account = ''] = readdirSync(join(folder, 'accounts'));
  expect(readdirSync(join(folder, 'accounts', account))).toEqual([
    'cursors.2026-11-26.jsonl',
    'cursors.2026-11-27.jsonl',
  ]);
});
