import { fold } from '../../../text/index.ts';
import words from './header-words.json';

/** What a number is for. Fax, pager and the numbers of other people are never anybody's own. */
export type Label = 'mobile' | 'main' | 'work' | 'home' | 'other' | 'fax' | 'pager' | 'other_person';

/** Fields that have the same name here whatever a list calls them. */
const FIELDS = [
  ...['name', 'first_name', 'last_name', 'middle_name', 'company', 'email', 'tags', 'note'],
] as const;

/** What the header of a column says of it. */
export type Heading =
  | { kind: 'phone'; label: Label | undefined }
  /** Perhaps a phone's: `Number`, `Home`, `Contact`; what it holds decides. */
  | { kind: 'maybe_phone'; label: Label | undefined; key?: string }
  /** A calling code or a country that belongs to the number and not to an address. */
  | { kind: 'dial_code' | 'country' | 'extension' | 'about' | 'unknown' }
  /** What kind of number the column of this name holds: `Phone 1 - Label`. */
  | { kind: 'phone_label'; of: string }
  | { kind: 'field'; key: string };

type WordKind = keyof (typeof words)['en'];
/** `phrase` with a space around it where it is not looked for inside of words. */
type Entry = { kind: WordKind; phrase: string; inside: boolean };

/** In these scripts words follow each other without a space. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/u;
const IS_LATIN = /^[a-z0-9 ]+$/;
/** A word of so many letters is found inside others too: `telefon` in `Mobiltelefonnummer`. */
const SHORTEST_INSIDE = 5;
const MAX_REMEMBERED = 1_000;
const INSIDE_KINDS: readonly WordKind[] = ['phone', 'mobile', 'fax', 'about'];

let entries: readonly Entry[] | undefined;
let exact: ReadonlyMap<string, ReadonlySet<WordKind>> | undefined;

/** The words of all languages, folded when the first list is read. */
function vocabulary() {
  if (entries === undefined || exact === undefined) {
    const all: Entry[] = [];
    const byPhrase = new Map<string, Set<WordKind>>();
    for (const kinds of Object.values(words) as Partial<Record<WordKind, string>>[]) {
      for (const [kind, list] of Object.entries(kinds) as [WordKind, string][]) {
        for (const phrase of list.split(',').map(fold)) {
          if (phrase === '') continue;
          const known = byPhrase.get(phrase) ?? new Set();
          const inside = isFoundInside(kind, phrase);
          if (!known.has(kind)) all.push({ kind, phrase: inside ? phrase : ` ${phrase} `, inside });
          byPhrase.set(phrase, known.add(kind));
        }
      }
    }
    entries = all;
    exact = byPhrase;
  }
  return { entries, exact };
}

function isFoundInside(kind: WordKind, phrase: string): boolean {
  if (UNSPACED.test(phrase)) return phrase.length >= 2;
  if (phrase.includes(' ') || phrase.length < SHORTEST_INSIDE) return false;
  return !IS_LATIN.test(phrase) || INSIDE_KINDS.includes(kind);
}

/** Words that say whose field it is, and change nothing in what it is. */
const QUALIFIERS =
  /^(?:(?:person|contact|customer|client|lead|billing|primary|main|kontakt|kunde|what is|whats|please enter|enter|your|my|the|user|student|patient|member|guest|attendee|invitee|employee|applicant|candidate|participant|passenger|tenant|resident|volunteer|subscriber|buyer|donor|driver|ship to|bill to|sold to|deliver to|saved|public)\s+)+(?=\S)|\s+(?:value|wert|valor|valeur|field|1)$/g;
const WITH = /\b(?:with|incl|including|mit|avec|con|com|met|med)\b/;
/** What Google writes beside a value, and pictures: nothing to search or to show. */
const NOTHING_TO_KEEP = /\b\d+ (?:type|label)$|\bphoto\b|^photo/;

/** The text of a header as it is compared: `MobilePhone1` → `mobile phone 1`. */
export const plainHeader = (header: string): string =>
  fold(
    header
      .replace(/whatsapp/gi, 'whatsapp')
      .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
      .replace(/(\p{L})(\p{N})/gu, '$1 $2')
      .replace(/_/g, ' '),
  );

