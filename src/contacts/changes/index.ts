export { type Applied, type Apply, createApply } from './apply.ts';
export { type Changes, isEmpty, withChanges } from './changes.ts';
export { createContactLock } from './contact-lock.ts';
export { insertOrFind } from './insert-or-find.ts';
export { DRY_RUN_NOT_CONFIRMED, type MutationResult, mutationResult, reportOf } from './report.ts';
