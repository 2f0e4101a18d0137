import { fold } from '../../text/index.ts';
import { type Fields, numbersIn, tagsIn } from './list-row.ts';

/** What the columns of a list hold, by their place. */
export type Columns = {
  phones: readonly number[];
  country: number | undefined;
  fields: readonly { at: number; key: string }[];
};

const set = (names: string): ReadonlySet<string> => new Set(names.split(', '));

const PHONE_WORD =
  /\b(phone|phones|mobile|cell|cellphone|telephone|tel|telefon|telefono|telefone|telefonnummer|movil|celular|handy|mobil|mobiltelefon|portable|gsm|msisdn|whatsapp|rufnummer|cellulare|e164)\b/;
const PHONE_NAMES = set('number, numbers, contact number, numero, nummer, 电话, 手机');
/** Columns about a number, and numbers of a machine or of somebody else. */
const NOT_A_PHONE =
  /\b(type|label|fax|pager|telex|country|code|ext|extension|verified|status|opt|carrier|assistant|callback|radio|tty|manager|company main|id|date|name)\b/;
/** Only a column for this very purpose: somebody's address does not tell where their number is from. */
const COUNTRY_NAMES = set(
  'country, country code, country iso, iso country, phone country, phone country code, region code, pais, pays, land, paese',
);

/** Usual names of the columns that everybody has, folded → ours. */
const USUAL: Readonly<Record<string, ReadonlySet<string>>> = {
  name: set('name, full name, display name, contact name, customer name, nombre, nome, nom, naam, fn'),
  first_name: set('first name, given name, firstname, forename, vorname, prenom'),
  middle_name: set('middle name, additional name'),
  last_name: set('last name, family name, lastname, surname, nachname, apellidos, apellido, cognome'),
  company: set(
    'company, company name, organization, organisation, organization name, organization 1 name, org, account name, firma, empresa, entreprise, azienda',
  ),
  tags: set('tags, tag, labels, groups, group membership, categories, etiquetas'),
  note: set('note, notes, comment, comments, notas, notizen'),
  email: set('email, e mail, email address, e mail address, e mail 1 value, email 1 value, correo'),
};
/** What Google writes beside a value, and pictures: nothing to search or to show. */
const NOTHING_TO_KEEP = /\b\d+ (type|label)$|\bphoto\b/;

const usualKey = (name: string): string =>
  Object.keys(USUAL).find((key) => USUAL[key]?.has(name)) ?? name.replaceAll(' ', '_');

/** The columns by the names in a header; undefined where none of them is a phone's. */
export function columnsByName(header: readonly string[]): Columns | undefined {
  const names = header.map(fold);
  const isPhone = (name: string) =>
    PHONE_NAMES.has(name) || (PHONE_WORD.test(name) && !NOT_A_PHONE.test(name));
  const phones = names.flatMap((name, at) => (isPhone(name) ? [at] : []));
  return phones.length === 0 ? undefined : columnsWith(phones, names);
}

function columnsWith(phones: readonly number[], names: readonly string[]): Columns {
  const country = names.findIndex((name) => COUNTRY_NAMES.has(name));
  const fields = names.flatMap((name, at) =>
    name === '' || phones.includes(at) || NOTHING_TO_KEEP.test(name) ? [] : [{ at, key: usualKey(name) }],
  );
  return { phones, country: country < 0 ? undefined : country, fields };
}

/** So many records are looked at where no header tells the column of the numbers. */
const LOOKED_AT = 50;
const NUMBER_LIKE = /^[=+'"(\s]*\p{Nd}[\p{Nd}\s().\-/"]{5,}$/u;

/**
 * The columns by what they hold: the numbers are where most cells look like one. Then the first record is a header
 * only if it has no such cell. Undefined where no column looks so.
 */
export function columnsByContent(
  records: readonly (readonly string[])[],
): { columns: Columns; header: boolean } | undefined {
  const counts = new Map<number, number>();
  for (const cells of records.slice(0, LOOKED_AT)) {
    for (const [at, cell] of cells.entries()) {
      if (numbersIn(cell).some((part) => NUMBER_LIKE.test(part))) counts.set(at, (counts.get(at) ?? 0) + 1);
    }
  }
  const [phone] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [];
  if (phone === undefined) return undefined;
  const first = records[0] ?? [];
  const header = !first.some((cell) => NUMBER_LIKE.test(cell));
  return { columns: columnsWith([phone], header ? first.map(fold) : []), header };
}

/** The cells of a record that hold something, by name; a name made of its parts where there is no whole one. */
export function fieldsOf(cells: readonly string[], columns: Columns): Fields {
  const fields: Record<string, string | string[]> = {};
  for (const { at, key } of columns.fields) {
    const value = unquoted(cells[at] ?? '');
    if (value === '' || Object.hasOwn(fields, key)) continue;
    fields[key] = key === 'tags' ? tagsIn(value) : value;
  }
  return named(fields);
}

/** The same fields, with a `name` put together from its parts where there is none. */
export function named(fields: Record<string, string | string[]>): Fields {
  const parts = [fields.first_name, fields.middle_name, fields.last_name].filter(
    (part) => part !== undefined,
  );
  return fields.name !== undefined || parts.length === 0 ? fields : { name: parts.join(' '), ...fields };
}

/** A cell without what spreadsheets put around text to keep it text: `="…"` and an apostrophe before it. */
export const unquoted = (cell: string): string =>
  cell
    .trim()
    .replace(/^=\s*"(.*)"$/s, '$1')
    .replace(/^=(?=\s*\+?\d)/, '')
    .replace(/^'(?=\S)/, '')
    .trim();
