export {
  collectionsOf,
  ENTRY,
  installChanges,
  keyOf,
  presentEntry,
  presentLaunch,
  wantedLaunch,
} from './entry.ts';
export { type InstallIo, machineOf, runInstall, runUninstall } from './install.ts';
export { keyOfEnvironment } from './key-source.ts';
