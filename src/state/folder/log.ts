import { join } from 'node:path';
import type { Clock } from '../../runtime/index.ts';
import { type Entry, LOGS, type LogName, type Position, type Read, type StoredEntry } from '../state.ts';
import { appendDurably, type Disk, isMissing, readFrom } from './disk.ts';
import { claimRecord, decides, eachLine, entryRecord, parseLine, sealRecord } from './lines.ts';
import { damagedLines, readPart } from './part.ts';

/** A sealed file is looked at for so long, for whoever opened it before and writes after. */
const LATE_MS = 3_600_000;

/** A long log is read in parts of about so many bytes, so that no more of it is in memory at once. */
const PART_BYTES = 1_000_000;

/** What is known of one file of the log. */
type Known = {
  /** Which file had this name; another one is read from its beginning. */
  file: string;
  /** All lines before this byte have been looked at. */
  seen: number;
  /** The first moment written in it. */
  since: number | undefined;
  seal: { offset: number; at: number; next: string } | undefined;
  isClosed: boolean;
};
type Winner = { by: string; at: number; name: string; offset: number; length: number };

export type FolderLog = {
  append(entry: Entry): Promise<void>;
  read(after?: Position, bytes?: number): Promise<Read>;
  claim(key: string, entry: Entry): Promise<{ won: boolean; entry: StoredEntry }>;
  /** Lines that are no records, by the name of their file. */
  damaged(): Promise<{ name: string; lines: number }[]>;
};

/**
 * A log as files of one folder: `sends.jsonl`, and then one for each day on which something was written. A day's file
 * is begun only where the one before it is sealed by a record that names it, so that all processes have the lines, and
 * with them the claims, in one order, over midnight as well.
 * @param prepare makes the folder; called before the first write, and again when it is gone.
 */
