import type { Underlay } from '../book/index.ts';
import type { Contact } from '../model/index.ts';
import type { AddressBook } from './address-book.ts';
import type { Notes } from './notes.ts';

/** What this server knows of people beside the API: notes, and under them the user's own address book. */
export type Overlay = {
  /** The metadata that a contact is searched by, under its own. */
  metadataUnder: Underlay;
  /**
   * The contact as results show it: its own metadata, under it the notes, under those the address book, and which
   * keys come from where.
   */
  enrich<T extends Contact>(contact: T): T;
};

export function createOverlay(parts: {
  addressBook: Pick<AddressBook, 'fieldsOf'> | undefined;
  notes: Pick<Notes, 'known'> | undefined;
}): Overlay {
  const of = ({ id, phone_number }: Pick<Contact, 'id' | 'phone_number'>) => ({
    person: parts.addressBook?.fieldsOf(phone_number),
    noted: parts.notes?.known(id),
  });

  return {
    metadataUnder(contact) {
      const { person, noted } = of(contact);
      return person && noted ? { ...person, ...noted } : (noted ?? person);
    },
    enrich(contact) {
      if (contact.in_sent === false) return contact; // Of the address book as a whole.
      const { person, noted } = of(contact);
      if (person === undefined && noted === undefined) return contact;
      const own = contact.metadata;
      const has = (metadata: object | undefined, key: string) =>
        metadata !== undefined && Object.hasOwn(metadata, key);
      const kept_here = Object.keys(noted ?? {}).filter((key) => !has(own, key));
      const theirs = Object.keys(person ?? {}).filter((key) => !has(own, key) && !has(noted, key));
      return {
        ...contact,
        metadata: { ...person, ...noted, ...own },
        ...(theirs.length > 0 && { from_address_book: theirs }),
        ...(kept_here.length > 0 && { kept_here }),
      };
    },
  };
}
