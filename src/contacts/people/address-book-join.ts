import { type Book, createBook } from '../book/index.ts';
import type { Contact } from '../model/index.ts';
import type { AddressBook, Person } from './address-book.ts';

/** A book of the account's contacts that knows what the address book says of them. */
export type JoinedBook = Book & {
  /** The people of the address book whose number no contact in the book has. */
  readonly outside: Book;
  /** The contact with what the address book says of its number; on one that is joined already, the same again. */
  join<T extends Contact>(contact: T): T;
};

/**
 * Joins the address book to a book of contacts, by number, and keeps them joined as either changes. Joined metadata
 * is searched, matched and grouped like the contact's own, which wins where both have a key.
 */
export function joinAddressBook(people: AddressBook, book: Book = createBook()): JoinedBook {
  const outside = createBook();
  /** Of contacts with metadata of their own: the keys that the address book has too, by id. */
  const own = new Map<string, readonly string[]>();

  function join<T extends Contact>(contact: T): T {
    const { from_address_book, ...plain } = contact;
    const person = people.get(contact.phone_number);
    if (person === undefined && from_address_book === undefined) return contact;
    const kept = Object.entries(contact.metadata ?? {}).filter(([key]) => !from_address_book?.includes(key));
    const metadata = kept.length > 0 ? Object.fromEntries(kept) : undefined;
    if (person === undefined) return { ...plain, metadata } as unknown as T;
    const added = Object.keys(person.fields).filter((key) => metadata === undefined || !(key in metadata));
    return { ...contact, metadata: { ...person.fields, ...metadata }, from_address_book: added };
  }

  /** Says which keys are the address book's, on a contact as the book keeps it, without its marks. */
  function marked(contact: Contact): Contact {
    const person = people.get(contact.phone_number);
    if (person === undefined) return contact;
    const taken = own.get(contact.id);
    const keys = Object.keys(person.fields);
    return { ...contact, from_address_book: taken ? keys.filter((key) => !taken.includes(key)) : keys };
  }
  const markedOrNone = (contact: Contact | undefined) => contact && marked(contact);

  const putOutside = (e164: string): void => {
    const person = people.get(e164);
    if (person !== undefined && book.byPhone(e164) === undefined) outside.put(outsider(person));
    else outside.remove(e164);
  };

  function put(contact: Contact, pass?: number): boolean {
    const joined = join(contact);
    const person = people.get(contact.phone_number);
    const taken =
      person && Object.keys(person.fields).filter((key) => !joined.from_address_book?.includes(key));
    if (taken !== undefined && taken.length > 0) own.set(contact.id, taken);
    else own.delete(contact.id);
    const before = book.get(contact.id)?.phone_number;
    const isNew = book.put(joined, pass);
    outside.remove(contact.phone_number);
    if (before !== undefined && before !== contact.phone_number) putOutside(before);
    return isNew;
  }

  people.onSwap((numbers, swap) => {
    const known = [...numbers].flatMap((e164) => markedOrNone(book.byPhone(e164)) ?? []);
    swap();
    for (const contact of known) put(contact);
    for (const e164 of numbers) putOutside(e164);
  });

  return {
    outside,
    join,
    get size() {
      return book.size;
    },
    get: (id) => markedOrNone(book.get(id)),
    byPhone: (e164) => markedOrNone(book.byPhone(e164)),
    put,
    remove(id) {
      const phone = book.get(id)?.phone_number;
      book.remove(id);
      own.delete(id);
      if (phone !== undefined) putOutside(phone);
    },
    sweep(pass) {
      const before = book.size;
      book.sweep(pass);
      if (book.size === before) return;
      for (const id of own.keys()) if (book.get(id) === undefined) own.delete(id);
      for (const { e164 } of people.all()) putOutside(e164);
    },
    startingWith: book.startingWith,
    reserve: book.reserve,
    search(criteria, sort, limit, without) {
      const found = book.search(criteria, sort, limit, without);
      return { ...found, contacts: found.contacts.map(marked) };
    },
    group: book.group,
  };
}

/** Somebody of the address book in the shape of a contact. */
const outsider = ({ e164, region, fields }: Person): Contact => ({
  id: e164,
  phone_number: e164,
  region_code: region,
  available_channels: [],
  default_channel: undefined,
  opt_out: false,
  metadata: fields,
  created_at: undefined,
  updated_at: undefined,
});

/** The same as results show it: all of it is the address book's. */
export const notInSent = (contact: Contact): Contact => ({
  ...contact,
  in_sent: false,
  from_address_book: Object.keys(contact.metadata ?? {}),
});
