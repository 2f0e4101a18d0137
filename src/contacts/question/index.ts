export {
  type Criteria,
  fitsFacets,
  type GroupBy,
  groupsOfValue,
  isPlain,
  isSame,
  isWithin,
  NO_GROUP,
  readCriteria,
  readGroupBy,
  type SearchInput,
  SORTS,
  type Sort,
} from './criteria.ts';
export { createCursors } from './cursors.ts';
export { addShown, type Shown, shownIds } from './seen-ids.ts';
export type { NumberPart } from './text-query.ts';
