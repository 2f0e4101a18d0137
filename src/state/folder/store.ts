import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../../runtime/index.ts';
import {
  type AccountState,
  type Hold,
  LOGS,
  type LogName,
  type StateReport,
  type StateStore,
} from '../state.ts';
import { type Disk, diskFailure, isMissing, ownFolder, sweepFolder, syncFolder, systemDisk } from './disk.ts';
import { createHolds } from './hold.ts';
import { createLiveness } from './liveness.ts';
import { createFolderLog, type FolderLog } from './log.ts';
import { loadSnapshot, saveSnapshot } from './snapshot.ts';

export type FolderOptions = { clock: Pick<Clock, 'now'>; newId: () => string; disk?: Disk };

const LOG_NAMES = Object.keys(LOGS) as LogName[];
/** Says nothing of the account to whoever sees the name, and is a name everywhere. */
const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
/** A name of ours as it is, so that a person can read it; any other by its hash. */
const fileName = (name: string): string => (/^[a-z0-9_-]{1,60}$/.test(name) ? name : hash(name));

/**
 * Keeps everything in a folder of files that the user alone can read: `accounts/<account>/<log>[.<day>].jsonl` and
 * `…/<name>.snapshot`. Any number of processes may use it at once; what is written survives kill -9.
 */
export function createFolderStore(folder: string, options: FolderOptions): StateStore {
  const { clock, newId, disk = systemDisk } = options;
  const accounts = join(folder, 'accounts');
  const holds = join(folder, 'holds');
  const liveness = createLiveness();
  const { hold, sweep } = createHolds(holds, { disk, liveness, now: Date.now, newId });
  let isSwept = false;

  const openLog = (path: string, log: LogName): FolderLog => {
    const prepare = async () => {
      await ownFolder(disk, accounts);
      await ownFolder(disk, path);
    };
    return createFolderLog(path, log, { disk, clock, newId, prepare });
  };

  async function holdIn(account: string, name: string): Promise<Hold | undefined> {
    await ownFolder(disk, holds);
    if (!isSwept) void sweep().catch(() => {});
    isSwept = true;
    return hold(`${account}.${fileName(name)}`);
  }

  const state = (account: string): AccountState => {
    const id = hash(account);
    const path = join(accounts, id);
    const logs = new Map<LogName, FolderLog>();
    const logOf = (log: LogName): FolderLog => {
      const opened = logs.get(log) ?? openLog(path, log);
      logs.set(log, opened);
      return opened;
    };

    return {
      lasts: true,
      append: (log, entry) => told(logOf(log).append(entry)),
      read: (log, after, bytes) => told(logOf(log).read(after, bytes)),
      claim: (log, key, entry) => told(logOf(log).claim(key, entry)),
      hold: (name) => told(holdIn(id, name)),
      saveSnapshot: (name, bytes) => {
        const save = async () => {
          await ownFolder(disk, accounts);
          await ownFolder(disk, path);
          const at = { savedAt: clock.now(), id: newId() };
          await saveSnapshot(disk, path, `${fileName(name)}.snapshot`, bytes, at);
          await sweepFolder(disk, path).catch(() => {});
        };
        return told(save());
      },
      loadSnapshot: async (name) => {
        const found = await told(loadSnapshot(disk, path, `${fileName(name)}.snapshot`));
        return found === 'damaged' ? undefined : found;
      },
      // Reading costs less than watching files, which no platform does alike.
      isUnchanged: () => false,
    };
  };

  async function report(): Promise<StateReport> {
    const names = (await listing(disk, accounts)).filter((name) => /^[0-9a-f]{32}$/.test(name));
    const entries: Partial<Record<LogName, number>> = {};
    const damaged: StateReport['damaged'][number][] = [];
    let [snapshots, bytes] = [0, 0];
    for (const name of names) {
      const path = join(accounts, name);
      const files = await listing(disk, path);
      for (const file of files) bytes += (await disk.stat(join(path, file)).catch(() => ({ size: 0 }))).size;
      for (const file of files.filter((each) => each.endsWith('.snapshot'))) {
        snapshots++;
        const isDamaged = (await loadSnapshot(disk, path, file)) === 'damaged';
        if (isDamaged) damaged.push({ where: join('accounts', name, file), lines: 1 });
      }
      for (const log of LOG_NAMES) {
        const opened = openLog(path, log);
        const found = (await opened.read()).entries.length;
        if (found > 0) entries[log] = (entries[log] ?? 0) + found;
        for (const { name: file, lines } of await opened.damaged())
          damaged.push({ where: join('accounts', name, file), lines });
      }
    }
    return { accounts: names.length, entries, snapshots, bytes, damaged };
  }

  async function forget(): Promise<StateReport> {
    const removed = await report();
    for (const name of await listing(disk, accounts)) {
      // Under another name first: a process at work meets a whole account or none, and begins anew.
      const away = join(accounts, `.${name}.${newId()}`);
      if (/^[0-9a-f]{32}$/.test(name)) await disk.rename(join(accounts, name), away);
      if (/^[0-9a-f]{32}$/.test(name)) await disk.rm(away, { recursive: true, force: true });
      else if (/^\.[0-9a-f]{32}\./.test(name))
        await disk.rm(join(accounts, name), { recursive: true, force: true });
    }
    await syncFolder(disk, accounts);
    await sweep(0).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
    return removed;
  }

  return {
    kind: 'folder',
    place: folder,
    lasts: true,
    account: state,
    report: () => told(report()),
    forget: () => told(forget()),
    close: async () => liveness.close(),
  };
}

async function listing(disk: Disk, path: string): Promise<string[]> {
  return disk.readdir(path).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
}

/** @throws AppError `unavailable` in place of what the disk throws. */
async function told<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw diskFailure(error);
  });
}
