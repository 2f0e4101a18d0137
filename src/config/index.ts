export type { HttpSettings } from './http.ts';
export {
  ConfigError,
  type ConfirmMode,
  type LogLevel,
  readSettings,
  SETTINGS,
  type Settings,
} from './settings.ts';
