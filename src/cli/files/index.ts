import { jsonFormat } from './edit-json.ts';
import { tomlFormat } from './edit-toml.ts';
import type { FileFormat } from './file-format.ts';

export {
  type ConfigFile,
  checkWritable,
  readBackups,
  readConfig,
  removeConfig,
  writeConfig,
} from './config-file.ts';
export {
  type Change,
  type Collections,
  type ConfigData,
  type FileFormat,
  FileProblem,
  isObject,
} from './file-format.ts';
export { maskedDiff } from './masked-diff.ts';

export const FORMATS: Readonly<Record<'json' | 'toml', FileFormat>> = { json: jsonFormat, toml: tomlFormat };
