import { AppError } from '../../../errors.ts';
import { quoted } from '../../../text/index.ts';
import {
  fieldKey,
  type Heading,
  type Label,
  labelIn,
  labelledName,
  plainHeader,
  readHeading,
} from '../headings/index.ts';
import { shapeOf } from './cell-shape.ts';

/** A column of a list: what its header says and what its first cells look like. */
export type Column = {
  at: number;
  /** As the file has it; empty where there is none. */
  header: string;
  heading: Heading;
  /** How many of the looked-at cells hold something. */
  filled: number;
  /** How much those look like phone numbers, 0 to 1, and how many of them cannot be any. */
  phone: number;
  alien: number;
  /** How many of them are words: letters, and hardly a digit. */
  words: number;
};

/** Where the numbers of a list are, and what else its columns hold. */
export type Columns = {
  phones: readonly PhoneColumn[];
  country: number | undefined;
  fields: readonly { at: number; key: string }[];
  all: readonly Column[];
};
export type PhoneColumn = {
  at: number;
  label: Label | undefined;
  /** The columns that say, row by row, what the number is for, and its calling code. */
  labelAt: number | undefined;
  dialCodeAt: number | undefined;
};

/** A column without a known name is taken for numbers from here on, and asked about where another comes so close. */
const LOOKS_LIKE_PHONE = 0.5;
const CLOSE = 0.25;
/** What a header such as `Number` adds to what its cells say. */
const FROM_HEADER = 0.2;
/** A known header is not believed where so few or so many of its cells look like numbers, or like something else. */
const HARDLY_ANY = 0.15;
const MOSTLY_ALIEN = 0.6;

/** @param sample the first records below the header. */
export function lookAtColumns(
  header: readonly string[] | undefined,
  sample: readonly (readonly string[])[],
  countries: readonly string[],
): Column[] {
  const width = Math.max(header?.length ?? 0, ...sample.map((cells) => cells.length));
  return Array.from({ length: width }, (_, at) => {
    const shapes = sample.map((cells) => shapeOf(cells[at] ?? '', countries));
    const filled = shapes.filter(({ phone }) => phone !== undefined);
    const share = (sum: number) => (filled.length === 0 ? 0 : sum / filled.length);
    const text = (header?.[at] ?? '').trim();
    return {
      at,
      header: text,
      heading: readHeading(text),
      filled: filled.length,
      phone: share(filled.reduce((sum, { phone = 0 }) => sum + phone, 0)),
      alien: share(filled.filter(({ alien }) => alien).length),
      words: share(sample.filter((cells) => isWords(cells[at] ?? '')).length),
    };
  });
}

const isWords = (cell: string): boolean => /\p{L}/u.test(cell) && !/[@\p{Nd}]/u.test(cell);
const MOSTLY_WORDS = 0.6;

/**
 * Which columns hold what, by header and content together, never by which is fullest.
 * @param wanted names or places (from 1) of the columns of the numbers, where somebody has said them.
 * @throws AppError `invalid_input` where no column holds numbers, or where two may and neither says that it does.
 */
export function chooseColumns(all: readonly Column[], wanted: readonly string[] = []): Columns {
  const phones = wanted.length > 0 ? wanted.map((name) => columnNamed(name, all)) : phoneColumns(all);
  const taken = new Set(phones.map(({ at }) => at));
  const dialCodes = all.filter(({ at, heading }) => heading.kind === 'dial_code' && !taken.has(at));
  const country = all.find(({ heading }) => heading.kind === 'country');
  const labels = all.filter(({ heading }) => heading.kind === 'phone_label');
  const helpers = new Set([...dialCodes, ...labels].map(({ at }) => at));
  return {
    phones: phones.map((column) => ({
      at: column.at,
      label: wanted.length > 0 && !isForPerson(column) ? undefined : labelOfColumn(column),
      labelAt: labels.find(
        ({ heading }) => heading.kind === 'phone_label' && heading.of === labelledName(column.header),
      )?.at,
      dialCodeAt: dialCodeFor(column, dialCodes)?.at,
    })),
    country: country?.at,
    fields: fieldsAmong(all.filter(({ at }) => !taken.has(at) && !helpers.has(at))),
    all,
  };
}

const labelOfColumn = ({ heading, header }: Column): Label | undefined =>
  'label' in heading ? heading.label : labelIn(header);

const isForPerson = (column: Column): boolean =>
  !['fax', 'pager', 'other_person'].includes(labelOfColumn(column) ?? '');

/** The calling codes of a column of numbers: those for the same kind of number, else the nearest before it. */
function dialCodeFor(phone: Column, dialCodes: readonly Column[]): Column | undefined {
  const label = labelOfColumn(phone);
  const alike = dialCodes.filter(({ header }) => label !== undefined && labelIn(header) === label);
  const before = dialCodes.filter(({ at }) => at < phone.at);
  return alike[0] ?? before.at(-1) ?? dialCodes[0];
}

