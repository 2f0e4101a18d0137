export { type AddressBook, type AddressBookSource, createAddressBook } from './address-book.ts';
export { createNotes, type NoteChanges, type Notes } from './notes.ts';
export { createOverlay } from './overlay.ts';
export { createPeople, type People } from './people.ts';
