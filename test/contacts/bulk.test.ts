/** Bulk changes by plans: exactly what was shown, once, at the speed of the rate limit, whatever comes between. */
import { describe, expect, test } from 'vitest';
import { createBulk, createOneOfMany } from '../../src/contacts/bulk/index.ts';
import { createApply, createContactLock } from '../../src/contacts/changes/index.ts';
import { toContact } from '../../src/contacts/model/index.ts';
import { createNotes } from '../../src/contacts/people/index.ts';
import { AppError } from '../../src/errors.ts';
import { createSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/simulator.ts';
import { createMemoryStore, type StateStore } from '../../src/state/index.ts';
import { client, KEY } from '../sent/client.ts';
import { createVirtualClock, type VirtualClock } from '../virtual-clock.ts';

/** An account with people in it, on a clock that all its processes share. */
function account(options: SimulatorOptions = {}) {
  const clock = createVirtualClock();
  const simulator = createSimulator({
    key: KEY,
    now: clock.trueTime,
    sleep: clock.work,
    contacts: 40,
    ...options,
  });
  const store = createMemoryStore(clock, { lasts: true });
  /** Everybody as the directory would know them. */
  const everybody = async () => {
    const { sent } = client(simulator.fetch, { clock });
    const pages = Math.ceil(simulator.book.page(1, 1, {}).total / 100);
    const rows = [];
    for (let page = 1; page <= pages; page++)
      rows.push(...(await sent.listContacts({ page, pageSize: 100 })).rows);
    return rows.map(toContact);
  };
  const mutations = () => simulator.requests.filter(({ method }) => method !== 'GET');
  return { clock, simulator, store, everybody, mutations };
}

let processes = 0;
/** One process of the account: the rooms of bulk changes over the real client. */
function processOf({ clock, simulator, store }: ReturnType<typeof account>, state = stateOf(store)) {
  const name = ++processes;
  let keys = 0;
  const newKey = () => `process-${name}-key-${++keys}`;
  const { sent } = client(simulator.fetch, { clock, newKey });
  const notes = createNotes(state);
  const told = { expired: 0, wrote: 0, removed: 0 };
  const directory = {
    recordChange: async () => void told.wrote++,
    recordRemoval: async () => void told.removed++,
    invalidate: () => void told.expired++,
  };
  const apply = createApply({ client: sent, notes, lock: createContactLock(state, clock) });
  const bulk = createBulk({
    client: sent,
    state,
    clock,
    newKey,
    one: createOneOfMany({ client: sent, directory, notes, apply }),
    invalidate: directory.invalidate,
  });
  const questions: string[] = [];
  const leave = new AbortController();
  const caller = {
    signal: leave.signal,
    canAsk: true,
    progress: () => {},
    confirm: async (question: string) => void questions.push(question),
  };
  return { bulk, caller, questions, leave, notes, told };
}
const stateOf = (store: StateStore) => store.account('one');

const OPT_OUT = { kind: 'update', changes: { opt_out: true }, sandbox: false } as const;
const DELETE = { kind: 'delete', changes: {}, sandbox: false } as const;
const WHATSAPP = { kind: 'update', changes: { default_channel: 'whatsapp' }, sandbox: false } as const;

describe('a plan', () => {
  test('says who, where, who is skipped and why, and what it takes; nothing is done', async () => {
    const set = account();
    const { bulk, caller } = processOf(set);
    const contacts = await set.everybody();
    const optedOut = contacts.filter(({ opt_out }) => opt_out).length;
    expect(optedOut).toBeGreaterThan(0);
    const preview = await bulk.preview(OPT_OUT, { contacts, notContacts: ['+15550100'] }, caller);
    expect(preview).toMatchObject({
      status: 'preview',
      count: contacts.length - optedOut,
      opted_out: 0,
      requests: contacts.length - optedOut,
      skipped: [
        { reason: 'not_a_contact', count: 1, phone_numbers: ['+15550100'] },
        { reason: 'unchanged', count: optedOut },
      ],
    });
    expect(preview.plan).toMatch(/^update_[a-z2-7]{13}$/);
    expect(preview.countries.reduce((sum, { count }) => sum + count, 0)).toBe(preview.count);
    expect((await bulk.preview(WHATSAPP, { contacts }, caller)).opted_out).toBeGreaterThan(0);
    expect(set.mutations()).toEqual([]);
  });

  test('opts out whoever may have come back since they were last looked at', async () => {
    const set = account();
    const { bulk, caller } = processOf(set);
    const contacts = await set.everybody();
    const skippedAt = async (asOf: number) =>
      (await bulk.preview(OPT_OUT, { contacts, asOf }, caller)).skipped.length;
    expect(await skippedAt(set.clock.now() - 30_000)).toBe(1);
    expect(await skippedAt(set.clock.now() - 90_000)).toBe(0);
  });

  test('for more than 10,000 people is refused, and one for nobody is none', async () => {
    const { bulk, caller } = processOf(account());
    const [one] = await account().everybody();
    if (!one) throw new Error('nobody');
    const many = Array.from({ length: 10_001 }, (_, i) => ({ ...one, id: `id-${i}` }));
    await expect(bulk.preview(DELETE, { contacts: many }, caller)).rejects.toThrow('10001 people');
    const nobody = await bulk.preview(DELETE, { contacts: [] }, caller);
    expect(nobody).toMatchObject({ count: 0, requests: 0 });
    expect(nobody.plan).toBeUndefined();
  });

  test('is done once, and the same call again tells when', async () => {
    const set = account();
    const { bulk, caller, questions } = processOf(set);
    const { plan = '', count } = await bulk.preview(DELETE, { contacts: await set.everybody() }, caller);
    const go = () => bulk.carryOut('delete', plan, caller, { sandbox: false });
    expect(await go()).toEqual({ status: 'done', plan, done: count, failed: [], remaining: 0 });
    expect(set.simulator.book.page(1, 1, {}).total).toBe(0);
    const requests = set.mutations().length;
    expect(requests).toBe(count);
    expect(await go()).toMatchObject({ done: count, done_at: expect.any(String) });
    expect(set.mutations()).toHaveLength(requests);
    expect(questions).toHaveLength(1);
  });

  test('of another tool, a made-up one, and one of yesterday are refused with what to do', async () => {
    const set = account();
    const { bulk, caller } = processOf(set);
    const { plan = '' } = await bulk.preview(DELETE, { contacts: await set.everybody() }, caller);
    const go = (kind: 'update' | 'delete', handle: string) =>
      bulk
        .carryOut(kind, handle, caller, { sandbox: false })
        .catch(({ code, message }: AppError) => `${code}: ${message}`);
    expect(await go('update', plan)).toBe('invalid_input: This plan belongs to delete_contact.');
    expect(await go('update', 'send_aaaaaaaaaaaaa')).toBe(
      'invalid_input: This plan belongs to send_message.',
    );
    expect(await go('delete', 'delete_aaaaaaaaaaaaa')).toMatch(/^invalid_input: This plan is unknown here/);
    expect(await go('delete', 'sel_aaaaaaaaaaaaa')).toMatch(/^invalid_input: plan is not the handle/);
    set.clock.advance(25 * 3_600_000);
    expect(await go('delete', plan)).toMatch(/^invalid_input: .*more than a day old/);
    expect(set.mutations()).toEqual([]);
  });

  test('made as a dry run changes nothing when it is carried out', async () => {
    const set = account();
    const { bulk, caller, questions } = processOf(set);
    const contacts = await set.everybody();
    const preview = await bulk.preview({ ...DELETE, sandbox: true }, { contacts }, caller);
    const { plan = '', count } = preview;
    expect(preview.warnings?.join()).toContain('dry run');
    const result = await bulk.carryOut('delete', plan, caller, { sandbox: false });
    expect(result).toMatchObject({ done: count, sandbox: true });
    expect(set.simulator.book.page(1, 1, {}).total).toBe(contacts.length);
    expect(questions).toEqual([]);
  });
});

describe('opting many back in', () => {
  test('asks with each country and its count, whatever the settings say', async () => {
    const set = account();
    const { bulk, caller } = processOf(set);
    const contacts = await set.everybody();
    const back = { kind: 'update', changes: { opt_out: false }, sandbox: false } as const;
    const { plan = '', warnings = [], countries } = await bulk.preview(back, { contacts }, caller);
    expect(warnings.join()).toMatch(/\d+ of them opted out and would be opted back in/);
    const asked: unknown[] = [];
    const confirm = async (question: string, about?: object) => void asked.push(question, about);
    await bulk.carryOut('update', plan, { ...caller, confirm }, { sandbox: false });
    expect(asked[1]).toMatchObject({ plan, always: true });
    for (const { count } of countries) expect(asked[0]).toMatch(new RegExp(`\\b${count}\\b`));
    expect([...set.simulator.book.all()].filter(({ opt_out }) => opt_out)).toEqual([]);
  });

  test('is not done where nobody can be asked', async () => {
    const set = account();
    const { bulk, caller } = processOf(set);
    const back = { kind: 'update', changes: { opt_out: false }, sandbox: false } as const;
    const { plan = '' } = await bulk.preview(back, { contacts: await set.everybody() }, caller);
    const alone = { ...caller, canAsk: false };
    await expect(bulk.carryOut('update', plan, alone, { sandbox: false })).rejects.toMatchObject({
      code: 'forbidden',
    });
    expect(set.mutations()).toEqual([]);
  });

  test('leaves out who was not opted out when the plan was shown', async () => {
    const set = account();
    const { bulk, caller } = processOf(set);
    const contacts = (await set.everybody()).filter(({ opt_out }) => !opt_out);
    const changes = { opt_out: false, default_channel: 'whatsapp' };
    const { plan = '' } = await bulk.preview(
      { kind: 'update', changes, sandbox: false },
      { contacts },
      caller,
    );
    const later = [...set.simulator.book.all()].find(({ id }) => id === contacts[0]?.id);
    if (!later) throw new Error('nobody');
    set.simulator.book.change(later, { opt_out: true });
    await bulk.carryOut('update', plan, caller, { sandbox: false });
    expect([...set.simulator.book.all()].find(({ id }) => id === later.id)?.opt_out).toBe(true);
  });
});

describe('what comes between', () => {
  test('a call ends in time for the host, and the same call goes on', async () => {
    const set = account({ contacts: 400, rateLimit: { perMinute: 200, burst: 50 } });
    const { bulk, caller, questions } = processOf(set);
    const contacts = await set.everybody();
    const { plan = '', count } = await bulk.preview(OPT_OUT, { contacts }, caller);
    const from = set.clock.monotonic();
    const first = await bulk.carryOut('update', plan, caller, { sandbox: false });
    expect(set.clock.monotonic() - from).toBeLessThanOrEqual(45_000);
    expect(first.status).toBe('partial');
    expect(first.done).toBeGreaterThan(100);
    expect(first.done + first.remaining).toBe(count);
    expect(first.failed).toEqual([]);
    let last = first;
    while (last.remaining > 0) last = await bulk.carryOut('update', plan, caller, { sandbox: false });
    expect(last).toMatchObject({ status: 'done', done: count });
    expect(set.mutations()).toHaveLength(count);
    expect(questions).toHaveLength(1);
  });

  test('another process goes on with it after a crash, and nobody is changed twice', async () => {
    const set = account({ contacts: 120, latencyMs: 100 });
    const contacts = await set.everybody();
    const one = processOf(set);
    const { plan = '', count } = await one.bulk.preview(OPT_OUT, { contacts }, one.caller);
    // The process dies in the middle: its requests end, and what it would write is lost.
    let isDead = false;
    const state = stateOf(set.store);
    const dying = {
      ...state,
      append: (...args: Parameters<typeof state.append>) =>
        isDead ? new Promise<void>(() => {}) : state.append(...args),
    };
    const two = processOf(set, dying);
    void two.bulk.carryOut('update', plan, two.caller, { sandbox: false });
    while (set.mutations().length < count / 2) await set.clock.sleep(10);
    isDead = true;
    const three = processOf(set, { ...state, hold: async () => ({ release: async () => {} }) });
    const result = await three.bulk.carryOut('update', plan, three.caller, { sandbox: false });
    expect(result).toMatchObject({ status: 'done', done: count });
    expect(three.questions).toEqual([]); // The yes was given to this plan already.
    const keys = new Map<string, number>();
    for (const { path, headers } of set.mutations()) keys.set(`${path} ${headers['idempotency-key']}`, 1);
    expect(keys.size).toBe(count); // What went out twice went out under the same key, and ran once.
  });

  test('two processes at once do it once', async () => {
    const set = account({ latencyMs: 50 });
    const one = processOf(set);
    const two = processOf(set);
    const { plan = '', count } = await one.bulk.preview(
      DELETE,
      { contacts: await set.everybody() },
      one.caller,
    );
    const results = await Promise.all(
      [one, two].map(({ bulk, caller }) => bulk.carryOut('delete', plan, caller, { sandbox: false })),
    );
    for (const { done, remaining } of results) expect([done, remaining]).toEqual([count, 0]);
    expect(results.filter(({ done_at }) => done_at !== undefined)).toHaveLength(1);
    expect(await stateOf(set.store).hold(`plan ${plan}`)).toBeDefined();
    expect(set.mutations()).toHaveLength(count);
  });

  test('what fails in passing has a second try, and what fails for good is named', async () => {
    const set = account();
    const { bulk, caller, told } = processOf(set);
    const contacts = await set.everybody();
    const gone = [...set.simulator.book.all()].find(({ id }) => id === contacts[7]?.id);
    const { plan = '', count } = await bulk.preview(
      { ...OPT_OUT, changes: { metadata: { seen: true } } },
      { contacts },
      caller,
    );
    if (gone) set.simulator.book.remove(gone);
    // Each of these outlasts the tries of one call.
    set.simulator.faults.add({ path: new RegExp(`${contacts[3]?.id}$`), kind: { status: 503 }, times: 5 });
    const result = await bulk.carryOut('update', plan, caller, { sandbox: false });
    expect(result).toMatchObject({
      status: 'partial',
      done: count - 1,
      failed: [{ phone_number: contacts[7]?.phone_number, code: 'not_found' }],
      remaining: 0,
    });
    expect(told.wrote).toBe(count - 1);
  });

  test('what does not pass at all is tried again by the same call', async () => {
    const set = account();
    const { bulk, caller } = processOf(set);
    const contacts = await set.everybody();
    const { plan = '', count } = await bulk.preview(DELETE, { contacts }, caller);
    const [, , person] = contacts;
    set.simulator.faults.add({
      path: new RegExp(`${person?.id}$`),
      kind: { status: 503, code: 'INTERNAL_005' },
    });
    const go = () => bulk.carryOut('delete', plan, caller, { sandbox: false });
    const first = await go();
    expect(first.done).toBe(count - 1);
    expect(first.failed.map(({ phone_number }) => phone_number)).toEqual([person?.phone_number]);
    set.simulator.faults.clear();
    expect(await go()).toMatchObject({ status: 'done', done: count, failed: [], remaining: 0 });
  });

  test('a wrong key costs one request and is an error', async () => {
    const set = account();
    const { bulk, caller } = processOf(set);
    const { plan = '' } = await bulk.preview(DELETE, { contacts: await set.everybody() }, caller);
    set.simulator.faults.add({ kind: { status: 401, code: 'AUTH_002' } });
    await expect(bulk.carryOut('delete', plan, caller, { sandbox: false })).rejects.toMatchObject({
      code: 'unauthorized',
    });
    expect(set.mutations()).toHaveLength(1);
  });

  test('a dry run that Sent does not confirm stops at the first', async () => {
    const set = account();
    const bare = {
      ...set.simulator,
      fetch: async (input: string | URL | Request, init?: RequestInit) => {
        const response = await set.simulator.fetch(input, init);
        const headers = new Headers(response.headers);
        for (const name of ['x-sandbox', 'x-test-mode']) headers.delete(name);
        return new Response(response.status === 204 ? null : response.body, {
          status: response.status,
          headers,
        });
      },
    };
    const { bulk, caller } = processOf({ ...set, simulator: bare });
    const contacts = await set.everybody();
    const { plan = '' } = await bulk.preview(OPT_OUT, { contacts }, caller);
    await expect(bulk.carryOut('update', plan, caller, { sandbox: true })).rejects.toThrow('did not confirm');
    expect(set.mutations()).toHaveLength(1);

    // Somebody who is gone confirms nothing: still one at most may have been deleted, and no call is advised.
    const { plan: deletion = '' } = await bulk.preview(DELETE, { contacts }, caller);
    const first = set.simulator.book.byPhone(contacts[0]?.phone_number ?? '');
    if (first) set.simulator.book.remove(first);
    const failure = await bulk
      .carryOut('delete', deletion, caller, { sandbox: true })
      .catch((error) => error);
    expect(failure).toMatchObject({ code: 'forbidden', next: expect.not.stringContaining('same call') });
    expect(set.mutations()).toHaveLength(1 + 2);
  });

  test('who leaves in the middle finds it going on where it stood', async () => {
    const set = account({ latencyMs: 200 });
    const { bulk, caller, leave } = processOf(set);
    const { plan = '', count } = await bulk.preview(DELETE, { contacts: await set.everybody() }, caller);
    const running = bulk.carryOut('delete', plan, caller, { sandbox: false });
    while (set.mutations().length < 10) await set.clock.sleep(20);
    leave.abort();
    const left = await running;
    expect(left.remaining).toBeGreaterThan(0);
    const again = { ...caller, signal: new AbortController().signal };
    expect(await bulk.carryOut('delete', plan, again, { sandbox: false })).toMatchObject({
      status: 'done',
      done: count,
    });
    expect(set.mutations()).toHaveLength(count);
  });
});

test('metadata that Sent does not keep costs no more requests than to find that out', async () => {
  const set = account({ metadata: 'ignored' });
  const { bulk, caller, notes } = processOf(set);
  const contacts = await set.everybody();
  const changes = { metadata: { vip: true } };
  const { plan = '', count } = await bulk.preview(
    { kind: 'update', changes, sandbox: false },
    { contacts },
    caller,
  );
  expect(await bulk.carryOut('update', plan, caller, { sandbox: false })).toMatchObject({ done: count });
  expect(set.mutations()).toHaveLength(1);
  expect((await notes.all()).size).toBe(count);
});

test.each([
  ['a bucket', { perMinute: 200, burst: 50 }],
  ['a full bucket', { perMinute: 200, burst: 200 }],
])(
  '1,000 changes under 200 requests a minute (%s) take no more than 1.1 times what the limit allows, with no 429',
  async (_, rateLimit) => {
    const set = account({ contacts: 1_000, rateLimit });
    const { bulk, caller } = processOf(set);
    const contacts = await set.everybody();
    set.clock.advance(120_000); // The account has come to rest.
    const { plan = '', count } = await bulk.preview(
      { ...OPT_OUT, changes: { metadata: undefined, default_channel: 'sms' } },
      { contacts },
      caller,
    );
    const from = set.clock.monotonic();
    for (let left = count; left > 0; )
      left = (await bulk.carryOut('update', plan, caller, { sandbox: false })).remaining;
    const allowedMs = ((count - rateLimit.burst) / rateLimit.perMinute) * 60_000;
    expect(set.clock.monotonic() - from).toBeLessThanOrEqual(1.1 * allowedMs);
    expect(set.mutations()).toHaveLength(count);
    expect(set.simulator.requests.filter(({ method }) => method === 'PATCH').length).toBe(count);
  },
);

/** A limit of so many requests in each minute, as a gateway counts them, over a simulator that has none. */
function windowed({ fetch }: Simulator, clock: VirtualClock, perMinute: number) {
  const counted = { minute: -1, requests: 0, refused: 0 };
  const limited: typeof fetch = async (input, init) => {
    const minute = Math.floor(clock.trueTime() / 60_000);
    if (minute !== counted.minute) Object.assign(counted, { minute, requests: 0 });
    const resetAt = (minute + 1) * 60;
    const told = (): Record<string, string> => ({
      'x-ratelimit-limit': String(perMinute),
      'x-ratelimit-remaining': String(Math.max(0, perMinute - counted.requests)),
      'x-ratelimit-reset': String(resetAt),
    });
    if (++counted.requests > perMinute) {
      counted.refused++;
      const error = { code: 'BUSINESS_002', message: 'Too many requests' };
      const retryAfter = String(Math.ceil(resetAt - clock.trueTime() / 1000));
      return Response.json(
        { success: false, data: null, error },
        { status: 429, headers: { ...told(), 'retry-after': retryAfter } },
      );
    }
    const response = await fetch(input, init);
    for (const [name, value] of Object.entries(told())) response.headers.set(name, value);
    return response;
  };
  return { fetch: limited, counted };
}

test('the same in windows of a minute', async () => {
  const set = account({ contacts: 1_000 });
  const contacts = await set.everybody();
  const { fetch, counted } = windowed(set.simulator, set.clock, 200);
  const { bulk, caller } = processOf({ ...set, simulator: { ...set.simulator, fetch } });
  const { plan = '', count } = await bulk.preview(WHATSAPP, { contacts }, caller);
  const from = set.clock.monotonic();
  for (let left = count; left > 0; )
    left = (await bulk.carryOut('update', plan, caller, { sandbox: false })).remaining;
  expect(set.clock.monotonic() - from).toBeLessThanOrEqual(1.1 * (count / 200) * 60_000);
  expect(counted.refused).toBe(0);
});

test('where the limit asks to wait for longer than a call may take, what is done is told, and how long to wait', async () => {
  const set = account();
  const { bulk, caller } = processOf(set);
  const contacts = await set.everybody();
  const { plan = '', count } = await bulk.preview(DELETE, { contacts }, caller);
  const go = () => bulk.carryOut('delete', plan, caller, { sandbox: false });
  const kind = { status: 429, code: 'BUSINESS_002', retryAfter: 55 };
  set.simulator.faults.add({ method: 'DELETE', kind, after: 10 });
  const from = set.clock.monotonic();
  const first = await go();
  expect(set.clock.monotonic() - from).toBeLessThan(10_000);
  expect(first).toMatchObject({ status: 'partial', done: 10, remaining: count - 10, failed: [] });
  expect(first.warnings?.join()).toMatch(/rate_limited.*Wait \d+ seconds/);
  expect((await go()).warnings?.join()).toMatch(/rate_limited.*Wait \d+ seconds/);
  set.simulator.faults.clear();
  set.clock.advance(60_000);
  expect(await go()).toMatchObject({ status: 'done', done: count });
});

describe('what the API does to single ones', () => {
  test('all of it failing is found out after a few', async () => {
    const set = account({ contacts: 200 });
    const { bulk, caller } = processOf(set);
    const { plan = '' } = await bulk.preview(DELETE, { contacts: await set.everybody() }, caller);
    set.simulator.faults.add({ method: 'DELETE', kind: { status: 503, code: 'SERVICE_001' } });
    await expect(bulk.carryOut('delete', plan, caller, { sandbox: false })).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(set.mutations().length).toBeLessThanOrEqual(24 + 8);
  });

  test('who is gone already counts as deleted, and their notes go too', async () => {
    const set = account({ metadata: 'ignored' });
    const { bulk, caller, notes } = processOf(set);
    const contacts = await set.everybody();
    const [one, other] = contacts;
    await notes.set(one?.id ?? '', { vip: true });
    const { plan = '', count } = await bulk.preview(DELETE, { contacts }, caller);
    const gone = [...set.simulator.book.all()].find(({ id }) => id === other?.id);
    if (gone) set.simulator.book.remove(gone);
    expect(await bulk.carryOut('delete', plan, caller, { sandbox: false })).toMatchObject({
      status: 'done',
      done: count,
    });
    expect((await notes.all()).size).toBe(0);
  });

  test('a change that is taken and not stored is a failure', async () => {
    const set = account();
    const forgetful: typeof fetch = (input, init) =>
      set.simulator.fetch(
        input,
        init?.method === 'PATCH' || (input as Request).method === 'PATCH'
          ? { ...init, body: '{"opt_out":null}' }
          : init,
      );
    const { bulk, caller } = processOf({ ...set, simulator: { ...set.simulator, fetch: forgetful } });
    const contacts = (await set.everybody()).filter(({ opt_out }) => !opt_out).slice(0, 3);
    const { plan = '' } = await bulk.preview(OPT_OUT, { contacts }, caller);
    const result = await bulk.carryOut('update', plan, caller, { sandbox: false });
    expect(result).toMatchObject({ done: 0, remaining: 0 });
    expect(result.failed.map(({ code }) => code)).toEqual(['conflict', 'conflict', 'conflict']);
  });

  test('a note that cannot be written is a failure, though the rest was changed', async () => {
    const set = account({ metadata: 'ignored' });
    const state = stateOf(set.store);
    const full: typeof state.append = async (log, entry) => {
      if (log === 'notes') throw new AppError('unavailable', 'The disk is full.');
      return state.append(log, entry);
    };
    const { bulk, caller } = processOf(set, { ...state, append: full });
    const contacts = (await set.everybody()).slice(0, 3);
    const changes = { default_channel: 'whatsapp', metadata: { vip: true } };
    const { plan = '' } = await bulk.preview({ ...WHATSAPP, changes }, { contacts }, caller);
    const result = await bulk.carryOut('update', plan, caller, { sandbox: false });
    expect(result.failed.map(({ code }) => code)).toEqual(['unavailable', 'unavailable', 'unavailable']);
  });

  test('what may have been done unseen is read anew', async () => {
    const set = account();
    const { bulk, caller, told } = processOf(set);
    const contacts = await set.everybody();
    const { plan = '', count } = await bulk.preview(DELETE, { contacts }, caller);
    set.simulator.faults.add({
      path: new RegExp(`${contacts[2]?.id}$`),
      kind: { status: 500, code: 'INTERNAL_001' },
    });
    const result = await bulk.carryOut('delete', plan, caller, { sandbox: false });
    expect(result.done).toBeLessThan(count);
    expect(told.expired).toBeGreaterThan(0);
  });
});