function phoneColumns(all: readonly Column[]): Column[] {
  const isOwn = ({ heading }: Column) => heading.kind === 'phone';
  const isBelieved = ({ filled, phone, alien }: Column) =>
    alien <= MOSTLY_ALIEN && (filled < 3 || phone >= HARDLY_ANY);
  // `Home` and `Work` between other columns of numbers, as Yahoo writes them.
  const isPlace = ({ heading, phone }: Column) =>
    heading.kind === 'maybe_phone' && heading.label !== undefined && phone >= LOOKS_LIKE_PHONE;
  const named = all.filter(isOwn);
  const believed = named.filter(isBelieved);
  const own = believed.filter(isForPerson);
  const places = all.filter((column) => isPlace(column) && isForPerson(column));
  const others = rivals(all).filter((column) => !places.includes(column));
  const isFilled = ({ filled }: Column) => filled > 0;
  if ([...own, ...places].some(isFilled) || (own.length > 0 && others.length === 0))
    return all.filter((column) => believed.includes(column) || places.includes(column));
  // What says that it holds numbers is empty, or holds none; another column looks as if it did.
  if (own.length > 0) throw ambiguous([...own.slice(0, 1), ...others.slice(0, 1)]);
  const chosen = clearest(others);
  if (chosen) return [...believed, chosen];
  if (named.length > 0) return named;
  throw new AppError('invalid_input', 'The list has no column of phone numbers.', {
    next: 'Give it a header that names one, such as phone, and call again.',
  });
}

/** Columns that look like numbers and are not named as something else; the most alike first. */
function rivals(all: readonly Column[]): Column[] {
  const scored = (kinds: readonly string[], from: number) =>
    all
      .filter(({ heading, phone }) => kinds.includes(heading.kind) && phone + bonus(heading) >= from)
      .sort((a, b) => score(b) - score(a));
  const open = scored(['unknown', 'maybe_phone', 'dial_code'], LOOKS_LIKE_PHONE);
  // A header that speaks of something else is believed, unless nothing else is there and its cells are plainly numbers.
  return open.length > 0 ? open : scored(['field', 'about', 'country'], 0.85);
}
const bonus = ({ kind }: Heading): number => (kind === 'maybe_phone' ? FROM_HEADER : 0);
const score = (column: Column): number => column.phone + bonus(column.heading);

function clearest([first, second]: readonly Column[]): Column | undefined {
  if (first && second && score(first) - score(second) < CLOSE) throw ambiguous([first, second]);
  return first;
}

const ambiguous = (columns: readonly Column[]): AppError =>
  new AppError(
    'invalid_input',
    `It is not clear which column holds the phone numbers: ${columns.map(nameOf).join(' or ')}.`,
    {
      next: 'Name the right one "phone" in the header, or leave the other out, and call again; the import command takes --column NAME.',
    },
  );

/** How a column is named to a person. */
export const nameOf = ({ header, at }: Pick<Column, 'header' | 'at'>): string =>
  header === '' ? `column ${at + 1}` : quoted(header, 60);

function columnNamed(name: string, all: readonly Column[]): Column {
  const found =
    all.find(({ header }) => header !== '' && plainHeader(header) === plainHeader(name)) ??
    (/^\d+$/.test(name) ? all[Number(name) - 1] : undefined);
  if (found) return found;
  throw new AppError('invalid_input', `The list has no column ${quoted(name, 60)}.`, {
    next: `Name one of ${all.slice(0, 20).map(nameOf).join(', ')}, or its place from 1 on.`,
  });
}

/** Words that are a whole name alone, and one part of it beside a column for the other. */
const EITHER_NAME =
  /^(?:name|names|namn|navn|naam|nimi|nev|nom|nome|nombre|nombres|nume|ime|име|名前|名字|이름|שם|الاسم|tên|ten|ad|isim|nama)$/;

const UNKNOWN: Heading = { kind: 'unknown' };
const isName = (heading: Heading): boolean => 'key' in heading && /name$/.test(heading.key ?? '');

/** The fields of the other columns; without any header a column of words is the name. */
function fieldsAmong(columns: readonly Column[]): { at: number; key: string }[] {
  const fields = columns.flatMap((column) => {
    const { at, header, heading, words, filled } = column;
    const isNobody = filled > 0 && words === 0; // `Attendee #` and `Customer` may hold numbers.
    const key = fieldKey(header, isNobody && isName(heading) ? UNKNOWN : heading);
    return key === undefined ? [] : [{ at, key, plain: plainHeader(header) }];
  });
  const has = (key: string) => fields.some((field) => field.key === key);
  for (const field of fields) {
    if (!EITHER_NAME.test(field.plain)) continue;
    if (field.key === 'first_name' || field.key === 'last_name') {
      if (!has(field.key === 'first_name' ? 'last_name' : 'first_name') && !has('name')) field.key = 'name';
    } else if (field.key === 'name') {
      if (has('last_name') && !has('first_name')) field.key = 'first_name';
      else if (has('first_name') && !has('last_name')) field.key = 'last_name';
    }
  }
  if (columns.some(({ header }) => header !== '')) return fields.map(({ at, key }) => ({ at, key }));
  const holding = columns.filter(({ filled }) => filled > 0);
  const name = holding.find(({ words }) => words >= MOSTLY_WORDS);
  return holding.map((column) => ({
    at: column.at,
    key: column === name ? 'name' : `column_${column.at + 1}`,
  }));
}
