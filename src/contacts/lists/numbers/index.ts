export { numbersIn, readNumberText } from './number-text.ts';
export type { CountryRule } from './validate-number.ts';
export {
  createRowValidator,
  type DoubtfulNumber,
  eachRow,
  type InvalidNumber,
  type SetAside,
  type ValidatedRows,
  type ValidNumber,
  validateRows,
} from './validate-rows.ts';
