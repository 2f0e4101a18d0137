import { constants, promises } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError } from '../../errors.ts';

/** What is used of the file system; tests give one that fails. */
export type Disk = Pick<
  typeof promises,
  | 'open'
  | 'mkdir'
  | 'readdir'
  | 'readFile'
  | 'rename'
  | 'unlink'
  | 'rm'
  | 'stat'
  | 'lstat'
  | 'chmod'
  | 'utimes'
>;
export const systemDisk: Disk = promises;

/** Links at the last name of a path are never followed: a file of another could stand behind one. */
const NO_LINK = constants.O_NOFOLLOW ?? 0;

const UNKNOWN = 'UNKNOWN';
export const codeOf = (error: unknown): string => {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,30}$/.test(code) ? code : UNKNOWN;
};
export const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(codeOf(error));

const AGAIN = 'then make the same call again. `sent-contacts-mcp doctor` names the folder.';

/** A failure of the disk in words; the path stays out, since it may name the user. Other failures stay as they are. */
export function diskFailure(error: unknown): unknown {
  const code = codeOf(error);
  if (error instanceof AppError || code === UNKNOWN) return error;
  if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code)) {
    return new AppError('unavailable', 'The disk is full, so that nothing can be written down.', {
      next: `Ask the user to free space on the disk that holds the folder of SENT_STATE, ${AGAIN}`,
    });
  }
  if (['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ELOOP', 'ENOTDIR', 'EEXIST', 'EISDIR'].includes(code)) {
    return new AppError('unavailable', `The folder for what lasts cannot be used (${code}).`, {
      next: `Ask the user to let this program write to the folder of SENT_STATE, or to name another one, ${AGAIN}`,
    });
  }
  return new AppError('unavailable', `The disk failed, so that nothing can be written down (${code}).`, {
    next: `Ask the user to look at the disk that holds the folder of SENT_STATE, ${AGAIN}`,
  });
}

/**
 * Makes a folder that the user alone can enter, if it is not there.
 * @throws AppError `unavailable` where somebody else owns it or it is a link: then they could read what is kept.
 */
export async function ownFolder(disk: Disk, path: string): Promise<void> {
  await makeFolder(disk, path);
  const found = await disk.lstat(path);
  const uid = process.getuid?.();
  if (!found.isDirectory() || (uid !== undefined && found.uid !== uid)) {
    throw new AppError('unavailable', 'The folder for what lasts belongs to somebody else, or is a link.', {
      next: 'Ask the user to set SENT_STATE to a folder of their own and to restart the server.',
    });
  }
  if (uid !== undefined && (found.mode & 0o077) !== 0) await disk.chmod(path, 0o700);
}

/** With the folders above it. Node's own `recursive` never ends where a folder that is there takes no other, as /proc. */
async function makeFolder(disk: Disk, path: string, isSecondTry = false): Promise<void> {
  try {
    await disk.mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    if (codeOf(error) !== 'ENOENT' || isSecondTry || dirname(path) === path) throw error;
    await makeFolder(disk, dirname(path));
    await makeFolder(disk, path, true);
  }
}

/** So that a new name in a folder survives a power failure. Windows has no such thing, and does without. */
export async function syncFolder(disk: Disk, path: string): Promise<void> {
  const handle = await disk.open(path, 'r').catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

/**
 * One write at the end of a file, on the disk when it resolves.
 * @param create makes the file where there is none; else that fails with `ENOENT`.
 * @throws what the disk throws; then no reader finds the bytes.
 */
export async function appendDurably(
  disk: Disk,
  folder: string,
  name: string,
  bytes: Uint8Array,
  create: boolean,
): Promise<void> {
  const { O_WRONLY, O_APPEND, O_CREAT } = constants;
  const path = join(folder, name);
  const handle = await disk.open(path, O_WRONLY | O_APPEND | NO_LINK | (create ? O_CREAT : 0), 0o600);
  try {
    const { bytesWritten } = await handle.write(bytes);
    // A torn record reads as none; what follows begins with a line feed of its own.
    if (bytesWritten < bytes.length) throw Object.assign(new Error('short write'), { code: 'ENOSPC' });
    await handle.datasync().catch(async (error) => {
      await strikeOut(disk, path, bytes).catch(() => {});
      throw error;
    });
    // The first record of a file: the name of the file has to last too.
    if (create && (await handle.stat()).size === bytes.length) await syncFolder(disk, folder);
  } finally {
    await handle.close();
  }
}

/** Makes a record unreadable that could not be brought to the disk: whoever wrote it is told that it was not. */
async function strikeOut(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  const handle = await disk.open(path, constants.O_RDWR | NO_LINK);
  try {
    const at = (await disk.readFile(path)).lastIndexOf(bytes);
    if (at !== -1) await handle.write('#', at + 1);
  } finally {
    await handle.close();
  }
}

/**
 * The bytes of a file from a place on, at most so many, and which file it is: a name may be given anew. Undefined where
 * there is none.
 */
export async function readFrom(
  disk: Disk,
  path: string,
  start: (file: string) => number,
  most = Number.POSITIVE_INFINITY,
): Promise<{ file: string; start: number; bytes: Buffer } | undefined> {
  const handle = await disk.open(path, constants.O_RDONLY | NO_LINK).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (handle === undefined) return undefined;
  try {
    const { size, ino, birthtimeMs } = await handle.stat();
    const file = `${ino}-${birthtimeMs}`;
    const from = Math.min(start(file), size);
    const bytes = Buffer.allocUnsafe(Math.min(size - from, most));
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, from + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return { file, start: from, bytes: bytes.subarray(0, filled) };
  } finally {
    await handle.close();
  }
}

/** Replaces a file whole: after a crash there is the old one or the new one. */
export async function replaceFile(
  disk: Disk,
  folder: string,
  name: string,
  parts: readonly Uint8Array[],
  id: string,
): Promise<void> {
  const temporary = join(folder, `${name}.${id}.new`);
  try {
    const handle = await disk.open(temporary, 'wx', 0o600);
    try {
      for (const part of parts) await handle.writeFile(part);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await disk.rename(temporary, join(folder, name));
  } catch (error) {
    await disk.unlink(temporary).catch(() => {});
    throw error;
  }
  await syncFolder(disk, folder);
}

/** Half-written files that a crash left: no write takes an hour. */
export async function sweepFolder(disk: Disk, folder: string): Promise<void> {
  for (const name of await disk.readdir(folder)) {
    const path = join(folder, name);
    if (!name.endsWith('.new')) continue;
    const { mtimeMs } = await disk.stat(path);
    if (Date.now() - mtimeMs > 3_600_000) await disk.unlink(path);
  }
}
