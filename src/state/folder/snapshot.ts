import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type Disk, readFrom, replaceFile } from './disk.ts';

/** The first line of a snapshot's file; the bytes follow. */
type Head = { savedAt: number; length: number; sha256: string };

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export async function saveSnapshot(
  disk: Disk,
  folder: string,
  name: string,
  bytes: Uint8Array,
  { savedAt, id }: { savedAt: number; id: string },
): Promise<void> {
  const head: Head = { savedAt, length: bytes.length, sha256: digest(bytes) };
  await replaceFile(disk, folder, name, [Buffer.from(`${JSON.stringify(head)}\n`), bytes], id);
}

/** `damaged` where the file is not as it was written. */
export async function loadSnapshot(
  disk: Disk,
  folder: string,
  name: string,
): Promise<{ bytes: Uint8Array; savedAt: number } | 'damaged' | undefined> {
  const read = await readFrom(disk, join(folder, name), () => 0);
  if (read === undefined) return undefined;
  const end = read.bytes.indexOf('\n');
  try {
    const head: Head = JSON.parse(read.bytes.toString('utf8', 0, end));
    const bytes = read.bytes.subarray(end + 1);
    const isWhole = bytes.length === head.length && digest(bytes) === head.sha256;
    return isWhole && Number.isFinite(head.savedAt) ? { bytes, savedAt: head.savedAt } : 'damaged';
  } catch {
    return 'damaged';
  }
}
