import { AppError } from '../../errors.ts';
import { named } from './columns.ts';
import type { ListRow } from './list-row.ts';

/** One line of a card: `item1.TEL;TYPE=CELL:+34…`. */
type Property = { name: string; params: ReadonlyMap<string, string>; value: string };

/** Kinds of TEL that no person reads: given alone or beside others. */
const NOT_A_PHONE = /\b(fax|pager|modem|bbs|isdn)\b/i;

const cannotRead = (card: number, what: string): AppError =>
  new AppError('invalid_input', `The contacts cannot be read: card ${card} ${what}.`, {
    next: 'Export the contacts again, and try that file.',
  });

/**
 * The lines of a file with folded ones put together again: RFC 2425 folding (a blank at the start of the next line)
 * and the soft line breaks of quoted-printable (`=` at the end), which vCard 2.1 uses instead.
 */
function* logicalLines(text: string): Generator<string> {
  let line: string | undefined;
  let soft = false;
  for (const next of text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)) {
    if (line !== undefined && soft) line = line.slice(0, -1) + next;
    else if (line !== undefined && /^[ \t]/.test(next)) line += next.slice(1);
    else {
      if (line) yield line;
      line = next;
    }
    soft = line.endsWith('=') && /^[^:]*QUOTED-PRINTABLE[^:]*:/i.test(line);
  }
  if (line) yield line;
}

/** Cuts at each mark that is neither inside quotation marks nor after a backslash. */
function cut(text: string, mark: string, most = Number.POSITIVE_INFINITY): string[] {
  const parts: string[] = [];
  let from = 0;
  let quoted = false;
  for (let at = 0; at < text.length && parts.length + 1 < most; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"' && mark !== ',') quoted = !quoted;
    else if (text[at] === mark && !quoted) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)];
}

function readProperty(line: string): Property | undefined {
  const [head, value] = cut(line, ':', 2);
  if (head === undefined || value === undefined) return undefined;
  const [name = '', ...given] = cut(head, ';');
  const params = new Map<string, string>();
  for (const param of given) {
    // vCard 2.1 leaves the name of a parameter out: TEL;CELL, NOTE;QUOTED-PRINTABLE.
    const [, key = 'type', text = ''] = /^(?:([\w-]+)=)?"?(.*?)"?$/.exec(param) ?? [];
    const known = params.get(key.toLowerCase());
    params.set(key.toLowerCase(), known === undefined ? text : `${known},${text}`);
  }
  return { name: name.replace(/^.*\./, '').toUpperCase(), params, value: decoded(value, params) };
}

/** The value with quoted-printable undone, in the character set that it names. */
function decoded(value: string, params: ReadonlyMap<string, string>): string {
  const quoted = /quoted-printable/i.test(`${params.get('encoding')} ${params.get('type')}`);
  if (!quoted) return value;
  const bytes: number[] = [];
  for (let at = 0; at < value.length; at++) {
    const hex = value[at] === '=' ? /^[0-9A-Fa-f]{2}/.exec(value.slice(at + 1, at + 3))?.[0] : undefined;
    if (hex === undefined) bytes.push(...Buffer.from(value[at] ?? ''));
    else {
      bytes.push(Number.parseInt(hex, 16));
      at += 2;
    }
  }
  const charset = params.get('charset') ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(Uint8Array.from(bytes));
  } catch {
    return new TextDecoder().decode(Uint8Array.from(bytes)); // A character set that nobody knows.
  }
}

const plain = (text: string): string =>
  text.replace(/\\([\\,;:nN])/g, (_, mark: string) => (/n/i.test(mark) ? '\n' : mark)).trim();

/** What a card says of a person: the first of each kind, all of its numbers. */
function rowOf(row: number, properties: readonly Property[]): ListRow {
  const all = (name: string) => properties.filter((property) => property.name === name);
  const first = (name: string): string => all(name)[0]?.value ?? '';
  const [family = '', given = '', middle = ''] = cut(first('N'), ';').map(plain);
  const [, , , city = '', , , country = ''] = cut(first('ADR'), ';').map(plain);
  const fields: Record<string, string | string[]> = {};
  const set = (key: string, value: string | string[]) => {
    if (value.length > 0) fields[key] = value;
  };
  set('name', plain(first('FN')));
  set('first_name', given);
  set('middle_name', middle);
  set('last_name', family);
  set('nickname', plain(first('NICKNAME')));
  set('company', plain(cut(first('ORG'), ';')[0] ?? ''));
  set('title', plain(first('TITLE')));
  set('email', plain(first('EMAIL')));
  set(
    'tags',
    all('CATEGORIES').flatMap(({ value }) => cut(value, ',').map(plain).filter(Boolean)),
  );
  set('note', plain(first('NOTE')));
  set('birthday', plain(first('BDAY')));
  set('city', city);
  set('country', country);
  const numbers = all('TEL')
    .filter(({ params }) => !NOT_A_PHONE.test(params.get('type') ?? ''))
    .map(({ value }) => plain(value))
    .filter(Boolean);
  return { row, numbers, country: undefined, fields: named(fields) };
}

/** Whether a text is vCards and not CSV. */
export const isVcard = (text: string): boolean => /^\uFEFF?\s*BEGIN:VCARD/i.test(text);

/**
 * The cards of a vCard file (2.1, 3.0 and 4.0, mixed as they come), photographs and what nobody asks for left out.
 * Of our own, since no package reads all three: `ical.js` and `vcard4` refuse 2.1, `vcf` loses quoted-printable.
 * @throws AppError `invalid_input` where a card does not end, as in a file that is cut off.
 */
export function readVcards(text: string): ListRow[] {
  const rows: ListRow[] = [];
  let properties: Property[] | undefined;
  let depth = 0; // A card may hold another, its AGENT: that is somebody else.
  for (const line of logicalLines(text)) {
    if (/^BEGIN:VCARD\s*$/i.test(line)) {
      depth++;
      if (depth === 1) properties = [];
    } else if (/^END:VCARD\s*$/i.test(line)) {
      if (depth === 0) throw cannotRead(rows.length + 1, 'ends without having begun');
      depth--;
      if (depth === 0 && properties) rows.push(rowOf(rows.length + 1, properties));
    } else if (depth === 1 && KEPT.test(line)) {
      const property = readProperty(line);
      if (property) properties?.push(property);
    }
  }
  if (depth > 0) throw cannotRead(rows.length + 1, 'does not end: the file is cut off');
  return rows;
}

/** The lines worth reading; the start alone is looked at, since a photograph's is very long. */
const KEPT = /^(?:[\w-]+\.)?(?:N|FN|NICKNAME|ORG|TITLE|EMAIL|TEL|CATEGORIES|NOTE|BDAY|ADR)[;:]/i;
