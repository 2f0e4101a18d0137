export { createPostgresStore } from './store.ts';
