import { AppError } from '../../../errors.ts';
import { type Label, labelIn, remembered } from '../headings/index.ts';
import { type ListRow, named, type WrittenNumber } from '../list-row.ts';
import { vcardLines } from './vcard-lines.ts';

/** What stands before the colon of a line: `item1.TEL;TYPE=CELL`. */
type Head = {
  group: string | undefined;
  name: string;
  /** What a number is for, by its type. */
  label: Label | undefined;
  charset: string | undefined;
  isQuotedPrintable: boolean;
};
/** One line of a card: `item1.TEL;TYPE=CELL:+34…`. */
type Property = Head & { value: string };

/** How the bytes of a value become text: in the character set that it names, else as the rest of the file. */
export type ValueDecoder = (bytes: Uint8Array, charset: string | undefined) => string;
/** A file whose characters are not known yet: each character of its text stands for one byte. */
export type RawText = { decode: ValueDecoder };

const cannotRead = (card: number, what: string): AppError =>
  new AppError('invalid_input', `The contacts cannot be read: card ${card} ${what}.`, {
    next: 'Export the contacts again, and try that file.',
  });

/** Cuts at each mark that is neither inside quotation marks nor after a backslash. */
function cut(text: string, mark: string): string[] {
  if (!/["\\]/.test(text)) return text.split(mark);
  const parts: string[] = [];
  let from = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"' && mark !== ',') quoted = !quoted;
    else if (text[at] === mark && !quoted) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)];
}

/** The place of the colon after which the value stands, or -1. */
function valueAt(line: string): number {
  const first = line.indexOf(':');
  if (!line.slice(0, first).includes('"')) return first;
  const [head = ''] = cut(line, ':');
  return head.length < line.length ? head.length : -1;
}

function readProperty(line: string, raw: RawText | undefined): Property | undefined {
  const colon = valueAt(line);
  if (colon < 0) return undefined;
  const { group, name, label, charset, isQuotedPrintable } = readHead(line.slice(0, colon));
  const written = line.slice(colon + 1);
  const value = isQuotedPrintable || raw ? decoded(written, isQuotedPrintable, charset, raw) : written;
  return { group, name, label, charset, isQuotedPrintable, value };
}

/** The same few heads stand in all cards of a file. */
const readHead = remembered((head): Head => {
  const [fullName = '', ...given] = cut(head, ';');
  const params = new Map<string, string>();
  for (const param of given) {
    // vCard 2.1 leaves the name of a parameter out: TEL;CELL, NOTE;QUOTED-PRINTABLE.
    const [, key = 'type', text = ''] = /^(?:([\w-]+)=)?"?(.*?)"?$/.exec(param) ?? [];
    const known = params.get(key.toLowerCase());
    params.set(key.toLowerCase(), known === undefined ? text : `${known},${text}`);
  }
  const [, group, name = ''] = /^(?:(.*)\.)?([^.]*)$/s.exec(fullName) ?? [];
  const type = params.get('type') ?? '';
  return {
    group,
    name: name.toUpperCase(),
    label: labelIn(type.replace(/\b(?:voice|pref|text|video|msg)\b/gi, ' ')),
    charset: params.get('charset'),
    isQuotedPrintable: /quoted-printable/i.test(`${params.get('encoding')} ${type}`),
  };
});

/** The value with quoted-printable undone, in the character set that it names. */
function decoded(
  value: string,
  isQuotedPrintable: boolean,
  charset: string | undefined,
  raw: RawText | undefined,
): string {
  if (!isQuotedPrintable) return raw ? raw.decode(Buffer.from(value, 'latin1'), charset) : value;
  const bytes: number[] = [];
  for (let at = 0; at < value.length; at++) {
    const hex = value[at] === '=' ? /^[0-9A-Fa-f]{2}/.exec(value.slice(at + 1, at + 3))?.[0] : undefined;
    if (hex === undefined) bytes.push(...Buffer.from(value[at] ?? '', raw ? 'latin1' : 'utf8'));
    else {
      bytes.push(Number.parseInt(hex, 16));
      at += 2;
    }
  }
  return (raw?.decode ?? decodeValue)(Uint8Array.from(bytes), charset);
}

/** In the character set that is named, else as UTF-8, and where it is not that as Windows-1252. */
export const decodeValue: ValueDecoder = (bytes, charset) => {
  for (const name of [charset, 'utf-8']) {
    try {
      if (name !== undefined) return new TextDecoder(name, { fatal: true }).decode(bytes);
    } catch {
      // A character set that nobody knows, or that it is not in.
    }
  }
  return new TextDecoder('windows-1252').decode(bytes);
};

const plain = (text: string): string =>
  text.includes('\\')
    ? text.replace(/\\([\\,;:nN])/g, (_, mark: string) => (/n/i.test(mark) ? '\n' : mark)).trim()
    : text.trim();

/** What a card says of a person: the first of each kind, all of its numbers. */
function rowOf(row: number, properties: readonly Property[]): ListRow {
  const byName = new Map<string, Property[]>();
  for (const property of properties) {
    const known = byName.get(property.name);
    if (known) known.push(property);
    else byName.set(property.name, [property]);
  }
  const all = (name: string): readonly Property[] => byName.get(name) ?? [];
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
  const numbers = all('TEL').flatMap((property): WrittenNumber[] => {
    const value = plain(property.value);
    return value === '' ? [] : [{ value, label: labelOf(property, all('X-ABLABEL')), dialCode: undefined }];
  });
  return { row, numbers, country: country || undefined, fields: named(fields) };
}

/** What a number is for: the label that its owner gave it, as `item1.X-ABLabel:_$!<Mobile>!$_`, else its type. */
function labelOf({ group, label }: Property, labels: readonly Property[]): Label | undefined {
  const own = group && labels.find((one) => one.group === group)?.value.replace(/^_\$!<|>!\$_$/g, '');
  return labelIn(own || '') ?? label;
}

/** Whether a text is vCards and not CSV. */
export const isVcard = (text: string): boolean => /^\uFEFF?\s*BEGIN:VCARD/i.test(text.slice(0, 1_000));

/**
 * The cards of a vCard file (2.1, 3.0 and 4.0, mixed as they come), photographs and what nobody asks for left out.
 * Of our own, since no package reads all three: `ical.js` and `vcard4` refuse 2.1, `vcf` loses quoted-printable.
 * @param raw given where each character of the text stands for one byte.
 * @throws AppError `invalid_input` where a card does not end, as in a file that is cut off, when the reading gets there.
 */
export function* readVcards(text: string, raw?: RawText): Generator<ListRow> {
  let row = 0;
  let properties: Property[] = [];
  let depth = 0; // A card may hold another, its AGENT: that is somebody else.
  for (const line of vcardLines(text)) {
    const isEdge = /^[BE]/i.test(line);
    if (isEdge && /^BEGIN:VCARD\s*$/i.test(line)) {
      if (depth++ === 0) properties = [];
    } else if (isEdge && /^END:VCARD\s*$/i.test(line)) {
      if (depth === 0) throw cannotRead(row + 1, 'ends without having begun');
      if (--depth === 0) yield rowOf(++row, properties);
    } else if (depth === 1) {
      const property = readProperty(line, raw);
      if (property) properties.push(property);
    }
  }
  if (depth > 0) throw cannotRead(row + 1, 'does not end: the file is cut off');
}
