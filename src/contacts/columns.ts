import type { MetadataColumn } from './metadata-column.ts';
import type { NumberColumn } from './number-column.ts';
import type { Stamps } from './stamps.ts';
import type { Traits } from './traits.ts';

/** The book as columns: one place for each row in all of them. */
export type Columns = {
  /** How many rows there are, empty ones among them. */
  rows(): number;
  /** The number of its traits, or `EMPTY`. */
  traitsOf(row: number): number;
  traits(): readonly Traits[];
  numbers: NumberColumn;
  created: Stamps;
  updated: Stamps;
  metadata: MetadataColumn;
};
/** The traits of a row that holds nobody. */
export const EMPTY = 0xffff_ffff;

/** Larger steps waste memory, smaller ones time. */
const GROWTH = 1.25;

/** The same column with room for a row. */
export function widened<T extends Float64Array | Uint32Array | Uint16Array | Uint8Array>(
  column: T,
  row: number,
): T {
  const wider = new (column.constructor as new (length: number) => T)(
    Math.max(row + 1, Math.ceil(column.length * GROWTH)),
  );
  wider.set(column);
  return wider;
}
