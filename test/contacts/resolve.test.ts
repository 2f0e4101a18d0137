import { describe, expect, it } from 'vitest';
import { json } from '../sent/client.ts';
import { room } from './room.ts';

type Room = ReturnType<typeof room>;
const MINUTE_MS = 60_000;
const NEED = { maxAgeMs: MINUTE_MS, withinMs: 10_000 };
const everyone = ({ simulator }: Room) => [...simulator.book.all()];
const resolve = (it: Room, keys: { phone?: string; id?: string }[], need = NEED) =>
  it.contacts.resolve(keys, need, it.caller());
const optedOut = ({ people }: { people: readonly ({ opt_out: boolean } | undefined)[] }) =>
  people.map((contact) => contact?.opt_out);

describe('people by the latest that is known', () => {
  it('a few are looked up one by one, by number and by id, and not again within the age', async () => {
    const it = room({ contacts: 5000 });
    const [one, two] = everyone(it);
    const keys = [
      { phone: one?.e164 ?? '' },
      { id: two?.id ?? '' },
      { phone: '+34600000001' },
      { id: 'nobody' },
    ];
    const found = await resolve(it, keys);
    expect(found.people.map((contact) => contact?.id)).toEqual([one?.id, two?.id, undefined, undefined]);
    expect(found).toMatchObject({ unknown: [], asOf: it.clock.now() });
    expect(found).not.toHaveProperty('unchecked');
    expect(it.simulator.requests).toHaveLength(4);
    await resolve(it, keys);
    expect(it.simulator.requests).toHaveLength(4);
    await it.clock.sleep(MINUTE_MS + 1);
    it.simulator.book.change(one as never, { opt_out: true });
    expect(optedOut(await resolve(it, keys))[0]).toBe(true);
  });

  it('and again where something may have changed that nobody could see', async () => {
    const it = room({ contacts: 5000 });
    const [one] = everyone(it);
    const keys = [{ id: one?.id ?? '' }];
    await resolve(it, keys);
    it.simulator.book.change(one as never, { opt_out: true });
    it.directory.invalidate();
    expect(optedOut(await resolve(it, keys))).toEqual([true]);
  });

  it('many are read with the account where that takes fewer requests', async () => {
    const it = room({ contacts: 3000 });
    const some = everyone(it).slice(100, 400);
    const found = await resolve(
      it,
      some.map(({ id }) => ({ id })),
    );
    expect(found.people.map((contact) => contact?.phone_number)).toEqual(some.map(({ e164 }) => e164));
    expect(it.simulator.requests.length).toBeLessThanOrEqual(32);
    for (const { id } of some)
      it.simulator.book.change(it.simulator.book.get(id) as never, { opt_out: true });
    await it.clock.sleep(2 * MINUTE_MS);
    const later = await resolve(
      it,
      some.map(({ e164 }) => ({ phone: e164 })),
    );
    expect(optedOut(later).every((is) => is === true)).toBe(true);
  });

  it('a change made through another process counts at once, and is no request', async () => {
    const first = room({ contacts: 1000 });
    const second = room({ beside: first });
    const [one] = everyone(first);
    await second.ask({ country: 'ES' });
    const { rows } = await first.sent.listContacts({ page: 1, pageSize: 1, phone: one?.e164 ?? '' });
    const { toContact } = await import('../../src/contacts/model/contact.ts');
    const [contact] = rows.map(toContact);
    await first.directory.recordChange({ ...(contact as NonNullable<typeof contact>), opt_out: true });
    first.wire();
    expect(optedOut(await resolve(second, [{ id: one?.id ?? '' }]))).toEqual([true]);
    expect(first.wire()).toEqual([]);
  });

  it('one empty answer does not make somebody who is known a stranger', async () => {
    let isEmpty = false;
    const it = room({
      contacts: 1000,
      async change(response) {
        const page = (await response.clone().json()) as { data?: { contacts?: unknown } };
        return isEmpty && page.data?.contacts ? json({ success: true, data: { contacts: [] } }) : response;
      },
    });
    const [one] = everyone(it);
    it.simulator.book.change(one as never, { opt_out: true });
    await it.ask({ country: 'ES' });
    await it.clock.sleep(2 * MINUTE_MS);
    isEmpty = true;
    expect(optedOut(await resolve(it, [{ phone: one?.e164 ?? '' }]))).toEqual([true]);
    it.simulator.book.remove(one as never);
    await it.clock.sleep(2 * MINUTE_MS);
    expect(optedOut(await resolve(it, [{ phone: one?.e164 ?? '' }]))).toEqual([undefined]);
  });
});

describe('where the latest cannot be had', () => {
  it('the API fails: what is known counts, with its age', async () => {
    const it = room({ contacts: 1000 });
    const [one] = everyone(it);
    it.simulator.book.change(one as never, { opt_out: true });
    await it.ask({ country: 'ES' });
    const known = it.directory.state().asOf;
    await it.clock.sleep(5 * MINUTE_MS);
    it.simulator.faults.add({ kind: { status: 503 } });
    const found = await resolve(it, [{ phone: one?.e164 ?? '' }, { phone: '+34600000001' }]);
    expect(optedOut(found)).toEqual([true, undefined]);
    expect(found).toMatchObject({ asOf: known, unchecked: 'unavailable; 2 of 2', unknown: [] });
  });

  it('a failure ends the look-ups: the others would fail alike', async () => {
    const it = room({ contacts: 5000 });
    it.simulator.faults.add({ kind: { status: 503 } });
    const keys = everyone(it)
      .slice(0, 10)
      .map(({ e164 }) => ({ phone: e164 }));
    await resolve(it, keys);
    expect(new Set(it.simulator.requests.map(({ query }) => query.phone)).size).toBeLessThanOrEqual(5);
  });

  it('nothing is known: it says of whom', async () => {
    const it = room({ contacts: 1000 });
    it.simulator.faults.add({ kind: 'hang' });
    const found = await resolve(it, [{ phone: '+34600000001' }]);
    expect(found).toMatchObject({ people: [undefined], asOf: 0, unknown: [0] });
    expect(found.unchecked).toBe('it took too long; 1 of 1');
  });

  it('what no other request would survive is an error', async () => {
    const it = room({ contacts: 10 });
    it.simulator.faults.add({ kind: { status: 401, code: 'AUTH_001' } });
    await expect(resolve(it, [{ phone: '+34600000001' }])).rejects.toMatchObject({ code: 'unauthorized' });
  });
});
