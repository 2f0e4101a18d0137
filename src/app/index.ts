export { createClient, demoApi, networkApi, openAccount } from './account.ts';
export { readDefaultCountry } from './default-country.ts';
export { openStore } from './state.ts';
