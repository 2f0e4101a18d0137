import postgres from 'postgres';
import { afterEach, inject } from 'vitest';
import { createPostgresStore, type StateStore } from '../../src/state/index.ts';
import { stateContract } from './contract.ts';

const stores: StateStore[] = [];
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
});
const admin = postgres(inject('postgres'), { max: 1, onnotice: () => {} });

stateContract('postgres', async () => {
  let at = Date.UTC(2026, 10, 23, 12);
  const name = `state_${crypto.randomUUID().replaceAll('-', '')}`;
  await admin.unsafe(`create database ${name}`);
  const address = new URL(inject('postgres'));
  address.pathname = name;
  return {
    open: () => {
      const options = { clock: { now: () => at }, newId: () => crypto.randomUUID() };
      const store = createPostgresStore(address.href, options);
      stores.push(store);
      return store;
    },
    advance: (ms) => {
      at += ms;
    },
  };
});
