export { type Book, createBook } from './book.ts';
export type { Contact, ContactChange, Metadata } from './contact.ts';
export { countryOf } from './countries.ts';
export { type Dialect, hash, idOf, isUuid } from './ids.ts';
export { formatsOf, looksDiallable, parseE164, splitNumber } from './numbers.ts';
