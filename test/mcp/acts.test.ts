/** What the history learns of each call that may change something. */
import { describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../src/state/index.ts';
import { connect, START } from '../harness.ts';

const NUMBER = '+14155550142';

describe.each(['v1', 'legacy', 'modern'] as const)('the %s client', (era) => {
  test('is named with its version, and each act with what came of it', async () => {
    const { call, services, simulator } = await connect({ era, onQuestion: () => ({ action: 'decline' }) });
    simulator.book.add(NUMBER);
    const { data } = await call('search_contacts', { country: 'BR', limit: 0 });
    await call('update_contact', { phone_number: NUMBER, opt_out: true });
    await call('update_contact', { phone_number: NUMBER, opt_out: true, sandbox: true });
    const { data: preview } = await call('delete_contact', { selection: data.selection });
    await call('delete_contact', { plan: preview.plan });
    await call('delete_contact', { phone_number: 'no number' });
    const acts = await services.history.since(0);
    const who = { host: 'test', version: '1.0.0' };
    expect(acts).toMatchObject([
      { who, tool: 'update_contact', outcome: 'changed opt_out', people: 1, numbers: ['…0142'] },
      { tool: 'update_contact', outcome: 'dry_run' },
      { tool: 'delete_contact', outcome: 'preview', people: preview.count, plan: preview.plan },
      { tool: 'delete_contact', outcome: 'cancelled' },
    ]);
    expect(JSON.stringify(acts)).not.toContain(NUMBER);
  });
});

test('a call that was done is no failure because its act cannot be written; the log says so', async () => {
  const store = createMemoryStore({ now: () => START }, { lasts: true });
  const { call, logged } = await connect({
    store: {
      ...store,
      account(name) {
        const state = store.account(name);
        return {
          ...state,
          async append(log, entry) {
            if (log === 'acts') throw new Error(`cannot write ${NUMBER}`);
            return state.append(log, entry);
          },
        };
      },
    },
  });
  expect((await call('create_contact', { phone_number: NUMBER })).data.created).toBe(true);
  const lines = logged.filter(({ event }) => event === 'act_not_written');
  expect(lines).toMatchObject([{ level: 'error', fields: { tool: 'create_contact', code: 'internal' } }]);
});

test('a store that hangs holds no call up', async () => {
  const store = createMemoryStore({ now: () => START }, { lasts: true });
  const { call } = await connect({
    store: {
      ...store,
      account: (name) => {
        const state = store.account(name);
        return {
          ...state,
          append: (log, entry) => (log === 'acts' ? new Promise(() => {}) : state.append(log, entry)),
        };
      },
    },
  });
  expect((await call('create_contact', { phone_number: NUMBER })).data.created).toBe(true);
});
