import type { Facets } from '../../model/index.ts';
import type { MetadataColumn } from './metadata-column.ts';
import type { NumberColumn } from './number-column.ts';
import type { TimestampColumn } from './timestamp-column.ts';

/** The book as columns: one place for each row in all of them. */
export type Columns = {
  /** How many rows there are, empty ones among them. */
  rows(): number;
  /** The number of its facets, or `EMPTY`. */
  facetsOf(row: number): number;
  facets(): readonly Facets[];
  numbers: NumberColumn;
  created: TimestampColumn;
  updated: TimestampColumn;
  metadata: MetadataColumn;
};
/** The facets of a row that holds nobody. */
export const EMPTY = 0xffff_ffff;
