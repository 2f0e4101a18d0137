import type { Entry } from '../state.ts';

/**
 * A record is one line of JSON that begins with a line feed, so that a record torn by a crash costs only itself:
 * - `{"at":…,"entry":{…}}`
 * - `{"claim":"key","by":"…","at":…,"entry":{…}}`: counts if it is the first of its key
 * - `{"next":"2026-11-24","at":…}`: seals the file; what claims after it, claims nothing
 */
export type Line =
  | { kind: 'entry'; at: number; entry: Entry }
  | { kind: 'claim'; at: number; entry: Entry; key: string; by: string }
  | { kind: 'seal'; at: number; next: string };

const LINE_FEED = 0x0a;
const record = (value: object): Buffer => Buffer.from(`\n${JSON.stringify(value)}`);

export const entryRecord = (at: number, entry: Entry): Buffer => record({ at, entry });
export const claimRecord = (key: string, by: string, at: number, entry: Entry): Buffer =>
  record({ claim: key, by, at, entry });
export const sealRecord = (next: string, at: number): Buffer => record({ next, at });

/** Undefined for a line that is torn or not ours. */
export function parseLine(text: string): Line | undefined {
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || typeof value.at !== 'number') return undefined;
  const { at, next, claim: key, by, entry } = value;
  if (typeof next === 'string' && /^\d{4}-\d\d-\d\d$/.test(next)) return { kind: 'seal', at, next };
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return undefined;
  if (key === undefined) return { kind: 'entry', at, entry: entry as Entry };
  return typeof key === 'string' && typeof by === 'string'
    ? { kind: 'claim', at, entry: entry as Entry, key, by }
    : undefined;
}

/** Claims and seals decide who won; the other lines need no reading for that. */
export const decides = (text: string): boolean => text.startsWith('{"claim":') || text.startsWith('{"next":');

/**
 * The lines in the bytes of a file, each with the place of its first byte.
 * @returns where reading goes on: after the last whole line, so that one which is being written is read later.
 */
export function eachLine(
  bytes: Buffer,
  offset: number,
  visit: (text: string, at: number, length: number) => void,
): number {
  let start = 0;
  while (start < bytes.length) {
    const found = bytes.indexOf(LINE_FEED, start);
    const end = found === -1 ? bytes.length : found;
    const text = bytes.toString('utf8', start, end);
    // The last line has no line feed behind it yet: whole if it reads as JSON, else perhaps still being written.
    if (found === -1 && parseLine(text) === undefined) return offset + start;
    if (text.trim() !== '') visit(text, offset + start, end - start);
    start = end + 1;
  }
  return offset + Math.min(start, bytes.length);
}
