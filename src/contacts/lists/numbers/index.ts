export type { CountryRule } from './judge-number.ts';
export { numbersIn, readNumberText } from './number-text.ts';
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
