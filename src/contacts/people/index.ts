export { type AddressBook, type AddressBookSource, createAddressBook } from './address-book.ts';
export { joinAddressBook } from './address-book-join.ts';
export { createPeople, type People } from './address-book-search.ts';
