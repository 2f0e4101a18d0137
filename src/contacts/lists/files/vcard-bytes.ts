import { HEAD_LENGTH, IS_QUOTED_PRINTABLE, KEPT } from './vcard-lines.ts';

const [LINE_FEED, RETURN, SPACE, TAB, EQUALS] = [10, 13, 32, 9, 61];
/** So many bytes are looked at before other work has its turn: some 10 ms. */
const BYTES_AT_ONCE = 2_000_000;

/**
 * The bytes of a vCard file without its photographs and what else is not read: a hundredth of them is left to be decoded.
 * In UTF-16, and with lines that end in a return alone, all is left as it is.
 */
export async function withoutPhotographs(file: Uint8Array): Promise<Uint8Array> {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.length);
  if (bytes.indexOf(LINE_FEED) < 0 || bytes.subarray(0, 200).includes(0)) return file;
  const kept: Buffer[] = [];
  let isKept = false;
  let keptFrom = 0;
  let isQuotedPrintable = false;
  let goesOn = false; // The last line of quoted-printable ended in `=`.
  let pausedAt = 0;
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(LINE_FEED, start);
    const next = found < 0 ? bytes.length : found + 1;
    const isFolded = start > 0 && (bytes[start] === SPACE || bytes[start] === TAB);
    if (!goesOn && !isFolded) {
      const head = bytes.toString('latin1', start, Math.min(next, start + HEAD_LENGTH));
      const isWanted = KEPT.test(head) || start === 0; // A byte order mark may stand before the first.
      if (isKept && !isWanted) kept.push(bytes.subarray(keptFrom, start));
      if (!isKept && isWanted) keptFrom = start;
      isKept = isWanted;
      isQuotedPrintable = IS_QUOTED_PRINTABLE.test(head);
    }
    const last = bytes[next - 2] === RETURN ? next - 3 : next - 2;
    goesOn = isQuotedPrintable && bytes[last] === EQUALS;
    start = next;
    if (start - pausedAt > BYTES_AT_ONCE) {
      pausedAt = start;
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }
  if (isKept) kept.push(bytes.subarray(keptFrom));
  return Buffer.concat(kept);
}
