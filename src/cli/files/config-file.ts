import { constants } from 'node:fs';
import {
  access,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
} from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { FileProblem } from './file-format.ts';

/** A configuration file as it was read. */
export type ConfigFile = {
  /** The path that the host opens; backups go beside it. */
  path: string;
  /** Where the bytes are: the path itself, or what it links to. */
  target: string;
  /** The content without its byte order mark; empty for a file that does not exist. */
  text: string;
  byteOrderMark: string;
  /** The file as it stood, undefined where there was none. */
  previous: { bytes: Uint8Array; mode: number } | undefined;
};

const OWNER_ONLY = 0o600;
const PERMISSIONS = 0o777;

/**
 * Reads a file and changes nothing. One that does not exist reads as an empty one.
 * @throws FileProblem for anything else than readable UTF-8 in a regular file.
 */
export async function readConfig(path: string): Promise<ConfigFile> {
  return await explained(async () => {
    const target = await followLink(path);
    const status = await stat(target).catch(missing);
    if (status === undefined) return { path, target, text: '', byteOrderMark: '', previous: undefined };
    if (status.isDirectory()) throw new FileProblem('there is a folder in its place');
    if (!status.isFile()) throw new FileProblem('it is not a regular file');
    const bytes = await readFile(target);
    const [, byteOrderMark = '', text = ''] = /^(\uFEFF?)([\s\S]*)$/.exec(decode(bytes)) ?? [];
    return { path, target, text, byteOrderMark, previous: { bytes, mode: status.mode & PERMISSIONS } };
  });
}

/** @throws FileProblem where writing would be refused; of a folder still to be made, its nearest parent decides. */
export async function checkWritable({ target, previous }: ConfigFile): Promise<void> {
  await explained(async () => {
    if (previous !== undefined) await (await open(target, 'r+')).close();
    let folder = dirname(target);
    while ((await stat(folder).catch(missing)) === undefined && folder !== dirname(folder))
      folder = dirname(folder);
    await access(folder, constants.W_OK);
  });
}

/**
 * Replaces the content in one step, so that the host sees the old file or the new one and nothing between; the mode
 * stays, a new file is for its owner alone. The previous bytes are kept beside it, for the owner alone.
 * @returns the backup's path, undefined where there was no file.
 * @throws FileProblem with the file as it was.
 */
export async function writeConfig(
  file: ConfigFile,
  text: string,
  nowMs: number,
): Promise<string | undefined> {
  const { path, target, byteOrderMark, previous } = file;
  await checkWritable(file);
  return await explained(async () => {
    await mkdir(dirname(target), { recursive: true });
    const stamp = stampOf(nowMs);
    const written: string[] = [];
    const create = async (name: string, bytes: Uint8Array, mode: number): Promise<string> => {
      const created = await writeNew(name, bytes, mode);
      written.push(created);
      return created;
    };
    try {
      const bytes = Buffer.from(byteOrderMark + text);
      const temporary = await create(`${target}.new-${stamp}`, bytes, previous?.mode ?? OWNER_ONLY);
      const backup = previous && (await create(backupName(path, stamp), previous.bytes, OWNER_ONLY));
      await rename(temporary, target);
      return backup;
    } catch (error) {
      for (const name of written) await rm(name, { force: true });
      throw error;
    }
  });
}

/**
 * Takes the file away, its bytes kept beside it.
 * @returns the backup's path. @throws FileProblem with the file as it was.
 */
export async function removeConfig(file: ConfigFile, nowMs: number): Promise<string | undefined> {
  const { path, target, previous } = file;
  await checkWritable(file);
  return await explained(async () => {
    if (previous === undefined) return undefined;
    const backup = await writeNew(backupName(path, stampOf(nowMs)), previous.bytes, OWNER_ONLY);
    await rm(target);
    return backup;
  });
}

/** The texts of all backups of a file, the latest first; one that cannot be read counts as none. */
export async function readBackups({ path }: ConfigFile): Promise<string[]> {
  const prefix = backupName(basename(path), '');
  const names = await readdir(dirname(path)).catch(() => []);
  const latestFirst = names.filter((name) => name.startsWith(prefix)).sort((a, b) => (a < b ? 1 : -1));
  const backups = latestFirst.map((name) => readConfig(join(dirname(path), name)).catch(() => undefined));
  return (await Promise.all(backups)).flatMap((backup) => backup?.text ?? []);
}

const backupName = (path: string, stamp: string): string => `${path}.bak-${stamp}`;
const stampOf = (nowMs: number): string =>
  new Date(nowMs).toISOString().replace(/[-:]/g, '').replace('.', '');

/** Writes a file of this name, or of the name with a number where it is taken; returns the path that it got. */
async function writeNew(path: string, bytes: Uint8Array, mode: number, attempt = 1): Promise<string> {
  const name = attempt === 1 ? path : `${path}-${attempt}`;
  const handle = await open(name, 'wx', OWNER_ONLY).catch((error: unknown) => {
    if (codeOf(error) === 'EEXIST' && attempt < 100) return undefined;
    throw error;
  });
  if (handle === undefined) return await writeNew(path, bytes, mode, attempt + 1);
  try {
    await handle.writeFile(bytes);
    await handle.chmod(mode);
    await handle.sync();
  } catch (error) {
    await rm(name, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  return name;
}

/** The file that a link leads to, also where that does not exist yet; a plain path as it is. */
async function followLink(path: string): Promise<string> {
  const real = await realpath(path).catch(missing);
  if (real !== undefined) return real;
  const link = await readlink(path).catch(() => undefined);
  return link === undefined ? path : await followLink(resolve(dirname(path), link));
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new FileProblem('it is not text in UTF-8');
  }
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

function missing(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'its disk is read-only',
  ENOSPC: 'its disk is full',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EEXIST: 'a part of its path is a file, not a folder',
  ELOOP: 'its links lead in a circle',
  EBUSY: 'another program holds it open',
};

async function explained<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    throw new FileProblem(REASONS[code] ?? `the system refused (${code})`);
  }
}
