import { constants } from 'node:fs';
import { join } from 'node:path';
import type { Hold } from '../state.ts';
import { type Disk, isMissing } from './disk.ts';
import type { Address, Liveness } from './liveness.ts';

/** So often a holder touches its file, for those who cannot ask it: other containers on the same folder. */
const BEAT_MS = 10_000;
/** Without a touch for so long, a holder that cannot be asked counts as gone. */
const SILENCE_MS = 40_000;
/** More lines than this are replaced by the one that counts. */
const MAX_LINES = 16;

type Line = Address & { id: string; at: number };

/** Files of processes that were killed stay so long. */
const LEFT_FOR_MS = 24 * 3_600_000;

export type Holds = {
  hold(name: string): Promise<Hold | undefined>;
  /** Removes what processes left that were killed, so long ago or longer; what is held stays. */
  sweep(olderThanMs?: number): Promise<void>;
};

/**
 * A hold is a line in a file of its name: the first one whose writer lives has it. Nobody waits here; whoever finds the
 * hold taken gives up its own line at once. The file goes with the hold, so that there are as many as holds.
 */
export function createHolds(
  folder: string,
  { disk, liveness, now, newId }: { disk: Disk; liveness: Liveness; now: () => number; newId: () => string },
): Holds {
  const read = async (path: string): Promise<Line[]> => {
    const text = await disk.readFile(path, 'utf8').catch((error: unknown) => {
      if (isMissing(error)) return '';
      throw error;
    });
    return text.split('\n').flatMap((line) => parse(line) ?? []);
  };

  async function isHeld(line: Line, path: string): Promise<boolean> {
    const has = await liveness.has(line, line.id);
    if (has !== 'foreign') return has;
    const beat = await disk.stat(beatOf(path, line.id)).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
    return now() - Math.max(beat, line.at) < SILENCE_MS;
  }
  async function isAnyHeld(lines: readonly Line[], path: string): Promise<boolean> {
    for (const line of lines) if (await isHeld(line, path)) return true;
    return false;
  }

  /** Whether the line is the first that lives. */
  async function take(path: string, line: Line): Promise<boolean> {
    for (let tries = 0; tries < 5; tries++) {
      await appendLine(disk, path, line);
      const lines = await read(path);
      const own = lines.findIndex(({ id }) => id === line.id);
      if (own === -1) continue; // A holder has replaced or removed the file meanwhile.
      if (await isAnyHeld(lines.slice(0, own), path)) return false;
      // Whoever was before us had the file removed while it still held: what is gone by then was not ours to have.
      if (own > 0 && !(await read(path)).some(({ id }) => id === line.id)) continue;
      if (lines.length > MAX_LINES) await replace(disk, path, line).catch(() => {});
      return true;
    }
    return false;
  }

  async function hold(name: string): Promise<Hold | undefined> {
    const path = join(folder, `${name}.hold`);
    if (await isAnyHeld(await read(path), path)) return undefined;
    const id = newId();
    liveness.ids.add(id);
    const line: Line = { id, at: now(), ...(await liveness.address()) };
    const isMine = await take(path, line).catch((error: unknown) => {
      liveness.ids.delete(id);
      throw error;
    });
    if (!isMine) {
      liveness.ids.delete(id);
      return undefined;
    }
    let beatAt = line.at;
    /** Nobody can have counted us as gone, and have the file. */
    let isOurs = true;
    let touched: Promise<void>;
    const beat = (): void => {
      const at = now();
      isOurs &&= at - beatAt < SILENCE_MS / 2;
      const told = () => {
        beatAt = at;
      };
      touched = touch(disk, beatOf(path, id)).then(told, () => {});
    };
    beat();
    const beating = setInterval(beat, BEAT_MS).unref();
    let isReleased = false;
    return {
      async release() {
        if (isReleased) return;
        isReleased = true;
        clearInterval(beating);
        // While it is still held: whoever has written a line into this file finds it gone, and begins anew.
        if (isOurs && now() - beatAt < SILENCE_MS / 2) await disk.unlink(path).catch(() => {});
        liveness.ids.delete(id);
        await touched;
        await disk.unlink(beatOf(path, id)).catch(() => {});
      },
    };
  }

  async function sweep(olderThanMs = LEFT_FOR_MS): Promise<void> {
    const names = await disk.readdir(folder);
    const isOld = async (name: string, ageMs: number): Promise<boolean> => {
      const found = await disk.stat(join(folder, name)).catch(() => undefined);
      return found !== undefined && now() - found.mtimeMs >= ageMs;
    };
    const remove = (name: string) => disk.unlink(join(folder, name)).catch(() => {});
    for (const file of names.filter((name) => name.endsWith('.hold'))) {
      const held = (await isOld(file, olderThanMs)) ? await hold(file.slice(0, -'.hold'.length)) : undefined;
      if (held === undefined) continue;
      for (const name of names.filter((each) => each.startsWith(`${file}.`))) await remove(name);
      await held.release();
    }
    for (const name of names.filter((each) => !each.endsWith('.hold')))
      if (await isOld(name, Math.max(olderThanMs, SILENCE_MS))) await remove(name);
  }

  return { hold, sweep };
}

const beatOf = (path: string, id: string): string => `${path}.${id.slice(0, 8)}.beat`;

async function appendLine(disk: Disk, path: string, line: Line): Promise<void> {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW = 0 } = constants;
  const handle = await disk.open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
  await handle.write(`\n${JSON.stringify(line)}`).finally(() => handle.close());
}

/** By a new file, so that whoever appends to the old one meanwhile finds its line gone and tries again. */
async function replace(disk: Disk, path: string, line: Line): Promise<void> {
  const temporary = `${path}.${line.id}.new`;
  await appendLine(disk, temporary, line);
  await disk.rename(temporary, path);
}

async function touch(disk: Disk, path: string): Promise<void> {
  await disk.open(path, 'a', 0o600).then((handle) => handle.close());
  const moment = new Date();
  await disk.utimes(path, moment, moment);
}

function parse(text: string): Line | undefined {
  try {
    const { id, at, port, pid, space } = JSON.parse(text);
    const isLine =
      [id, space].every((value) => typeof value === 'string') &&
      [at, pid].every((value) => typeof value === 'number') &&
      (port === undefined || (Number.isInteger(port) && port > 0 && port < 65_536));
    return isLine ? { id, at, port, pid, space } : undefined;
  } catch {
    return undefined;
  }
}
