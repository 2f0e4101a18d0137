/** Changes to one contact, on accounts whose API keeps metadata and on those whose does not. */
import { describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../src/state/index.ts';
import { connect, START } from '../harness.ts';

const NUMBER = '+14155550142';

/** A server of an account without metadata, as the real API is. */
async function withoutMetadata(options: Parameters<typeof connect>[0] = {}) {
  const session = await connect({ metadata: 'ignored', ...options });
  session.simulator.book.add(NUMBER);
  const update = (args: object) => session.call('update_contact', { phone_number: NUMBER, ...args });
  const shown = async () => {
    const { data } = await session.call('get_contact', { phone_number: NUMBER });
    return (data.contact as { metadata?: object }).metadata;
  };
  return { ...session, update, shown };
}

describe('metadata that Sent does not keep', () => {
  test('is kept here, and the result names the keys', async () => {
    const { update, shown } = await withoutMetadata();
    const { text, data } = await update({ metadata: { vip: true, city: 'Évora' }, opt_out: true });
    expect(data).toMatchObject({
      kept_here: ['vip', 'city'],
      changed: ['opt_out', 'metadata'],
      contact: { metadata: { vip: true, city: 'Évora' }, opt_out: true },
    });
    expect(text).toContain('Kept here, as Sent does not keep metadata: vip, city.');
    expect(await shown()).toEqual({ vip: true, city: 'Évora' });
  });

  test('alone needs a request only until it is known that Sent does not take it', async () => {
    const { update, simulator, shown } = await withoutMetadata();
    await update({ metadata: { vip: true } });
    simulator.requests.splice(0);
    expect((await update({ metadata: { vip: null, tier: 2 } })).data.kept_here).toEqual(['tier']);
    expect(simulator.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
    expect(await shown()).toEqual({ tier: 2 });
  });

  test('two changes at once lose neither', async () => {
    const { update, shown } = await withoutMetadata();
    await Promise.all([update({ metadata: { a: 2 } }), update({ metadata: { b: 2 } })]);
    expect(await shown()).toEqual({ a: 2, b: 2 });
  });

  test('of a new contact too', async () => {
    const { call } = await withoutMetadata();
    const { data } = await call('create_contact', { phone_number: '+14155550143', metadata: { vip: true } });
    expect(data).toMatchObject({ created: true, kept_here: ['vip'], contact: { metadata: { vip: true } } });
  });

  test('goes with its contact', async () => {
    const { update, call, simulator, services } = await withoutMetadata();
    await update({ metadata: { vip: true } });
    const deleted = await call('delete_contact', { phone_number: NUMBER });
    expect(deleted.data.deleted).toMatchObject({ metadata: { vip: true } });
    expect(simulator.book.byPhone(NUMBER)).toBeUndefined();
    const { entries } = await services.state.read('notes');
    expect(entries.at(-1)).toMatchObject({ removed: true });
  });

  test('where nothing lasts, that is said', async () => {
    const store = (lasts: boolean) => createMemoryStore({ now: () => START }, { lasts });
    const off = await withoutMetadata({ store: store(false) });
    expect((await off.update({ metadata: { vip: true } })).text).toContain('SENT_STATE is off');
    const kept = await withoutMetadata({ store: store(true) });
    expect((await kept.update({ metadata: { vip: true } })).text).not.toContain('SENT_STATE');
  });

  test('a dry run keeps nothing', async () => {
    const { update, shown } = await withoutMetadata();
    const { data } = await update({ metadata: { vip: true }, sandbox: true });
    expect(data).toMatchObject({ sandbox: true, changed: ['metadata'] });
    expect(data.kept_here).toBeUndefined();
    expect(await shown()).toBeUndefined();
  });
});

describe('metadata that Sent keeps', () => {
  test('two changes at once lose neither, in one process and in two that share the state', async () => {
    const store = createMemoryStore({ now: () => START }, { lasts: true });
    const one = await connect({ store });
    const { fetch } = one.simulator;
    const two = await connect({ store, fetch, keys: 'other', env: { SENT_API_KEY: one.simulator.key } });
    one.simulator.book.add(NUMBER);
    const change = ({ call }: typeof one, metadata: object) =>
      call('update_contact', { phone_number: NUMBER, metadata });
    const results = await Promise.all([
      change(one, { a: 2 }),
      change(two, { b: 2 }),
      change(one, { c: 2 }),
      change(two, { d: 2 }),
    ]);
    expect(results.filter(({ isError }) => isError)).toEqual([]);
    expect(one.simulator.book.byPhone(NUMBER)?.metadata).toEqual({ a: 2, b: 2, c: 2, d: 2 });
  });

  test('is changed all the same where the account cannot be asked who it is', async () => {
    const { call, simulator } = await connect();
    simulator.faults.add({ path: /^\/v3\/me$/, kind: { status: 403, code: 'AUTH_004' } });
    simulator.book.add(NUMBER);
    const { data, isError } = await call('update_contact', { phone_number: NUMBER, metadata: { vip: true } });
    expect([isError, data.changed]).toEqual([false, ['metadata']]);
    expect(simulator.book.byPhone(NUMBER)?.metadata).toEqual({ vip: true });
  });
});
