export { type Bulk, createBulk } from './bulk.ts';
export type { BulkResult } from './bulk-job.ts';
export { type ChangeMany, createChangeMany } from './many.ts';
export { createOneOfMany } from './one-of-many.ts';
export type { BulkKind } from './plan.ts';
export { type BulkPreview, changesText, type Found } from './preview.ts';
