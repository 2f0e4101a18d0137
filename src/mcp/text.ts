/** Longest text of the network that a result holds, in characters. */
const LONGEST_TEXT = 2000;

/** Terminal sequences, and characters that are not seen: controls, direction marks, zero-width and tag characters. */
const UNSEEN =
  /(?![\n\t\r])\p{Cc}\[[0-9;?]*[ -/]*[@-~]|(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Co}]|[\u{E0100}-\u{E01EF}]/gu;

/** Text of the network made safe to show: without what cannot be seen, and cut to `most` characters. */
export function clean(text: string, most: number = LONGEST_TEXT): string {
  const seen = text.slice(0, most * 4).replace(UNSEEN, '');
  return seen.length > most || text.length > most * 4 ? `${seen.slice(0, most)}… (cut)` : seen;
}

/** A value on one line, at its place: in quotes where it holds anything but words. */
export function inline(value: unknown, most = 80): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  const line = clean(text.replace(/\s+/g, ' ').trim(), most);
  return typeof value !== 'string' || /^[\p{L}\p{M}\p{N}_ .,'@+-]+$/u.test(line)
    ? line
    : JSON.stringify(line);
}

/** A whole result cleaned, at any depth, without nulls and without what was not given. */
export function cleanDeep(value: unknown): unknown {
  if (typeof value === 'string') return clean(value);
  if (Array.isArray(value)) return value.filter((item) => item != null).map(cleanDeep);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, inner]) => inner !== undefined && inner !== null);
  return Object.fromEntries(kept.map(([key, inner]) => [clean(key, 200), cleanDeep(inner)]));
}

/** `1 contact`, `2 contacts`. */
export const count = (amount: number, one: string): string => `${amount} ${one}${amount === 1 ? '' : 's'}`;

/** The lines that are there. */
export const lines = (...texts: (string | false | undefined | readonly string[])[]): string =>
  texts
    .flat()
    .filter((text) => text !== false && text !== undefined && text !== '')
    .join('\n');
