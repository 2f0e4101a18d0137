export { readCsv } from './files/index.ts';
export type { Label } from './headings/index.ts';
export type { Fields } from './list-row.ts';
export type { CountryRule } from './numbers/index.ts';
export {
  createRowValidator,
  type DoubtfulNumber,
  eachRow,
  type InvalidNumber,
  type SetAside,
  type ValidatedRows,
  type ValidNumber,
  validateRows,
} from './numbers/index.ts';
export { MAX_LIST_BYTES, type OpenedList, openList } from './open-list.ts';
export { type ColumnRead, type List, listOfNumbers, type ReadOptions, readList } from './read-list.ts';
