import type { Caller } from '../../runtime/index.ts';
import type { Found, Grouped } from '../book/index.ts';
import type { Finder } from '../directory/index.ts';
import { type Contact, toContact } from '../model/index.ts';
import type { Criteria, GroupBy, Sort } from '../question/index.ts';
import type { AddressBook } from './address-book.ts';
import { type JoinedBook, notInSent } from './address-book-join.ts';

/** What the address book adds to the answers of a search. */
export type People = {
  /** Resolves when the address book is read. */
  ready(): Promise<void>;
  /** What is wrong with the address book, to be said with an answer. */
  warnings(): string[];
  join<T extends Contact>(contact: T): T;
  /** The person with this number, where the account has no such contact. */
  outsider(e164: string): Contact | undefined;
  /**
   * Adds the people who are no contacts, after the contacts, where the question is one that an address book can
   * answer: about words or metadata, and not about channels, consent or dates.
   * @param complete whether the account has been read whole; else the first few are looked up, and no others shown.
   */
  search(found: Found, asked: Asked, complete: boolean, caller: Caller): Promise<Found>;
  group(grouped: Grouped, criteria: Criteria, by: GroupBy): Grouped;
};
type Asked = { criteria: Criteria; sort: Sort; limit: number; without: readonly string[] };

/** People looked up one by one while the account has not been read whole. */
const MOST_LOOKED_UP = 5;

export function createPeople(parts: {
  addressBook: AddressBook;
  book: JoinedBook;
  finder: Finder;
  saw(contacts: readonly Contact[]): void;
}): People {
  const { addressBook, book, finder } = parts;
  const { outside } = book;

  /** Looks the first of the people up: who is a contact joins the book, and the others are no contacts for sure. */
  async function lookUp({ criteria, sort }: Asked, caller: Caller): Promise<Contact[]> {
    const { contacts } = outside.search(criteria, sort, MOST_LOOKED_UP);
    const strangers = await Promise.all(
      contacts.map(async (person) => {
        // Where that fails nothing is claimed of the person.
        const sent = await finder.byNumber(person.phone_number, caller).catch(() => null);
        if (sent) parts.saw([toContact(sent)]);
        return sent === undefined ? [person] : [];
      }),
    );
    return strangers.flat();
  }

  return {
    ready: addressBook.ready,
    warnings: () => [addressBook.problem() ?? []].flat(),
    join: book.join,
    outsider(e164) {
      const person = outside.byPhone(e164);
      return person && notInSent(person);
    },
    async search(found, asked, complete, caller) {
      const { criteria, sort, limit, without } = asked;
      if (!isAboutPeople(criteria)) return found;
      if (!complete) {
        const strangers = await lookUp(asked, caller);
        const known = book.search(criteria, sort, limit, without);
        const contacts = [...known.contacts, ...strangers.map(notInSent)].slice(0, limit);
        return { total: known.total + strangers.length, contacts, more: known.more };
      }
      const room = limit - found.contacts.length;
      const others = outside.search(criteria, sort, Math.max(1, room), without);
      return {
        total: found.total + others.total,
        contacts: [...found.contacts, ...others.contacts.slice(0, room).map(notInSent)],
        more: found.more || others.more || others.contacts.length > room,
      };
    },
    group(grouped, criteria, by) {
      if (!isAboutPeople(criteria)) return grouped;
      const others = outside.group(criteria, by);
      const counts = new Map(grouped.groups.map(({ value, count }) => [value, count]));
      for (const { value, count } of others.groups) counts.set(value, (counts.get(value) ?? 0) + count);
      const groups = [...counts].map(([value, count]) => ({ value, count }));
      groups.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
      return { total: grouped.total + others.total, groups };
    },
  };
}

const isAboutPeople = ({ text, metadata, ...others }: Criteria): boolean =>
  (text !== undefined || metadata.length > 0) &&
  [others.channel, others.defaultChannel, others.optOut, others.created, others.updated].every(
    (value) => value === undefined,
  );
