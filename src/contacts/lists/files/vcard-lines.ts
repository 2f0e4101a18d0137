/** Nothing of a card that is kept is longer, in characters; what a note has beyond it is left out. */
const MAX_VALUE = 100_000;
/** The names of properties that are worth reading; the start alone is looked at, since a photograph's is very long. */
export const KEPT =
  /^(?:[\w-]+\.)?(?:BEGIN|END|KIND|N|FN|NICKNAME|ORG|TITLE|EMAIL|TEL|CATEGORIES|NOTE|BDAY|ADR|X-ABLABEL)[;:]/i;
export const IS_QUOTED_PRINTABLE = /^[^:]{0,300}QUOTED-PRINTABLE[^:]{0,300}:/i;
/** So much of a line tells its property. */
export const HEAD_LENGTH = 700;

/**
 * The lines of a vCard file that are worth reading, folded ones put together again: RFC 2425 folding (a blank at the
 * start of the next line) and the soft line breaks of quoted-printable (`=` at the end), which vCard 2.1 uses instead.
 * The time it takes grows with the length of the text, however it is folded.
 */
export function* vcardLines(text: string): Generator<string> {
  const lineEnd = text.includes('\n') ? '\n' : '\r';
  let parts: string[] | undefined; // Of the line being put together, where it is kept.
  let length = 0;
  let begun = false;
  let soft = false; // The last line of quoted-printable ended in `=`.
  let head = '';

  for (let at = text.startsWith('\uFEFF') ? 1 : 0; at < text.length; ) {
    const found = text.indexOf(lineEnd, at);
    const next = found < 0 ? text.length : found + 1;
    let end = found < 0 ? text.length : found;
    if (end > at && text[end - 1] === '\r') end--;
    const folded = begun && (text[at] === ' ' || text[at] === '\t');
    if (!soft && !folded) {
      if (parts) yield parts.join('');
      head = text.slice(at, Math.min(end, at + HEAD_LENGTH));
      parts = KEPT.test(head) ? [] : undefined;
      length = 0;
      begun = true;
    }
    const from: number = folded && !soft ? at + 1 : at;
    soft = end > from && text[end - 1] === '=' && IS_QUOTED_PRINTABLE.test(head);
    if (parts && length < MAX_VALUE)
      parts.push(text.slice(from, Math.min(soft ? end - 1 : end, from + MAX_VALUE)));
    length += end - from;
    at = next;
  }
  if (parts) yield parts.join('');
}