function kindsIn(plain: string): ReadonlySet<WordKind> {
  const padded = ` ${plain} `;
  const found = new Set<WordKind>();
  for (const { kind, phrase, inside } of vocabulary().entries) {
    if (found.has(kind)) continue;
    if (inside ? plain.includes(phrase) : padded.includes(phrase)) found.add(kind);
  }
  return found;
}

/** What a label says a number is for: of a header, or of a cell beside the number (`Work Fax`, `Handy`). */
export const labelIn = remembered((text): Label | undefined => {
  const plain = plainHeader(text);
  return plain === '' ? undefined : labelOf(kindsIn(plain), plain);
});

/** What was read, kept for the first texts: the same few stand in all rows of a list. */
export function remembered<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const value = known.has(text) ? (known.get(text) as T) : read(text);
    if (known.size < MAX_REMEMBERED) known.set(text, value);
    return value;
  };
}

function labelOf(kinds: ReadonlySet<WordKind>, plain: string): Label | undefined {
  for (const never of ['fax', 'pager', 'other_person'] as const) if (kinds.has(never)) return never;
  if (kinds.has('mobile')) return 'mobile';
  for (const place of ['work', 'home', 'other'] as const) if (kinds.has(place)) return place;
  return /\b(?:main|haupt\w*|principal|general)\b/.test(plain) ? 'main' : undefined;
}

export const readHeading = remembered((header): Heading => {
  const plain = plainHeader(header);
  if (plain === '') return { kind: 'unknown' };
  const bare = plain.replace(QUALIFIERS, '').trim() || plain;
  const whole = vocabulary().exact.get(bare) ?? vocabulary().exact.get(plain) ?? new Set<WordKind>();
  const kinds = kindsIn(plain);
  const label = labelOf(kinds, plain);
  const isPhone = kinds.has('phone') || kinds.has('mobile');
  const key = FIELDS.find((field) => whole.has(field));

  if (kinds.has('type') && (isPhone || kinds.has('fax')))
    return { kind: 'phone_label', of: withoutTypeWords(plain) };
  if (kinds.has('dial_code') && !WITH.test(plain)) return { kind: 'dial_code' };
  if (kinds.has('extension') && (isPhone || whole.has('extension'))) return { kind: 'extension' };
  if (isPhone || kinds.has('fax') || kinds.has('pager')) {
    if (whole.has('phone') || whole.has('mobile') || !kinds.has('about') || WITH.test(plain))
      return { kind: 'phone', label };
    return { kind: 'about' };
  }
  if (whole.has('country')) return { kind: 'country' };
  // `Contact` and `Customer` are names, or numbers.
  if (key === 'name' && /^(?:contact\w*|kontakt\w*|customer|client\w*|联系人|聯絡人)$/.test(plain))
    return { kind: 'maybe_phone', label: undefined, key };
  if (key !== undefined) return { kind: 'field', key };
  if (kinds.has('about')) return { kind: 'about' };
  const isPlace = ['work', 'home', 'other'].some((place) => whole.has(place as WordKind));
  if (kinds.has('weak') || isPlace || kinds.has('other_person')) return { kind: 'maybe_phone', label };
  return { kind: 'unknown' };
});

/** The header without what makes it a label's: `phone 1 label` → `phone 1`. */
function withoutTypeWords(plain: string): string {
  const types = vocabulary().entries.filter(({ kind }) => kind === 'type');
  return plain
    .split(' ')
    .filter((word) => !types.some(({ phrase }) => phrase.trim() === word))
    .join(' ');
}
/** The header of the values that a label column belongs to. */
export const labelledName = (header: string): string =>
  plainHeader(header).replace(/\s+(?:value|wert|valor|valeur|number|nummer)$/, '');

/** The key under which a field is kept. */
export function fieldKey(header: string, heading: Heading): string | undefined {
  const plain = plainHeader(header);
  if (plain === '' || NOTHING_TO_KEEP.test(plain)) return undefined;
  if ('key' in heading) return heading.key;
  if (heading.kind === 'country') return 'country';
  return fold(header).replaceAll(' ', '_');
}

/** Whether some language calls a column so: then the row that holds it is a header. */
export const isKnownHeading = (cell: string): boolean => {
  const { kind } = readHeading(cell);
  return kind !== 'unknown';
};
