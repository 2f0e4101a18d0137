/** One contact, by its id or its number, with as few requests as that takes. */
import { describe, expect, it } from 'vitest';
import { createDirectory } from '../../src/contacts/directory/directory.ts';
import { createFinder } from '../../src/contacts/directory/finder.ts';
import { toContact } from '../../src/contacts/model/contact.ts';
import { createSimulator } from '../../src/simulator/simulator.ts';
import { client } from '../sent/client.ts';
import { createVirtualClock, START } from '../virtual-clock.ts';

const NOBODY = '6ba7b810-9dad-41d1-80b4-00c04fd430c8';

/** @param isUnaware the API does not know `phone`, and answers with any contacts. */
function stage({ isUnaware = false, contacts = 250 } = {}) {
  const clock = createVirtualClock(START);
  const simulator = createSimulator({ now: clock.trueTime, sleep: clock.work, contacts });
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const { url, headers, signal } = new Request(input, init);
    const asked = new URL(url);
    if (isUnaware) asked.searchParams.delete('phone');
    return clock.during(simulator.fetch(asked, { headers, signal }));
  };
  const { sent } = client(fetch, { clock, apiKey: simulator.key });
  const directory = createDirectory(sent, { clock });
  const finder = createFinder(sent, directory, { defaultCountry: 'ES' });
  const leaving = new AbortController();
  const caller = { signal: leaving.signal, progress: () => {} };
  const [first, second] = [...simulator.book.all()];
  if (!first || !second) throw new Error('nobody there');
  simulator.book.add('+34612345678');
  return {
    ...{ simulator, directory, first, second },
    leave: () => leaving.abort(),
    one: (key: Parameters<typeof finder.one>[0]) => outcome(finder.one(key, caller)),
    byNumber: (e164: string) => outcome(finder.byNumber(e164, caller)),
    find: (key: Parameters<typeof finder.find>[0]) => outcome(finder.find(key, caller)),
    know: async (id: string) => directory.merge([toContact(await sent.getContact(id, caller))]),
    wire: () => simulator.requests.splice(0).map(({ path }) => path.replace(/^\/v3\/contacts\/?/, '')),
  };
}
/** The number found, the code of the failure, or undefined. */
const outcome = (found: Promise<Parameters<typeof toContact>[0] | undefined>) =>
  found.then(
    (sent) => sent && toContact(sent).phone_number,
    (error: { code: string }) => error.code,
  );

describe('a contact by exactly one key', () => {
  it.each([[{}], [{ contact_id: 'c', phone_number: '+34612345678' }]])('%j is refused', async (key) => {
    const it = stage();
    expect(await it.one(key)).toBe('invalid_input');
    expect(it.wire()).toEqual([]);
  });

  it('is found by id, by a number in any format, and by a number as id, with one request', async () => {
    const it = stage();
    const { id, e164 } = it.first;
    expect(await it.one({ contact_id: id })).toBe(e164);
    expect(it.wire()).toEqual([id]);
    for (const key of [{ phone_number: '612 34 56 78' }, { contact_id: '+34 612 345 678' }]) {
      expect(await it.one(key)).toBe('+34612345678');
      expect(it.wire()).toEqual(['']);
    }
    expect(await it.one({ phone_number: '+34600000001' })).toBe('not_found');
    expect(await it.one({ contact_id: NOBODY })).toBe('not_found');
  });
});

describe('by number', () => {
  it('an API that finds nothing, with an empty list or an error, has nobody', async () => {
    const it = stage();
    expect(await it.byNumber('+34600000001')).toBeUndefined();
    it.simulator.faults.add({ kind: { status: 404, code: 'RESOURCE_001' } });
    expect(await it.byNumber(it.first.e164)).toBeUndefined();
    it.simulator.faults.clear();
    it.simulator.faults.add({ kind: { status: 403, code: 'AUTH_004' } });
    expect(await it.byNumber(it.first.e164)).toBe('forbidden');
    expect(it.directory.state().read).toBe(0);
  });

  it('somebody who is known is not believed to be gone before the id says so', async () => {
    const it = stage();
    const { id, e164 } = it.first;
    await it.know(id);
    it.wire();
    it.simulator.faults.add({ path: /contacts$/, kind: { status: 404, code: 'RESOURCE_001' } });
    expect(await it.byNumber(e164)).toBe(e164);
    expect(it.wire()).toEqual(['', id]);
    it.simulator.book.remove(it.first);
    expect(await it.byNumber(e164)).toBeUndefined();
  });

  it('an id that has another number by now is not the one', async () => {
    const it = stage();
    await it.know(it.first.id);
    const { contacts: [known] = [] } = it.directory.book.search(
      { tests: [], text: undefined, asksPeople: false, readAs: '' },
      'newest',
      1,
    );
    if (known) it.directory.merge([{ ...known, phone_number: '+34600000001' }]);
    expect(await it.byNumber('+34600000001')).toBeUndefined();
  });

  it('where the API does not look for it, the account is read', async () => {
    const it = stage({ isUnaware: true });
    expect(await it.byNumber(it.second.e164)).toBe(it.second.e164);
    expect(it.wire()).toEqual(['', '', '', '', it.second.id]);
    expect(await it.byNumber('+34600000001')).toBeUndefined();
  });

  it('and an account that is not read whole in time has no answer', async () => {
    const it = stage({ isUnaware: true });
    it.simulator.faults.add({ after: 2, kind: 'hang' });
    expect(await it.byNumber('+34600000001')).toBe('unavailable');
    expect(it.directory.state()).toMatchObject({ complete: false, read: 100 });
    it.directory.close();
  });
});

describe('by id or number', () => {
  it.each([
    ['an id that nobody has', { id: NOBODY }, undefined],
    ['an id that is none', { id: 'nobody' }, undefined],
    ['a number that nobody has', { phone: '+34600000001' }, undefined],
    ['the number of somebody', { phone: '+34612345678' }, '+34612345678'],
  ] as const)('%s', async (_what, key, found) => {
    expect(await stage().find(key)).toBe(found);
  });

  it('a failure that is not about the id is one', async () => {
    const it = stage();
    it.simulator.faults.add({ kind: { status: 503 } });
    expect(await it.find({ id: it.first.id })).toBe('unavailable');
  });
});

it('whoever has left asks nothing more', async () => {
  const it = stage();
  it.leave();
  const { id: contact_id, e164: phone_number } = it.first;
  const asked = [
    it.one({ contact_id }),
    it.one({ phone_number }),
    it.byNumber(phone_number),
    it.find({ id: contact_id }),
    it.find({ phone: phone_number }),
  ];
  expect(new Set(await Promise.all(asked))).toEqual(new Set(['cancelled']));
  expect(it.wire()).toEqual([]);
});
