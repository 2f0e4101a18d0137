export {
  allOf,
  CRITERIA,
  type Criteria,
  criteriaOfNumbers,
  isPlain,
  readCriteria,
  type SearchInput,
  timesAskedFor,
} from './criteria.ts';
export type { Test } from './criterion.ts';
export { type Cursors, createCursors } from './cursors.ts';
export {
  type GroupBy,
  type GroupPart,
  groupsOf,
  groupsOfValue,
  monthOf,
  NO_GROUP,
  readGroupBy,
} from './grouping.ts';
export { matches } from './matches.ts';
export { SORT_READ_AS, SORTED_BY, SORTS, type Sort } from './sort.ts';
export { createStored, type Stored, type StoredOptions } from './stored.ts';
export {
  isPrefixLength,
  isUnspaced,
  mayForgive,
  NUMBER_FIT,
  WORD_FIT,
  wordFit,
  wordsOf,
} from './text-fit.ts';
export type { NumberPart, TextQuery } from './text-query.ts';
