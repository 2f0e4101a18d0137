import { type Caller, createTurn } from '../../runtime/index.ts';
import { type Book, type Found, type Grouped, sortedGroups } from '../book/index.ts';
import type { Finder } from '../directory/index.ts';
import { type Contact, toContact } from '../model/index.ts';
import type { Criteria, GroupBy, Sort } from '../question/index.ts';
import type { AddressBook } from './address-book.ts';
import type { Notes } from './notes.ts';
import type { Overlay } from './overlay.ts';

/** Names for numbers, laid over what the API says whenever it is read. */
export type People = {
  /** Reads the address book and the notes of all processes; never rejects. */
  catchUp(): Promise<void>;
  /** Resolves when they are read and laid under the contacts. @param caughtUp a reading that was begun before. */
  ready(caughtUp?: Promise<void>): Promise<void>;
  /** What is wrong with the address book or the notes, to be said with an answer. */
  warnings(): string[];
  /** The contact with notes and address book laid under its own metadata. */
  enrich<T extends Contact>(contact: T): T;
  /** The person with this number, where the account has no such contact. */
  notInSent(e164: string): Contact | undefined;
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
const MAX_LOOKED_UP = 5;

export function createPeople(parts: {
  addressBook: AddressBook | undefined;
  notes: Notes | undefined;
  overlay: Overlay;
  /** The contacts of the account; what is laid under them is kept up in it for searches. */
  book: Book;
  finder: Pick<Finder, 'byNumber'>;
  merge(contacts: readonly Contact[]): void;
}): People {
  const { addressBook, notes, overlay, book } = parts;
  /** The address book that the contacts have under them now. */
  let laid: Book | undefined;
  let laying: Promise<void> = Promise.resolve();
  let noteProblem: string | undefined;

  /** How often the contacts had been replaced when theirs were laid under them. */
  let laidAfter = 0;

  async function layAnew(): Promise<void> {
    const isNew = laidAfter !== book.loads;
    laidAfter = book.loads;
    if (isNew) laid = undefined;
    for (const id of notes?.takeChanged(isNew) ?? []) book.layUnder({ id });
    while (addressBook && laid !== addressBook.people()) {
      const [before, now] = [laid, addressBook.people()];
      const turn = createTurn();
      for (const people of [before, now]) {
        for (const phone of people?.phones() ?? []) {
          book.layUnder({ phone });
          if (turn.isOver()) await turn.next();
        }
      }
      laid = now;
    }
  }

  const isContact = (phone: string): boolean => book.has({ phone });

  /** Looks the first of the people up: who is a contact joins the book, and the others are no contacts for sure. */
  async function lookUp({ criteria, sort }: Asked, caller: Caller): Promise<Contact[]> {
    const found = addressBook?.people().search(criteria, sort, MAX_LOOKED_UP, [], isContact);
    const outside = await Promise.all(
      (found?.contacts ?? []).map(async (person) => {
        // Where that fails nothing is claimed of the person.
        const sent = await parts.finder.byNumber(person.phone_number, caller).catch(() => null);
        if (sent) parts.merge([toContact(sent)]);
        return sent === undefined ? [person] : [];
      }),
    );
    return outside.flat();
  }

  async function catchUp(): Promise<void> {
    await Promise.all([
      addressBook?.ready(),
      notes?.catchUp().then(
        () => {
          noteProblem = undefined;
        },
        () => {
          noteProblem = 'The notes kept here could not be read, so they may be missing.';
        },
      ),
    ]);
  }

  return {
    catchUp,
    async ready(caughtUp = catchUp()) {
      await caughtUp;
      laying = laying.then(layAnew);
      await laying;
    },
    warnings: () => [addressBook?.problem() ?? [], noteProblem ?? []].flat(),
    enrich: overlay.enrich,
    notInSent(e164) {
      const person = isContact(e164) ? undefined : addressBook?.people().get(e164);
      return person && notInSent(person);
    },
    async search(found, asked, complete, caller) {
      const { criteria, sort, limit, without } = asked;
      if (addressBook === undefined || !criteria.asksPeople) return found;
      if (!complete) {
        const outside = await lookUp(asked, caller);
        const known = book.search(criteria, sort, limit, without);
        const contacts = [...known.contacts, ...outside.map(notInSent)].slice(0, limit);
        return { total: known.total + outside.length, contacts, more: known.more };
      }
      const room = limit - found.contacts.length;
      const others = addressBook.people().search(criteria, sort, Math.max(1, room), without, isContact);
      return {
        total: found.total + others.total,
        contacts: [...found.contacts, ...others.contacts.slice(0, room).map(notInSent)],
        more: found.more || others.more || others.contacts.length > room,
      };
    },
    group(grouped, criteria, by) {
      if (addressBook === undefined || !criteria.asksPeople) return grouped;
      const others = addressBook.people().group(criteria, by, isContact);
      const counts = new Map(grouped.groups.map(({ value, count }) => [value, count]));
      for (const { value, count } of others.groups) counts.set(value, (counts.get(value) ?? 0) + count);
      return { total: grouped.total + others.total, groups: sortedGroups(counts) };
    },
  };
}

/** Somebody of the address book as results show them: all that is known of them is the address book's. */
const notInSent = (contact: Contact): Contact => ({
  ...contact,
  in_sent: false,
  from_address_book: Object.keys(contact.metadata ?? {}),
});
