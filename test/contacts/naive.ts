/** How well text fits and what comes first, said in the plainest way: no index, no column, no shortcut. */
import type { Contact } from '../../src/contacts/model/contact.ts';
import { countryWords } from '../../src/contacts/model/country.ts';
import type { Criteria } from '../../src/contacts/question/criteria.ts';
import type { Sort } from '../../src/contacts/question/sort.ts';
import type { NumberPart } from '../../src/contacts/question/text-query.ts';
import { fold } from '../../src/text/fold.ts';

const CODES = ['1', '34', '44', '55'];

const timeOf = (iso: string | undefined): number => (iso === undefined ? Number.NaN : Date.parse(iso));

/** The score of each contact whose text fits. */
export function naiveScores(criteria: Criteria, book: readonly Contact[]): Map<Contact, number> {
  const scores = new Map<Contact, number>();
  const everyWord = new Set(book.flatMap((contact) => [...metadataWords(contact), ...regionWords(contact)]));
  for (const contact of book) {
    const parts = [
      ...(criteria.text?.words ?? []).map((word) =>
        best(word, [...metadataWords(contact), ...regionWords(contact)], !everyWord.has(word)),
      ),
      ...(criteria.text?.numbers ?? []).map(
        (part) =>
          naiveNumber(contact.phone_number, part) ||
          (part.words.every((word) => best(word, metadataWords(contact), false) > 0) ? 2 : 0),
      ),
    ];
    if (!parts.includes(0))
      scores.set(
        contact,
        parts.reduce((sum, part) => sum + part, 0),
      );
  }
  return scores;
}

const best = (word: string, candidates: string[], forgiving: boolean): number =>
  Math.max(
    0,
    ...candidates.map((candidate) => {
      if (candidate === word) return 4;
      if (word.length > 1 && candidate.startsWith(word)) return 3;
      if (/^[\p{Lo}\p{M}ー]+$/u.test(word) && !/[א-ۿ]/.test(word) && candidate.includes(word)) return 3;
      return forgiving && word.length > 3 && !/\d/.test(word) && oneEdit(word, candidate) ? 2 : 0;
    }),
  );

/** All that one edit can make of a word. */
function oneEdit(word: string, other: string): boolean {
  for (let at = 0; at <= word.length; at++) {
    const [head, tail] = [word.slice(0, at), word.slice(at)];
    if (head + tail.slice(1) === other) return true;
    if (head + tail.charAt(1) + tail.charAt(0) + tail.slice(2) === other) return true;
    for (const letter of new Set(other)) {
      if (head + letter + tail === other || head + letter + tail.slice(1) === other) return true;
    }
  }
  return false;
}

const regionWords = ({ region_code }: Contact): string[] =>
  region_code === undefined ? [] : [...countryWords(region_code)];

function metadataWords({ metadata }: Contact): string[] {
  const words = (key: string, value: unknown): string[] => {
    if (typeof value === 'object' && value !== null)
      return Object.entries(value).flatMap(([name, inner]) => words(name, inner));
    if (value === true) return fold(key).split(' ');
    return value === false ? [] : fold(String(value)).split(' ');
  };
  return words('', metadata ?? {}).filter(Boolean);
}

function naiveNumber(phone: string, { digits, place, abroad, home }: NumberPart): number {
  const number = phone.replace(/\D/g, '');
  const code = CODES.find((known) => number.startsWith(known)) ?? number.slice(0, 3);
  const national = number.slice(code.length);
  const fits: number[] = [0];
  if (number === digits && place !== 'end') fits.push(8);
  if (place === 'end' || place === 'anywhere') if (number.endsWith(digits)) fits.push(5);
  if (place !== 'end' && number.startsWith(digits)) fits.push(4);
  if ((place === 'start' || place === 'anywhere') && national.startsWith(digits)) fits.push(4);
  if (place === 'anywhere' && number.includes(digits)) fits.push(3);
  if (abroad) fits.push(number === abroad ? 8 : number.startsWith(abroad) ? 4 : 0);
  if (home && national.startsWith(home)) fits.push(4);
  return Math.max(...fits);
}

/** Whether one contact comes before another. */
export function naiveOrder(sort: Sort, scores: Map<Contact, number>): (a: Contact, b: Contact) => number {
  const last = (time: number): number => (Number.isNaN(time) ? Number.POSITIVE_INFINITY : time);
  const newest = (iso: string | undefined): number => last(-timeOf(iso));
  const key: Record<Sort, (contact: Contact) => number | string> = {
    relevance: (contact) => -(scores.get(contact) ?? 0),
    newest: (contact) => newest(contact.created_at),
    oldest: (contact) => last(timeOf(contact.created_at)),
    recently_updated: (contact) => newest(contact.updated_at),
    phone_number: (contact) => contact.phone_number,
  };
  const compare = (a: number | string, b: number | string) => (a < b ? -1 : a > b ? 1 : 0);
  return (a, b) =>
    compare(key[sort](a), key[sort](b)) ||
    compare(newest(a.created_at), newest(b.created_at)) ||
    compare(a.id, b.id);
}
