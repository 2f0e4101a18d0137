import { isAscii, isUtf8 } from 'node:buffer';
import { AppError } from '../../../errors.ts';
import { createTurn } from '../../../runtime/index.ts';
import { decodeValue, type RawText } from './vcard.ts';

/** The text of a file, and in which character set it was, in words. */
export type DecodedText = {
  text: string;
  charset: string;
  /** Given where the characters are only known value by value: then each character of `text` is one byte. */
  raw?: RawText;
  /** What a person should know before trusting the names. */
  warnings: string[];
};

/** So many characters of a text may each be damaged before it is another text altogether. */
const MAX_DAMAGED = 0.2;

const unreadable = (what: string): AppError =>
  new AppError('invalid_input', `${what}, so its names would be read wrong.`, {
    next: 'Save it as UTF-8 (in Excel: "CSV UTF-8") and try that file.',
  });

/**
 * The text of a file as people's programs write it: UTF-8, UTF-16 (Excel's "Unicode text", with or without its mark),
 * and the older sets of Windows, Russia and East Asia, which are found out by what they hold.
 * @param countries those that its numbers may be from, which tell of the set.
 * @throws AppError `invalid_input` where it is no text, or in a set that cannot be told.
 */
export async function decodeText(bytes: Uint8Array, countries: readonly string[] = []): Promise<DecodedText> {
  const wide = utf16(bytes);
  if (wide !== undefined) return { text: await decodeInTurns(bytes, wide), charset: wide, warnings: [] };
  if (bytes.subarray(0, 65_536).includes(0)) throw unreadable('The file holds no text');
  if (isUtf8(bytes)) {
    let garbled: string | undefined;
    const text = await decodeInTurns(bytes, 'utf-8', (part) => {
      garbled ??= garbledWord(part);
    });
    return { text, charset: 'utf-8', warnings: garbled === undefined ? [] : [twiceEncoded(garbled)] };
  }
  const damaged = await mostlyUtf8(bytes);
  if (damaged !== undefined) {
    const what = damaged === 1 ? 'One character' : `${damaged} characters`;
    const warnings = [`${what} of the file cannot be read and stands as \uFFFD.`];
    return { text: await decodeInTurns(bytes, 'utf-8'), charset: 'utf-8', warnings };
  }
  const { legacyCharset } = await import('./charset.ts');
  const charset = legacyCharset(bytes, countries);
  if (namesItsCharsets(bytes)) {
    const decode: RawText['decode'] = (value, own) => decodeValue(value, own ?? charset);
    return {
      text: Buffer.from(bytes).toString('latin1'),
      charset: charset ?? 'as its cards say',
      raw: { decode },
      warnings: [],
    };
  }
  if (charset === undefined) throw unreadable('It is not clear in which character set the file is');
  return { text: await decodeInTurns(bytes, charset), charset, warnings: [] };
}

/** So many bytes are looked at before somebody asks whether it is another's turn. */
const PART_BYTES = 65_536;

/** The bytes in parts of whole lines, as far as there are lines: no character of a set with a plain line feed is cut. */
function* partsOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; ) {
    const line = bytes.indexOf(10, start + PART_BYTES);
    const end = line < 0 ? bytes.length : line + 1;
    yield bytes.subarray(start, end);
    start = end;
  }
}

async function decodeInTurns(
  bytes: Uint8Array,
  charset: string,
  look: (part: string) => void = () => {},
): Promise<string> {
  if (charset === 'utf-8' && isAscii(bytes))
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const decoder = new TextDecoder(charset);
  const turn = createTurn();
  // Whole lines of UTF-8 need no memory of what came before, without which Node reads them much faster.
  const stream = charset !== 'utf-8';
  let text = '';
  for (const bytesOfPart of partsOf(bytes)) {
    const part = decoder.decode(bytesOfPart, { stream });
    look(part);
    text += part;
    if (turn.isOver()) await turn.next();
  }
  return stream ? text + decoder.decode() : text;
}

/** vCard 2.1 may give each value a character set of its own. */
const namesItsCharsets = (bytes: Uint8Array): boolean => {
  const head = Buffer.from(bytes.subarray(0, 1_000)).toString('latin1');
  return (
    /^\s*BEGIN:VCARD/i.test(head) &&
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes('CHARSET=')
  );
};

/** How many characters are damaged in a text that is UTF-8 but for those; undefined for another text. */
async function mostlyUtf8(bytes: Uint8Array): Promise<number | undefined> {
  const turn = createTurn();
  let whole = 0;
  let damaged = 0;
  for (const part of partsOf(bytes)) {
    for (let at = 0; at < part.length; ) {
      const byte = part[at] ?? 0;
      if (byte < 0x80) {
        at++;
        continue;
      }
      const length = byte >= 0xf0 && byte < 0xf5 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 && byte < 0xe0 ? 2 : 1;
      let follows = 1;
      while (follows < length && ((part[at + follows] ?? 0) & 0xc0) === 0x80) follows++;
      if (length > 1 && follows === length) whole++;
      else damaged++;
      at += follows;
    }
    if (turn.isOver()) await turn.next();
  }
  return whole >= 1 && damaged <= Math.max(1, whole * MAX_DAMAGED) ? damaged : undefined;
}

const GARBLED = /Ã[\u0080-\u00bf\u2018-\u201e€ƒ…†‡ˆ‰Š‹ŒŽ•–—˜™š›œžŸ]|Ð[\u0080-\u00bf][ÐÑ]|â€/;

/** UTF-8 that a program took for Windows-1252 and wrote as UTF-8 again: it cannot be told from what is meant so. */
function garbledWord(text: string): string | undefined {
  const at = text.search(GARBLED);
  if (at < 0) return undefined;
  const before = /\p{L}*$/u.exec(text.slice(Math.max(0, at - 20), at))?.[0] ?? '';
  const [after = ''] = text.slice(at, at + 20).split(/[\s,;"]/, 1);
  return before + after;
}
const twiceEncoded = (word: string): string =>
  `Some names look garbled, such as ${JSON.stringify(word)}: the file was saved in the wrong character set before.`;

function utf16(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  // Without a mark, the Latin letters of a header tell: every other byte of theirs is zero.
  const head = bytes.subarray(0, 200);
  const zeros = [0, 0];
  for (const [at, byte] of head.entries()) if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (Math.max(even, odd) < head.length / 4 || Math.min(even, odd) > head.length / 20) return undefined;
  return odd > even ? 'utf-16le' : 'utf-16be';
}
