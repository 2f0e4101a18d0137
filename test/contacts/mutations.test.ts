/** Changes to one contact, on accounts whose API keeps metadata and on those whose does not. */
import { describe, expect, test } from 'vitest';
import { AppError } from '../../src/errors.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
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
    const { update, shown, call } = await withoutMetadata();
    const { text, data } = await update({ metadata: { vip: true, city: 'Évora' }, opt_out: true });
    expect(data).toMatchObject({
      kept_here: ['vip', 'city'],
      changed: ['opt_out', 'metadata'],
      contact: { metadata: { vip: true, city: 'Évora' }, opt_out: true },
    });
    expect(text).toContain('Kept here, as Sent does not keep metadata: vip, city.');
    expect(await shown()).toEqual({ vip: true, city: 'Évora' });
    expect((await call('get_contact', { phone_number: NUMBER })).text).toContain(
      'Kept here, as Sent does not keep metadata: vip, city.',
    );
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

  test('where a note cannot be written, that is an error; beside another change it is a warning', async () => {
    const store = createMemoryStore({ now: () => START }, { lasts: true });
    const full: typeof store = {
      ...store,
      account(name) {
        const state = store.account(name);
        return {
          ...state,
          append: async (log, entry) => {
            if (log === 'notes') throw new AppError('unavailable', 'The disk is full.');
            return state.append(log, entry);
          },
        };
      },
    };
    const { update } = await withoutMetadata({ store: full });
    expect((await update({ metadata: { vip: true } })).text).toMatch(/^unavailable: The disk is full\./);
    const { text, data } = await update({ metadata: { vip: true }, opt_out: true });
    expect(data).toMatchObject({ changed: ['opt_out'] });
    expect(text).toContain('Sent does not keep metadata.vip, and it could not be written down here.');
  });

  test('a dry run keeps nothing', async () => {
    const { update, shown } = await withoutMetadata();
    const { data } = await update({ metadata: { vip: true }, sandbox: true });
    expect(data).toMatchObject({ sandbox: true, changed: ['metadata'] });
    expect(data.kept_here).toBeUndefined();
    expect(await shown()).toBeUndefined();
  });
});

/** The simulator as an API that replaces metadata as a whole, and takes its time. */
const replacing =
  (simulator: Simulator): typeof globalThis.fetch =>
  async (input, init) => {
    const request = new Request(input, init);
    const text = await request.text();
    await new Promise((done) => setTimeout(done, 3));
    const body = text === '' ? undefined : JSON.parse(text);
    const kept = simulator.book.byPhone(NUMBER)?.metadata ?? {};
    if (body?.metadata)
      body.metadata = {
        ...Object.fromEntries(Object.keys(kept).map((key) => [key, null])),
        ...body.metadata,
      };
    return simulator.fetch(request.url, {
      method: request.method,
      headers: request.headers,
      ...(body && { body: JSON.stringify(body) }),
    });
  };

describe('metadata that Sent keeps', () => {
  test('two changes at once lose neither, in one process and in two that share the state', async () => {
    const store = createMemoryStore({ now: () => START }, { lasts: true });
    const { simulator } = await connect();
    const env = { SENT_API_KEY: simulator.key };
    const one = await connect({ store, env, fetch: replacing(simulator) });
    const two = await connect({ store, env, fetch: replacing(simulator), keys: 'other' });
    simulator.book.add(NUMBER);
    const change = ({ call }: typeof one, metadata: object) =>
      call('update_contact', { phone_number: NUMBER, metadata });
    const results = await Promise.all([
      change(one, { a: 2 }),
      change(two, { b: 2 }),
      change(one, { c: 2 }),
      change(two, { d: 2 }),
    ]);
    expect(results.filter(({ isError }) => isError)).toEqual([]);
    expect(simulator.book.byPhone(NUMBER)?.metadata).toEqual({ a: 2, b: 2, c: 2, d: 2 });
  });

  test('is changed all the same where nothing can be held, and two changes at once in one process lose neither', async () => {
    const { simulator } = await connect();
    const store = createMemoryStore({ now: () => START }, { lasts: true });
    const hold = async () => {
      throw new AppError('unavailable', 'The folder cannot be written.');
    };
    const session = await connect({
      env: { SENT_API_KEY: simulator.key },
      fetch: replacing(simulator),
      store: { ...store, account: (name) => ({ ...store.account(name), hold }) },
    });
    simulator.book.add(NUMBER);
    const change = (metadata: object) => session.call('update_contact', { phone_number: NUMBER, metadata });
    const results = await Promise.all([
      change({ vip: true }),
      change({ tier: 2 }),
      change({ city: 'Porto' }),
    ]);
    expect(results.map(({ isError }) => isError)).toEqual([false, false, false]);
    expect(simulator.book.byPhone(NUMBER)?.metadata).toEqual({ vip: true, tier: 2, city: 'Porto' });
  });

  test('that the API refuses is not kept here instead', async () => {
    const { call, simulator, services } = await connect();
    simulator.book.add(NUMBER);
    simulator.faults.add({ method: 'PATCH', kind: { status: 400, code: 'VALIDATION_001' } });
    const { text } = await call('update_contact', { phone_number: NUMBER, metadata: { vip: true } });
    expect(text).toMatch(/^invalid_input: /);
    expect((await services.state.read('notes')).entries).toEqual([]);
  });
});

/** The simulator as an API that knows no dry run, and does what it is asked. */
const withoutDryRuns =
  (simulator: Simulator): typeof globalThis.fetch =>
  async (input, init) => {
    const request = new Request(input, init);
    const text = await request.text();
    const { sandbox: _, test_mode: __, ...body } = text === '' ? {} : JSON.parse(text);
    return simulator.fetch(request.url, {
      method: request.method,
      headers: request.headers,
      ...(text !== '' && { body: JSON.stringify(body) }),
    });
  };

describe('a dry run that Sent does not confirm may have been done, so that the next answer looks', () => {
  test.each([
    ['update_contact', { opt_out: true }],
    ['create_contact', { phone_number: '+14155550199', opt_out: true }],
    ['delete_contact', {}],
    ['import_contacts', { phone_numbers: ['+14155550199'] }],
  ] as const)('%s', async (tool, args) => {
    const inner = await connect({ contacts: 400 });
    const session = await connect({
      env: { SENT_API_KEY: inner.simulator.key },
      fetch: withoutDryRuns(inner.simulator),
    });
    const { book } = inner.simulator;
    const known = async () => {
      const { data } = await session.call('search_contacts', { group_by: 'opt_out' });
      return (data.groups as { count: number }[]).map(({ count }) => count).sort((a, b) => a - b);
    };
    const there = () => {
      const out = [...book.all()].filter(({ opt_out }) => opt_out).length;
      return [out, [...book.all()].length - out].sort((a, b) => a - b);
    };
    const before = there();
    expect(await known()).toEqual(before);
    const one = [...book.all()].find(({ opt_out }) => !opt_out);
    const isOfOne = tool === 'update_contact' || tool === 'delete_contact';
    const asked = { ...(isOfOne && { contact_id: one?.id }), ...args, sandbox: true };
    const { text } = await session.call(tool, asked);
    expect(text).toContain('did not confirm');
    if (tool !== 'import_contacts')
      expect(text).toMatch(/^Perhaps (changed|created|deleted), not confirmed as a dry run:/);
    expect(there()).not.toEqual(before);
    expect(await known()).toEqual(there());
  });
});
