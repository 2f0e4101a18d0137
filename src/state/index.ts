export { defaultFolder, type UserPlace } from './default-folder.ts';
export { createFolderStore } from './folder/index.ts';
export { createMemoryStore } from './memory.ts';
export { createPostgresStore } from './postgres/index.ts';
export {
  type AccountState,
  type Entry,
  type Hold,
  LOGS,
  type LogName,
  type Position,
  type StateReport,
  type StateStore,
  type StoredEntry,
} from './state.ts';
