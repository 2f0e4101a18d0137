/** Each way to fail, once and for ever, at each mutation and each request of a long send. */
import { describe, expect, test } from 'vitest';
import type { FaultKind } from '../../src/simulator/simulator.ts';
import { stage } from './stage.ts';

/** The fault; how a mutation that meets nothing else ends. */
const FAULTS: [name: string, kind: FaultKind, forEver: string][] = [
  ['500', { status: 500, code: 'INTERNAL_001' }, 'unknown_outcome'],
  ['500 after acting', { status: 500, acts: true }, 'unknown_outcome'],
  ['502 HTML', 'html', 'unknown_outcome'],
  ['503', { status: 503 }, 'unknown_outcome'],
  ['429 with Retry-After', { status: 429, code: 'BUSINESS_002', retryAfter: 3 }, 'rate_limited'],
  ['connection lost before acting', 'lost-before', 'unknown_outcome'],
  ['connection lost after acting', 'lost-after', 'unknown_outcome'],
  ['cut-off body', 'cut-body', 'unknown_outcome'],
  ['empty body', 'empty', 'unknown_outcome'],
  ['hang', 'hang', 'unknown_outcome'],
  ['hang after acting', 'hang-after', 'unknown_outcome'],
  ['CONFLICT_001', { status: 409, code: 'CONFLICT_001' }, 'conflict'],
];
const TIMEOUT_MS = 30_000;
/** A send waits for the limit for so long. */
const CALL_MS = 45_000;
const NUMBER = '+14155550142';

/** A long send: two requests of 1,000 and one of 500. */
const MANY = Array.from({ length: 2_500 }, (_, index) => `+346${String(index).padStart(8, '0')}`);

