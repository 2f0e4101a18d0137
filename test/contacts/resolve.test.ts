import { getEventListeners } from 'node:events';
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
    const it = room({ contacts: 1500 });
    const [one, two] = everyone(it);
    const keys = [
      { phone: one?.e164 ?? '' },
      { id: two?.id ?? '' },
      { phone: '+34600000001' },
      { id: 'nobody' },
    ];
    const { signal } = new AbortController();
    const found = await it.contacts.resolve(keys, NEED, it.caller(signal));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
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
    const it = room({ contacts: 1500 });
    const [one] = everyone(it);
    const keys = [{ id: one?.id ?? '' }];
    await resolve(it, keys);
    it.simulator.book.change(one as never, { opt_out: true });
    it.directory.invalidate();
    expect(optedOut(await resolve(it, keys))).toEqual([true]);
  });

  it("a number that was nobody's too, when somebody may have been created", async () => {
    const it = room({ contacts: 1500 });
    const keys = [{ phone: '+34600000001' }];
    expect((await resolve(it, keys)).people).toEqual([undefined]);
    it.simulator.book.add('+34600000001');
    expect((await resolve(it, keys)).people).toEqual([undefined]);
    it.directory.invalidate();
    expect(optedOut(await resolve(it, keys))).toEqual([false]);
  });

  it('whoever will be asked about soon is looked up with those who have to be, and never alone', async () => {
    const it = room({ contacts: 1500 });
    const [one, two] = everyone(it).map(({ e164 }) => ({ phone: e164 }));
    if (!one || !two) throw new Error('nobody there');
    const asked = (keys: { phone: string }[], soon: { phone: string }[]) =>
      it.contacts
        .resolve(keys, { ...NEED, soon }, it.caller())
        .then(() => it.simulator.requests.splice(0).map(({ query }) => query.phone));
    expect(await asked([one], [])).toEqual([one.phone]);
    expect(await asked([one], [two])).toEqual([]);
    expect(await asked([one, { phone: '+34600000002' }], [])).toEqual(['+34600000002']);
    expect(await asked([two], [one, { phone: '+34600000001' }])).toEqual([two.phone, '+34600000001']);
  });

  it('many are read with the account where that takes fewer requests', async () => {
    const it = room({ contacts: 1000 });
    const some = everyone(it).slice(100, 400);
    const found = await resolve(
      it,
      some.map(({ id }) => ({ id })),
    );
    expect(found.people.map((contact) => contact?.phone_number)).toEqual(some.map(({ e164 }) => e164));
    expect(it.simulator.requests.length).toBeLessThanOrEqual(12);
    for (const { id } of some)
      it.simulator.book.change(it.simulator.book.get(id) as never, { opt_out: true });
    await it.clock.sleep(2 * MINUTE_MS);
    const later = await resolve(
      it,
      some.map(({ e164 }) => ({ phone: e164 })),
    );
    expect(optedOut(later).every((is) => is === true)).toBe(true);
  });

  it('and one by one where the account has more pages', async () => {
    const it = room({ contacts: 1_300 });
    const keys = everyone(it)
      .slice(0, 12)
      .map(({ id }) => ({ id }));
    await it.ask({ opt_out: true });
    await it.clock.sleep(2 * MINUTE_MS);
    it.wire();
    expect(await resolve(it, keys)).not.toHaveProperty('unchecked');
    expect(it.wire()).toEqual(keys.map(() => ''));
    await it.clock.sleep(2 * MINUTE_MS);
    await resolve(it, [...keys, { id: everyone(it)[12]?.id ?? '' }]);
    expect(it.wire().filter((query) => query.startsWith('page='))).toHaveLength(13);
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
    const it = room({ contacts: 1500 });
    it.simulator.faults.add({ kind: { status: 503 } });
    const keys = everyone(it)
      .slice(0, 10)
      .map(({ e164 }) => ({ phone: e164 }));
    await resolve(it, keys);
    expect(new Set(it.simulator.requests.map(({ query }) => query.phone)).size).toBeLessThanOrEqual(5);
  });

  it.each([
    ['without time', 0, false],
    ['where the caller has left', 10_000, true],
  ])('%s nothing goes out, neither a look-up nor a reading', async (_what, withinMs, hasLeft) => {
    const it = room({ contacts: 300 });
    const keys = everyone(it).map(({ id }) => ({ id }));
    for (const some of [keys.slice(0, 2), keys]) {
      const need = { maxAgeMs: MINUTE_MS, withinMs };
      const signal = hasLeft ? AbortSignal.abort() : new AbortController().signal;
      const found = await it.contacts.resolve(some, need, it.caller(signal));
      expect(found).toMatchObject({
        asOf: 0,
        unchecked: `it took too long; ${some.length} of ${some.length}`,
      });
      await it.clock.sleep(1_000);
      expect(it.wire()).toEqual([]);
    }
  });

  it('a caller who leaves while several are looked up stops those, and the error is theirs', async () => {
    const it = room({ contacts: 5000, latencyMs: 1_000 });
    const keys = everyone(it)
      .slice(0, 10)
      .map(({ id }) => ({ id }));
    const leaving = new AbortController();
    void it.clock.sleep(500).then(() => leaving.abort());
    await expect(it.contacts.resolve(keys, NEED, it.caller(leaving.signal))).rejects.toMatchObject({
      code: 'cancelled',
    });
    await it.clock.sleep(5_000);
    expect(it.wire()).toHaveLength(5);
  });

  it('a reading that takes long leaves time to look up whom it may not show', async () => {
    const it = room({ contacts: 300 });
    const some = everyone(it).slice(140, 152);
    await resolve(it, [{ id: some[0]?.id ?? '' }]);
    await it.clock.sleep(2 * MINUTE_MS);
    it.simulator.faults.add({ path: /contacts$/, kind: { delayMs: 4_000 } });
    const began = it.clock.monotonic();
    const found = await resolve(
      it,
      some.map(({ id }) => ({ id })),
    );
    expect(found.people.map((contact) => contact?.phone_number)).toEqual(some.map(({ e164 }) => e164));
    expect(Math.round(it.clock.monotonic() - began)).toBe(6_000);
    it.directory.close();
  });

  it('and has all of it where everybody is known', async () => {
    const it = room({ contacts: 300 });
    const keys = everyone(it)
      .slice(0, 12)
      .map(({ id }) => ({ id }));
    await resolve(it, keys);
    await it.clock.sleep(2 * MINUTE_MS);
    it.wire();
    it.simulator.faults.add({ kind: { delayMs: 4_000 } });
    const found = await resolve(it, keys);
    expect(found).not.toHaveProperty('unchecked');
    expect(it.wire()).toHaveLength(3);
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
