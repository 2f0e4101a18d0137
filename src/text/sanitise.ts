/** Longest text of the network that a result holds, in characters. */
const LONGEST_TEXT = 2000;

/** Terminal sequences: colours and cursor, and titles and links up to their end. */
const TERMINAL = /(?![\n\r\t])\p{Cc}(?:\[[0-?]*[ -/]*[@-~]|\][^\p{Cc}]{0,2000}(?:(?![\n\r\t])\p{Cc}\\?)?)/gu;

/** What is not seen: controls, direction marks, zero-width and tag characters, fillers; but for what emoji need. */
const UNSEEN = /(?!\n|\t|(?<=\p{Emoji})\ufe0f)[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}]/gu;

/** Text of the network made safe to show: without what cannot be seen, and cut to `most` characters. */
export function sanitise(text: string, most: number = LONGEST_TEXT): string {
  const head = text.slice(0, most * 4);
  const seen = head
    .replace(TERMINAL, '')
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(UNSEEN, '');
  const whole = seen.length <= most && head.length === text.length;
  return whole ? seen : `${seen.slice(0, most).replace(/[\ud800-\udbff]$/, '')}… (cut)`;
}

/** Words alone, or a number or time in its usual marks. */
const PLAIN = /^(?:[\p{L}\p{M}\p{N}_ .,'@+-]+|(?:tel:)?[+(]?\d[\d ():.+TZ-]*)$/u;

/** A value on one line, at its place: in quotes where it holds anything but words, a number or a time. */
export function inline(value: unknown, most = 80): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  const line = sanitise(text, most).replace(/\s+/g, ' ').trim();
  return typeof value !== 'string' || PLAIN.test(line) ? line : JSON.stringify(line);
}

/** Words of somebody else, on one line and always in quotes. */
export const quoted = (text: string, most: number): string =>
  JSON.stringify(sanitise(text.replace(/\s+/g, ' '), most));

/** Names in a sentence, at most ten of them, each as `inline`. */
export function inlineList(names: readonly string[], most = 40): string {
  const shown = names.slice(0, 10).map((name) => inline(name, most));
  return `${shown.join(', ')}${names.length > shown.length ? ` and ${names.length - shown.length} more` : ''}`;
}
