import { type FileHandle, open } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { AppError } from '../errors.ts';
import { quoted } from '../text/index.ts';

/** A path with `~/` as people write it; a shell does this itself, a host's settings do not. */
export const expandHome = (path: string): string =>
  /^~(?:[\\/]|$)/.test(path) ? join(homedir(), path.slice(1)) : path;

const refused = (path: string, why: string, next: string): AppError =>
  new AppError('invalid_input', `The file ${quoted(basename(path), 100)} ${why}.`, { next });

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read',
  EPERM: 'may not be read',
  EISDIR: 'is a folder',
};
const CHECK_PATH = 'Check the path, and give that of a CSV, vCard, .xlsx or .ods file.';

/**
 * The bytes of a list: of a plain file alone, never of a pipe or device, which may have no end, and never more than a
 * list can have.
 * @throws AppError `invalid_input` that names the file.
 */
export async function readListFile(path: string): Promise<Uint8Array> {
  const full = expandHome(path);
  const { stat } = await import('node:fs/promises');
  const { MAX_LIST_BYTES } = await import('../contacts/lists/index.ts');
  let file: FileHandle | undefined;
  try {
    const found = await stat(full); // Before it is opened: opening a pipe waits for somebody to write to it.
    if (found.isDirectory()) throw refused(path, 'is a folder', CHECK_PATH);
    if (!found.isFile()) throw refused(path, 'is no plain file', CHECK_PATH);
    if (found.size > MAX_LIST_BYTES)
      throw refused(path, 'is too large for a list', 'Split it, and try the parts one after the other.');
    file = await open(full);
    const bytes = Buffer.alloc(found.size);
    let length = 0;
    while (length < bytes.length) {
      const { bytesRead } = await file.read(bytes, length, bytes.length - length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return bytes.subarray(0, length);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? '';
    throw refused(path, REASONS[code] ?? 'cannot be read', CHECK_PATH);
  } finally {
    await file?.close();
  }
}
