import { describe, expect, test } from 'vitest';
import type { OpenAccount } from '../../src/app/account.ts';
import { createAccounts } from '../../src/app/registry.ts';
import { AppError, type ErrorCode } from '../../src/errors.ts';
import { createManualClock } from '../http/manual-clock.ts';

const MINUTE_MS = 60_000;

/** Accounts named by the letter that their keys begin with; each has as many contacts as `contacts` says. */
function registry({ maxContacts = 100, maxAccounts = 10, contacts = {} as Record<string, number> } = {}) {
  const clock = createManualClock();
  const log: string[] = [];
  let failure: ErrorCode | undefined;
  const accounts = createAccounts({
    clock,
    fetch: async (input, init) => new Response(new Request(input, init).headers.get('x-api-key')),
    open(api) {
      const [name = ''] = api.apiKey;
      log.push(`open ${name}`);
      const headers = { 'x-api-key': api.apiKey };
      const carriedKey = async () => (await api.fetch('http://localhost', { headers })).text();
      const rooms = {
        contacts: { inMemory: () => contacts[name] ?? 0, carriedKey },
        confirm: 'auto',
        close: () => log.push(`close ${name}`),
      };
      return rooms as unknown as OpenAccount;
    },
    async identify(key) {
      log.push(`identify ${key}`);
      if (failure) throw new AppError(failure, 'No.');
      return key.slice(0, 1);
    },
    maxContacts,
    maxAccounts,
  });
  const use = async (key: string) => {
    const account = await accounts.admit(key);
    const release = account.hold();
    account.services();
    release();
  };
  const identified = () => log.filter((line) => line.startsWith('identify')).length;
  const fail = (code?: ErrorCode): void => {
    failure = code;
  };
  return { accounts, clock, log, use, identified, fail };
}

describe('whose key it is', () => {
  test('is asked once for five minutes, however many ask', async () => {
    const { accounts, clock, identified } = registry();
    const ids = await Promise.all(['a1', 'a1', 'a2'].map((key) => accounts.admit(key)));
    expect(ids.map(({ id }) => id)).toEqual(['a', 'a', 'a']);
    expect(identified()).toBe(2);
    await clock.advance(4 * MINUTE_MS);
    await accounts.admit('a1');
    expect(identified()).toBe(2);
    await clock.advance(2 * MINUTE_MS);
    await accounts.admit('a1');
    expect(identified()).toBe(3);
  });

  test('is asked anew: a key that was taken back opens nothing, though its account is in memory', async () => {
    const { accounts, clock, fail } = registry();
    await accounts.admit('a1');
    fail('unauthorized');
    await clock.advance(6 * MINUTE_MS);
    await expect(accounts.admit('a1')).rejects.toMatchObject({ code: 'unauthorized' });
    fail();
    await expect(accounts.admit('a1')).rejects.toMatchObject({ code: 'unauthorized' });
    await clock.advance(MINUTE_MS);
    await accounts.admit('a1');
  });

  test('is remembered for an hour while the API cannot be asked; who was never known stays out', async () => {
    const { accounts, clock, fail } = registry();
    await accounts.admit('a1');
    fail('unavailable');
    await clock.advance(50 * MINUTE_MS);
    expect((await accounts.admit('a1')).id).toBe('a');
    await expect(accounts.admit('b1')).rejects.toMatchObject({ code: 'unavailable' });
    await clock.advance(70 * MINUTE_MS);
    await expect(accounts.admit('a1')).rejects.toMatchObject({ code: 'unavailable' });
  });
});

test('keys of one account share its rooms, and each request carries the key of who made it', async () => {
  const { accounts, log } = registry();
  const [one, two, other] = [
    await accounts.admit('a1'),
    await accounts.admit('a2'),
    await accounts.admit('b1'),
  ];
  type Stub = { carriedKey(): Promise<string> };
  const carried = ({ services }: typeof one) => (services().contacts as unknown as Stub).carriedKey();
  const all = async () => {
    const work = [one, two, other, two, one].map((by) => by.enter(() => carried(by)));
    return (await Promise.all(work)).join();
  };
  expect(await all()).toBe('a1,a2,b1,a2,a1');
  expect(await two.enter(() => one.enter(() => carried(one)))).toBe('a1');
  expect(log.filter((line) => line.startsWith('open'))).toEqual(['open a', 'open b']);
});

describe('memory', () => {
  test('the account used least is given back when contacts are too many, and opened again when it is used', async () => {
    const { accounts, log, use } = registry({ contacts: { a: 50, b: 40, c: 30 } });
    const a = await accounts.admit('a1');
    await use('a1');
    await use('b1');
    expect(accounts.size()).toEqual({ accounts: 2, contacts: 90 });
    await use('c1');
    expect(accounts.size()).toEqual({ accounts: 2, contacts: 70 });
    expect(log).toContain('close a');
    expect(a.services().contacts.inMemory()).toBe(50);
    expect(log.filter((line) => line === 'open a')).toHaveLength(2);
  });

  test('an account at work is never given back', async () => {
    const { accounts, log, use } = registry({ contacts: { a: 90, b: 90 } });
    const done = (await accounts.admit('a1')).hold();
    await use('b1');
    expect(log).not.toContain('close a');
    done();
    done();
    expect(accounts.size()).toEqual({ accounts: 1, contacts: 90 });
  });

  test('accounts are bounded in number too, and one alone may be as large as it is', async () => {
    const { accounts, log, use } = registry({ maxAccounts: 2, maxContacts: 10, contacts: { z: 1_000 } });
    for (const key of ['a', 'b', 'c', 'd']) await use(key);
    expect(log.filter((line) => line.startsWith('close'))).toEqual(['close a', 'close b']);
    await use('z');
    expect(accounts.size()).toEqual({ accounts: 1, contacts: 1_000 });
    await accounts.close();
    expect(accounts.size()).toEqual({ accounts: 0, contacts: 0 });
  });
});
