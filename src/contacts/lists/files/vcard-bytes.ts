import { createTurn } from '../../../runtime/index.ts';
import { HEAD_LENGTH, IS_QUOTED_PRINTABLE, KEPT } from './vcard-lines.ts';

const [LINE_FEED, RETURN, SPACE, TAB, EQUALS] = [10, 13, 32, 9, 61];

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
  let head = '';
  let goesOn = false; // The last line of quoted-printable ended in `=`.
  const turn = createTurn();
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(LINE_FEED, start);
    const next = found < 0 ? bytes.length : found + 1;
    const isFolded = start > 0 && (bytes[start] === SPACE || bytes[start] === TAB);
    if (!goesOn && !isFolded) {
      head = bytes.toString('latin1', start, Math.min(next, start + HEAD_LENGTH));
      const isWanted = KEPT.test(head) || start === 0; // A byte order mark may stand before the first.
      if (isKept && !isWanted) kept.push(bytes.subarray(keptFrom, start));
      if (!isKept && isWanted) keptFrom = start;
      isKept = isWanted;
    }
    const last = bytes[next - 2] === RETURN ? next - 3 : next - 2;
    goesOn = bytes[last] === EQUALS && IS_QUOTED_PRINTABLE.test(head);
    start = next;
    if (turn.isOver()) await turn.next();
  }
  if (isKept) kept.push(bytes.subarray(keptFrom));
  return Buffer.concat(kept);
}
