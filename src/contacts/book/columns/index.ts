export { type Columns, EMPTY } from './columns.ts';
export { createFacetsTable } from './facets.ts';
export { createIdColumn } from './id-column.ts';
export { createMetadataColumn } from './metadata-column.ts';
export { createNumberColumn } from './number-column.ts';
export { numbersIn, type Packed, pack, unpack } from './packed.ts';
export { createTimestampColumn } from './timestamp-column.ts';
export { widened } from './widened.ts';
