export { readCsv } from './csv.ts';
export type { Label } from './heading.ts';
export type { CountryRule } from './judge-number.ts';
export type { Fields } from './list-row.ts';
export { MAX_LIST_BYTES } from './max-bytes.ts';
export { type OpenedList, openList } from './open-list.ts';
export { type ColumnRead, type List, listOfNumbers, type ReadOptions, readList } from './read-list.ts';
export {
  createRowValidator,
  type DoubtfulNumber,
  type InvalidNumber,
  type SetAside,
  unhurried,
  type ValidatedRows,
  type ValidNumber,
  validateRows,
} from './validate-rows.ts';