const TOOLS = {
  create_contact: { method: 'POST', path: /^\/v3\/contacts$/, args: { phone_number: NUMBER } },
  update_contact: {
    method: 'PATCH',
    path: /^\/v3\/contacts\//,
    args: { phone_number: NUMBER, opt_out: true },
  },
  delete_contact: { method: 'DELETE', path: /^\/v3\/contacts\//, args: { phone_number: NUMBER } },
  send_message: { method: 'POST', path: /^\/v3\/messages$/, args: { to: [NUMBER], text: 'Hello' } },
} as const;
type ToolName = keyof typeof TOOLS;

/** A stage on which the tool can do its work, and what is true of the account there. */
async function prepared(tool: ToolName) {
  const set = await stage({ env: { SENT_TIMEOUT_MS: String(TIMEOUT_MS) } });
  const { simulator, clock } = set;
  if (tool === 'update_contact' || tool === 'delete_contact') simulator.book.add(NUMBER);
  const { method, path, args } = TOOLS[tool];
  const size = () => simulator.book.page(1, 1, {}).total;
  const atFirst = size();
  /** How often it was done: a number of times for a message or a contact, else whether it shows. */
  const done = (): number => {
    const contact = simulator.book.byPhone(NUMBER);
    if (tool === 'send_message') return simulator.messages.length;
    if (tool === 'update_contact') return contact?.opt_out ? 1 : 0;
    return Math.abs(size() - atFirst);
  };
  const tries = () =>
    simulator.requests.filter((request) => request.method === method && path.test(request.path));
  const call = async (extra: object = {}) => {
    const from = clock.now();
    const outcome = await set.call(tool, { ...args, ...extra });
    expect(clock.now() - from).toBeLessThanOrEqual(tool === 'send_message' ? CALL_MS : TIMEOUT_MS);
    return outcome;
  };
  return {
    ...set,
    fail: (kind: FaultKind, times?: number) =>
      simulator.faults.add({ method, path, kind, ...(times && { times }) }),
    done,
    tries,
    call,
  };
}

describe.each(Object.keys(TOOLS) as ToolName[])('%s', (tool) => {
  // A deletion is answered with an empty body anyway.
  const faults = FAULTS.filter(([, kind]) => kind !== 'empty' || tool !== 'delete_contact');

  test.each(faults)('%s, once: done, once, and said so', async (_name, kind) => {
    const { fail, call, done, tries } = await prepared(tool);
    fail(kind, 1);
    expect((await call()).code).toBe('ok');
    expect(done()).toBe(1);
    expect(tries()).toHaveLength(2);
    expect(new Set(tries().map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  test.each(faults)(
    '%s, for ever: a true report, and the same call ends it',
    async (_name, kind, forEver) => {
      const { simulator, fail, call, done } = await prepared(tool);
      fail(kind);
      const failed = await call();
      expect(failed.code).toBe(forEver);
      expect(done()).toBeLessThanOrEqual(forEver === 'unknown_outcome' ? 1 : 0);

      simulator.faults.clear();
      const again = await call();
      // What had been deleted without an answer is not found the second time.
      expect(['ok', ...(tool === 'delete_contact' ? ['not_found'] : [])]).toContain(again.code);
      expect(done()).toBe(1);
    },
  );

  test('SERVICE_001 means not run, and is not tried again', async () => {
    const { fail, call, done, tries } = await prepared(tool);
    fail({ status: 503, code: 'SERVICE_001' });
    const { code, text } = await call();
    expect(code).toBe('unavailable');
    expect(text).toContain('nothing was done');
    expect(done()).toBe(0);
    expect(tries()).toHaveLength(1);
  });

  test('a wait beyond the time limit is said and not waited for', async () => {
    const { clock, fail, call, done, tries } = await prepared(tool);
    fail({ status: 429, code: 'BUSINESS_002', retryAfter: 90 });
    const from = clock.now();
    const { code, text } = await call();
    expect([code, clock.now() - from]).toEqual(['rate_limited', 0]);
    expect(text).toContain('Wait 90 seconds');
    expect([done(), tries().length]).toEqual([0, 1]);
  });
});

describe.each([0, 1, 2])('a send of three requests, failing at request %i', (at) => {
  const args = { to: MANY, text: 'Hello' };
  const perPerson = (messages: readonly { to: string }[]) => {
    const counts = new Map<string, number>();
    for (const { to } of messages) counts.set(to, (counts.get(to) ?? 0) + 1);
    return counts;
  };
  const posts = (requests: readonly { method: string; path: string; headers: Record<string, string> }[]) =>
    requests.filter(({ method, path }) => method === 'POST' && path === '/v3/messages');

  const persons = { env: { SENT_CONFIRM: 'never' } };

  test.each(FAULTS)('%s, once', async (_name, kind) => {
    const { simulator, call } = await stage(persons);
    simulator.faults.add({ path: /messages$/, kind, after: at, times: 1 });
    const { code, data } = await call('send_message', args);
    expect(code).toBe('ok');
    expect(simulator.messages).toHaveLength(MANY.length);
    expect(perPerson(simulator.messages).size).toBe(MANY.length);
    expect(data).toMatchObject({ status: 'accepted', accepted: MANY.length });
    expect(posts(simulator.requests)).toHaveLength(4);
  });

  test.each(FAULTS)('%s, for ever; then the same call', async (name, kind, forEver) => {
    const { simulator, call, clock } = await stage(persons);
    simulator.faults.add({ path: /messages$/, kind, after: at });
    const from = clock.now();
    const failed = await call('send_message', args);
    expect(clock.now() - from).toBeLessThanOrEqual(CALL_MS);
    const accepted = at * 1000;
    const isUnknown = forEver === 'unknown_outcome';
    if (at === 0) {
      expect(failed.code).toBe(forEver);
      if (isUnknown) expect(failed.text).toMatch(/\nNext: .*plan: send_\w{16} and nothing else/);
    } else {
      expect(failed.data).toMatchObject({ status: 'partial', accepted });
      expect((failed.data.messages as { to: string }[]).map(({ to }) => to)).toEqual(MANY.slice(0, accepted));
      // A key that is busy belongs to a request that may still be done.
      const mayHaveIt = isUnknown || name === 'CONFLICT_001';
      expect(failed.data.unknown).toEqual(mayHaveIt ? MANY.slice(accepted, accepted + 1000) : []);
      const notSent = MANY.slice(mayHaveIt ? accepted + 1000 : accepted);
      expect((failed.data.not_sent as { to: string }[]).map(({ to }) => to)).toEqual(notSent);
    }
    const went = simulator.messages.length;
    expect(went).toBeGreaterThanOrEqual(accepted);
    if (!isUnknown) expect(went).toBe(accepted);

    simulator.faults.clear();
    const seen = simulator.requests.length;
    const again = await call('send_message', args);
    expect(again.data).toMatchObject({ status: 'accepted', accepted: MANY.length });
    expect(posts(simulator.requests.slice(seen))).toHaveLength(3 - at);
    expect(simulator.messages).toHaveLength(MANY.length);
    expect(perPerson(simulator.messages).size).toBe(MANY.length);
  });
});

test('a failure while an unfinished send is repeated does not claim that nothing went out', async () => {
  const { simulator, call } = await stage();
  const args = { to: [NUMBER], text: 'Hello' };
  simulator.faults.add({ path: /messages$/, kind: 'hang-after' });
  const plan = /plan: (send_\w+)/.exec((await call('send_message', args)).text)?.[1];
  for (const kind of [
    { status: 401, code: 'AUTH_002' },
    { status: 429, code: 'BUSINESS_002' },
    { status: 503, code: 'SERVICE_001' },
    { status: 403 },
  ]) {
    simulator.faults.clear();
    simulator.faults.add({ path: /messages$/, kind });
    const { code, text } = await call('send_message', args);
    expect(code).toBe('unknown_outcome');
    expect(text).toContain(`plan: ${plan}`);
  }
  simulator.faults.clear();
  expect((await call('send_message', { plan })).data.status).toBe('accepted');
  expect(simulator.messages).toHaveLength(1);
});
