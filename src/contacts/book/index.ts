export { createBook } from './book.ts';
export type { Book, Found, Underlay } from './book-type.ts';
export { type Grouped, sortedGroups } from './grouped.ts';
export { pack, unpack } from './packed.ts';
