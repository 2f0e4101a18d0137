import postgres from 'postgres';
import { afterEach, expect, inject, test } from 'vitest';
import { createPostgresStore, type Position, type StateStore } from '../../src/state/index.ts';
import { stateContract } from './contract.ts';

const stores: StateStore[] = [];
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
});
const admin = postgres(inject('postgres'), { max: 1, onnotice: () => {} });

async function newDatabase() {
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
    advance: (ms: number) => {
      at += ms;
    },
  };
}

stateContract('postgres', newDatabase);

test('a log of more entries than are looked at in one go is read to its end, and once', async () => {
  const log = (await newDatabase()).open().account('acc');
  const numbers = Array.from({ length: 10_001 }, (_, n) => n);
  await Promise.all(numbers.map((n) => log.append('sends', { n })));
  await log.append('notes', {});
  const read: unknown[] = [];
  let position: Position | undefined;
  for (let more = true; more; ) {
    const part = await log.read('sends', position, 1e9);
    read.push(...part.entries.map(({ n }) => n));
    ({ position, more = false } = part);
  }
  expect(read).toEqual(numbers);
  expect(await log.read('sends', position, 1e9)).toEqual({ entries: [], position, more: false });
});