export function createFolderLog(
  folder: string,
  log: LogName,
  {
    disk,
    clock,
    newId,
    prepare,
  }: { disk: Disk; clock: Pick<Clock, 'now'>; newId: () => string; prepare: () => Promise<void> },
): FolderLog {
  const lifeMs = LOGS[log];
  const dated = new RegExp(`^${log}(\\.\\d{4}-\\d\\d-\\d\\d)?\\.jsonl$`);
  const first = `${log}.jsonl`;
  const nameOf = (day: string): string => `${log}.${day}.jsonl`;
  /** Empty for the first file, whose day is that of its first line. */
  const dayIn = (name: string): string => name.slice(log.length + 1, -'.jsonl'.length);
  const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

  const files = new Map<string, Known>();
  const winners = new Map<string, Winner>();
  let scans: Promise<unknown> = Promise.resolve();

  const isLive = (at: number): boolean => clock.now() - at < lifeMs;

  /** The names in their order: the first one has no day. */
  async function list(): Promise<string[]> {
    const names = await disk.readdir(folder).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    return names.filter((name) => dated.test(name)).sort((a, b) => (dayIn(a) < dayIn(b) ? -1 : 1));
  }

  /** Looks at what came since the last look, at all files in their order, one look at a time. */
  function scan(): Promise<string[]> {
    const next = scans.then(async () => {
      const names = await list();
      for (const name of files.keys()) if (!names.includes(name)) forgetFile(name);
      for (const name of names) if (!files.get(name)?.isClosed) await scanFile(name);
      return dropExpired(names);
    });
    scans = next.catch(() => {});
    return next;
  }

  function forgetFile(name: string): void {
    files.delete(name);
    for (const [key, winner] of winners) if (winner.name === name) winners.delete(key);
  }

  async function scanFile(name: string): Promise<void> {
    while (await scanPart(name));
  }

  /** @returns whether there is more. */
  async function scanPart(name: string): Promise<boolean> {
    const start = (file: string): number => {
      const known = files.get(name);
      return known?.file === file ? known.seen : 0;
    };
    const read = await readPart(disk, join(folder, name), start, PART_BYTES);
    if (read === undefined) {
      forgetFile(name);
      return false;
    }
    if (read.start === 0) forgetFile(name);
    const known = files.get(name) ?? {
      file: read.file,
      seen: 0,
      since: undefined,
      seal: undefined,
      isClosed: false,
    };
    files.set(name, known);
    known.seen = eachLine(read.bytes, read.start, (text, offset, length) => {
      if (known.since !== undefined && !decides(text)) return;
      const line = parseLine(text);
      known.since ??= line?.at;
      if (line?.kind === 'seal' && line.next > dayIn(name))
        known.seal ??= { offset, at: line.at, next: line.next };
      if (line?.kind !== 'claim' || known.seal) return;
      const winner = winners.get(line.key);
      if (winner === undefined || line.at - winner.at >= lifeMs)
        winners.set(line.key, { by: line.by, at: line.at, name, offset, length });
    });
    known.isClosed = !read.isCut && known.seal !== undefined && clock.now() - known.seal.at > LATE_MS;
    return read.isCut;
  }

  /** Removes files all of whose entries have expired. */
  async function dropExpired(names: string[]): Promise<string[]> {
    const isOver = (name: string): boolean => {
      const seal = files.get(name)?.seal;
      return seal !== undefined && clock.now() - seal.at >= lifeMs + LATE_MS;
    };
    const kept: string[] = [];
    for (const name of names) {
      const isGone = isOver(name) && (await disk.unlink(join(folder, name)).then(() => true, isMissing));
      if (isGone) forgetFile(name);
      else kept.push(name);
    }
    return kept;
  }

  /** Where to write now; a day that is over is sealed first. */
  async function tail(): Promise<{ name: string; create: boolean }> {
    for (;;) {
      const names = await scan();
      const name = names.at(-1) ?? first;
      const known = files.get(name);
      if (known?.seal) return { name: nameOf(known.seal.next), create: true };
      const today = dayOf(clock.now());
      // The first line of a day's file may be from a process whose clock is behind: its name is its day.
      const day = dayIn(name) || (known?.since === undefined ? today : dayOf(known.since));
      const isOver = lifeMs !== Number.POSITIVE_INFINITY && day < today;
      if (!isOver) return { name, create: name === first };
      await appendDurably(disk, folder, name, sealRecord(today, clock.now()), false);
    }
  }

  /** Writes at the end of the log, wherever that is by then. */
  async function write(bytes: Uint8Array): Promise<void> {
    await prepare();
    for (let tries = 0; ; tries++) {
      try {
        const { name, create } = await tail();
        return await appendDurably(disk, folder, name, bytes, create);
      } catch (error) {
        // Everything was forgotten meanwhile.
        if (!isMissing(error) || tries === 3) throw error;
        await prepare();
      }
    }
  }

  async function entryOf({ name, offset, length, at }: Winner): Promise<StoredEntry | undefined> {
    const read = await readFrom(disk, join(folder, name), () => offset, length);
    const line = read && parseLine(read.bytes.toString('utf8', 0, length));
    return line?.kind === 'claim' ? { ...line.entry, at } : undefined;
  }

  return {
    append: (entry) => write(entryRecord(clock.now(), entry)),

    async claim(key, entry) {
      await scan();
      for (;;) {
        const winner = winners.get(key);
        const theirs = winner && isLive(winner.at) ? await entryOf(winner) : undefined;
        if (theirs) return { won: false, entry: theirs };
        const by = newId();
        const at = clock.now();
        await write(claimRecord(key, by, at, entry));
        await scan();
        if (winners.get(key)?.by === by)
          return { won: true, entry: { ...JSON.parse(JSON.stringify(entry)), at } };
        // Somebody was first, or the day ended in between: then the claim counts for nothing and is made again.
      }
    },

    async read(after, bytes = Number.POSITIVE_INFINITY) {
      const from: Record<string, [file: string, seen: number]> = JSON.parse(after ?? '{}');
      const names = await scan();
      const ends = names.flatMap((name) => {
        const known = files.get(name);
        return known ? [{ name, file: known.file, seen: known.seen }] : [];
      });
      const hasWon = (key: string, name: string, offset: number): boolean => {
        const winner = winners.get(key);
        return winner?.name === name && winner.offset === offset;
      };
      const entries: StoredEntry[] = [];
      let left = bytes;
      for (const end of ends) {
        const { name, file, seen } = end;
        const [of, start] = from[name] ?? [];
        const begin = of === file ? (start ?? 0) : 0;
        if (begin === seen) continue;
        if (left <= 0) {
          end.seen = begin;
          continue;
        }
        const read = await readPart(disk, join(folder, name), () => begin, left);
        if (read?.file !== file) continue;
        const lines = read.bytes.subarray(0, seen - begin);
        left = read.isCut ? 0 : left - lines.length;
        if (read.isCut) end.seen = begin + lines.length;
        eachLine(lines, begin, (text, offset) => {
          const line = parseLine(text);
          if (line === undefined || line.kind === 'seal' || !isLive(line.at)) return;
          if (line.kind === 'claim' && !hasWon(line.key, name, offset)) return;
          entries.push({ ...line.entry, at: line.at });
        });
      }
      const position = JSON.stringify(
        Object.fromEntries(ends.map(({ name, file, seen }) => [name, [file, seen]])),
      );
      return { entries, position: position as Position, more: left <= 0 };
    },

    async damaged() {
      const found: { name: string; lines: number }[] = [];
      for (const name of await list()) {
        const lines = await damagedLines(disk, join(folder, name));
        if (lines > 0) found.push({ name, lines });
      }
      return found;
    },
  };
}
