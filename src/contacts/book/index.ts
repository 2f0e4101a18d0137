export { createBook } from './book.ts';
export type { Book, Found, Underlay } from './book-type.ts';
export { pack, unpack } from './columns/index.ts';
export { type Grouped, sortedGroups } from './grouped.ts';
