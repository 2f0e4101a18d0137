export { type ImportIo, runImportCommand } from './import.ts';
