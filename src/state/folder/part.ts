import { type Disk, readFrom } from './disk.ts';
import { eachLine, parseLine } from './lines.ts';

const LINE_FEED = 0x0a;

/**
 * The bytes of a log from a place on. Where those are more than so many, they are cut off after a whole line, which may
 * be a longer one than that.
 */
export async function readPart(
  disk: Disk,
  path: string,
  start: (file: string) => number,
  most: number,
): Promise<{ file: string; start: number; bytes: Buffer; isCut: boolean } | undefined> {
  for (let bytes = most; ; bytes *= 2) {
    const read = await readFrom(disk, path, start, bytes);
    if (read === undefined) return undefined;
    if (read.bytes.length < bytes) return { ...read, isCut: false };
    const end = read.bytes.lastIndexOf(LINE_FEED);
    if (end > 0) return { ...read, bytes: read.bytes.subarray(0, end), isCut: true };
  }
}

/** How many lines of a log are none of ours. */
export async function damagedLines(disk: Disk, path: string): Promise<number> {
  const read = await readFrom(disk, path, () => 0);
  if (read === undefined) return 0;
  let lines = 0;
  const end = eachLine(read.bytes, 0, (text) => {
    if (parseLine(text) === undefined) lines++;
  });
  return end < read.bytes.length ? lines + 1 : lines;
}
