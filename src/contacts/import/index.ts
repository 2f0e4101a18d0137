export { alreadyThere } from './already-there.ts';
export { createImport, type ImportList } from './import.ts';
export { type ImportResult, previewOf, resultOf, withDoubtful } from './result.ts';
export { type RowOutcome, runImport } from './run.ts';
