export { type Book, createBook, type Found, type Grouped, type Underlay } from './book.ts';
