export { alreadyThere } from './already-there.ts';
export { readCsv } from './csv.ts';
export { createImport, type ImportList, type ImportResult, resultOf } from './import.ts';
export { createJudge, type Judged, judge } from './judge.ts';
export type { Fields } from './list-row.ts';
export { readList } from './read-list.ts';
export { type RowOutcome, runImport } from './run.ts';
export { textOfBytes } from './text-of-bytes.ts';
