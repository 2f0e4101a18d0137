export { type Book, createBook, type Found, type Grouped } from './book.ts';
