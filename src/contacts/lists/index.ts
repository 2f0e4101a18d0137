export type { Label } from './columns/heading.ts';
export { readCsv } from './files/csv.ts';
export type { Fields } from './list-row.ts';
export type { CountryRule } from './numbers/judge-number.ts';
export {
  createRowValidator,
  type DoubtfulNumber,
  type InvalidNumber,
  type SetAside,
  unhurried,
  type ValidatedRows,
  type ValidNumber,
  validateRows,
} from './numbers/validate-rows.ts';
export { MAX_LIST_BYTES, type OpenedList, openList } from './open-list.ts';
export { type ColumnRead, type List, listOfNumbers, type ReadOptions, readList } from './read-list.ts';
