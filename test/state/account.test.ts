import { expect, test } from 'vitest';
import { stateOfAccount } from '../../src/app/state.ts';
import { AppError } from '../../src/errors.ts';
import type { SentClient } from '../../src/sent/index.ts';
import { newRow } from '../../src/sent/rate-row.ts';
import type { SharedRate } from '../../src/sent/shared-row.ts';
import { createMemoryStore, type Position, type StateStore } from '../../src/state/index.ts';
import { connect } from '../harness.ts';
import { failureOf } from './contract.ts';

const memory = (): StateStore => createMemoryStore({ now: () => 0 }, { lasts: true });
const SETTINGS = { baseUrl: 'https://api.sent.dm', profileId: undefined as string | undefined };
/** A client of which only the account is asked, with each answer in turn. */
const clientThat = (...answers: (() => unknown)[]) => {
  let asked = 0;
  const me = async () => answers[Math.min(asked++, answers.length - 1)]?.();
  return { client: { me } as unknown as SentClient, asked: () => asked };
};

test('starting, listing tools and asking for nothing that lasts asks for no account', async () => {
  const { client, wire } = await connect();
  await client.listTools();
  expect(wire()).toEqual([]);
});

test('the account is asked for once, by many at once and ever after', async () => {
  const { client, asked } = clientThat(() => ({ id: 'acc-1' }));
  const state = stateOfAccount(memory(), client, SETTINGS);
  expect(asked()).toBe(0);
  await Promise.all([state.append('notes', { n: 1 }), state.read('notes'), state.hold('x')]);
  await state.append('notes', { n: 2 });
  expect(asked()).toBe(1);
});

test('two keys of an account share what lasts; accounts, profiles and hosts do not', async () => {
  const store = memory();
  const stateFor = (id: string, settings: Partial<typeof SETTINGS> = {}) =>
    stateOfAccount(store, clientThat(() => ({ id })).client, { ...SETTINGS, ...settings });
  await stateFor('acc-1').append('notes', { n: 1 });
  const seen = async (state: ReturnType<typeof stateFor>) => (await state.read('notes')).entries.length;
  expect(await seen(stateFor('acc-1'))).toBe(1);
  expect(await seen(stateFor('acc-1', { baseUrl: 'https://api.sent.dm/' }))).toBe(1);
  expect(await seen(stateFor('acc-2'))).toBe(0);
  expect(await seen(stateFor('acc-1', { profileId: 'p' }))).toBe(0);
  expect(await seen(stateFor('acc-1', { baseUrl: 'http://127.0.0.1:1' }))).toBe(0);
  expect(await seen(stateFor('acc-1/p'))).toBe(0);
});

test('both limits are shared once the account is known, under its name and that of their rows', async () => {
  const shared: SharedRate[] = [];
  const asked: unknown[] = [];
  const store: StateStore = {
    ...memory(),
    update: async (...how) => {
      asked.push(how.slice(0, 2));
      return how[2](undefined, 0);
    },
  };
  const client = {
    me: async () => ({ id: 'acc-1' }),
    shareRate: (rowOf: (limit: 'requests' | 'sends') => SharedRate) =>
      shared.push(rowOf('requests'), rowOf('sends')),
  };
  const state = stateOfAccount(store, client as unknown as SentClient, SETTINGS);
  expect(shared).toEqual([]);
  await Promise.all([state.read('notes'), state.read('notes')]);
  expect(shared).toHaveLength(2);
  for (const { update } of shared) await update(() => newRow(0));
  expect(asked).toEqual([
    ['api.sent.dm/acc-1/', 'rate-1'],
    ['api.sent.dm/acc-1/', 'send-rate-1'],
  ]);
});

test('a failure is told as it is, with what it was for, and is not kept', async () => {
  const fails = () => {
    throw new AppError('unauthorized', 'Sent did not accept the key.', { next: 'Correct it.' });
  };
  const { client, asked } = clientThat(fails, () => ({ id: 'acc-1' }));
  const state = stateOfAccount(memory(), client, SETTINGS);
  const failure = await failureOf(state.append('notes', { n: 1 }));
  expect(failure).toEqual({
    code: 'unauthorized',
    message: 'Sent did not accept the key. The account has to be known before anything is kept for it.',
    next: 'Correct it.',
  });
  await state.append('notes', { n: 2 });
  expect(asked()).toBe(2);
});

test('an API that names no account is refused rather than mixed up with others', async () => {
  const store = memory();
  const state = stateOfAccount(store, clientThat(() => ({ id: undefined })).client, SETTINGS);
  expect(await failureOf(state.append('notes', { n: 1 }))).toMatchObject({ code: 'unavailable' });
  expect((await store.report()).accounts).toBe(0);
});

test('a log is unchanged where the store says so, and never before the account is known', async () => {
  const store = memory();
  const isUnchanged = (log: string) => log === 'contacts';
  const knowing = { ...store, account: (name: string) => ({ ...store.account(name), isUnchanged }) };
  const state = stateOfAccount(knowing, clientThat(() => ({ id: 'acc-1' })).client, SETTINGS);
  const anywhere = '' as Position;
  expect(state.isUnchanged('contacts', anywhere)).toBe(false);
  await state.read('contacts');
  expect(state.isUnchanged('contacts', anywhere)).toBe(true);
  expect(state.isUnchanged('notes', anywhere)).toBe(false);
});
