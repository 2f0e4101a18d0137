export { type Api, createClient, demoApi, networkApi, openAccount } from './account.ts';
export { readDefaultCountry } from './default-country.ts';
export { giveBackMemory } from './give-back-memory.ts';
export { expandHome, readListFile } from './read-list-file.ts';
export type { Accounts, Admitted } from './registry.ts';
export { type SharedByInstances, shareAmongInstances } from './shared.ts';
export { openStore } from './state.ts';
export { openAccounts } from './team.ts';
