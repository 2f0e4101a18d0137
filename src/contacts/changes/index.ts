export { type Applied, type Apply, createApply } from './apply.ts';
export { type Bulk, type BulkResult, createBulk, type Found } from './bulk.ts';
export { type Changes, isEmpty, withChanges } from './changes.ts';
export { createContactLock } from './contact-lock.ts';
export { insertOrFind } from './insert-or-find.ts';
export { createOneOfMany } from './one-of-many.ts';
export type { BulkKind } from './plan.ts';
export { type BulkPreview, changesText } from './preview.ts';
export { type MutationResult, mutationResult, reportOf } from './report.ts';
