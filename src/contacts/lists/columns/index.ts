export { type Columns, chooseColumns, lookAtColumns } from './columns.ts';
export { findHeader } from './find-header.ts';
