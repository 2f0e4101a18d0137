export { createClient, demoApi, networkApi, openAccount } from './account.ts';
export { openStore } from './state.ts';
