export { type Book, createBook, type Found, type Underlay } from './book.ts';
export { type Grouped, sortedGroups } from './grouped.ts';
