export { createClient, demoApi, networkApi, openAccount } from './account.ts';
