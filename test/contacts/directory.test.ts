import { describe, expect, it } from 'vitest';
import { createBook } from '../../src/contacts/book/book.ts';
import { createPageReader } from '../../src/contacts/directory/sync/page-reader.ts';
import { createPendingWrites } from '../../src/contacts/directory/sync/pending-writes.ts';
import { toContact } from '../../src/contacts/model/contact.ts';
import { readCriteria } from '../../src/contacts/question/criteria.ts';
import { json, page } from '../sent/client.ts';
import { room, START } from './room.ts';

type Room = ReturnType<typeof room>;
const idsIn = ({ directory }: Room) =>
  new Set(
    directory.book.search(readCriteria({}, START), 'phone_number', 10_000).contacts.map(({ id }) => id),
  );
const idsOf = ({ simulator }: Room) => new Set([...simulator.book.all()].map(({ id }) => id));
const code = (error: unknown) => (error as { code?: string }).code;
/** A number that nobody of the generated book has. */
const fresh = (n: number) => `+99900000${String(n).padStart(3, '0')}`;

describe('reading the account', () => {
  it.each(['today', 'guide'] as const)('reads every contact once, in the dialect of %s', async (dialect) => {
    const it = room({ contacts: 834, dialect });
    expect(await it.directory.ready(it.caller())).toMatchObject({
      complete: true,
      read: 834,
      total: 834,
      missing: 0,
    });
    expect(idsIn(it)).toEqual(idsOf(it));
    expect(it.wire().sort()).toEqual(
      Array.from({ length: 9 }, (_, page) => `page=${page + 1}&page_size=100`).sort(),
    );
  });

  it('reads a bare array without any paging to its end', async () => {
    const it = room({
      contacts: 450,
      dialect: 'guide',
      async change(response) {
        const { data } = (await response.json()) as { data: unknown };
        return json({ success: true, data });
      },
    });
    expect(await it.directory.ready(it.caller())).toMatchObject({
      complete: true,
      read: 450,
      total: undefined,
    });
    expect(it.wire()).toHaveLength(6);
  });

  it('reads an empty account', async () => {
    const it = room({ contacts: 0 });
    expect(await it.directory.ready(it.caller())).toMatchObject({ complete: true, read: 0, total: 0 });
  });

  it('tells how far it is', async () => {
    const it = room({ contacts: 1000 });
    await it.directory.ready(it.caller());
    expect(it.progress).toEqual([100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
  });

  it('says so where the API counts contacts that it does not list', async () => {
    const it = room({
      contacts: 250,
      async change(response) {
        const text = await response.text();
        return json(JSON.parse(text.replaceAll('"total_count":250', '"total_count":260')));
      },
    });
    expect(await it.directory.ready(it.caller())).toMatchObject({ complete: true, read: 250, missing: 10 });
    expect(it.wire().length).toBeLessThan(12);
    expect((await it.ask({ opt_out: true })).warnings).toEqual([
      'Sent counts 10 more contacts than it lists.',
    ]);
  });
});

describe('contacts that move between pages while they are read', () => {
  it.each([
    ['somebody is added', (it: Room) => void it.simulator.book.add(fresh(1))],
    [
      'many are added',
      (it: Room) => {
        for (let n = 0; n < 150; n++) it.simulator.book.add(fresh(n));
      },
    ],
    [
      'somebody is removed',
      (it: Room) => it.simulator.book.remove([...it.simulator.book.all()][50] as never),
    ],
    [
      'many are removed',
      (it: Room) => {
        for (const one of [...it.simulator.book.all()].slice(0, 150)) it.simulator.book.remove(one);
      },
    ],
    [
      'some come and some go',
      (it: Room) => {
        it.simulator.book.add(fresh(1));
        for (const one of [...it.simulator.book.all()].slice(100, 103)) it.simulator.book.remove(one);
      },
    ],
  ])('has all who stayed, when %s', async (_what, change) => {
    for (const when of [2, 6]) {
      let changed = false;
      const it = room({
        contacts: 700,
        latencyMs: 50,
        before(page) {
          if (page !== when || changed) return;
          changed = true;
          change(it);
        },
      });
      await it.directory.ready(it.caller());
      const [known, there] = [idsIn(it), idsOf(it)];
      expect([...there].filter((id) => !known.has(id))).toEqual([]);
      // It heals what is torn and does not read everything again.
      if (_what.startsWith('some')) expect(it.wire().length).toBeLessThan(14);
    }
  });
});

describe('our own changes while the account is read', () => {
  it('are not undone by pages that were asked for before', async () => {
    // The answers are on their way for a while, and tell what was so when they left.
    const it = room({
      contacts: 1000,
      async change(response) {
        await it.clock.sleep(100);
        return response;
      },
    });
    const { rows } = await it.sent.listContacts({ page: 1, pageSize: 2 });
    const [first, second] = rows.map(toContact);
    if (!first || !second) throw new Error('nobody there');
    const reading = it.directory.ready(it.caller());
    await it.clock.sleep(1);
    const { book } = it.simulator;
    book.remove(book.get(first.id) as never);
    it.directory.recordRemoval(first.id);
    book.change(book.get(second.id) as never, { opt_out: true });
    it.directory.recordChange({ ...second, opt_out: true });
    const made = book.add(fresh(7));
    it.directory.recordChange({ ...first, id: made.id, phone_number: made.e164 });
    await reading;
    expect(it.directory.book.get(first.id)).toBeUndefined();
    expect(it.directory.book.get(second.id)?.opt_out).toBe(true);
    expect(it.directory.book.get(made.id)?.phone_number).toBe(fresh(7));
    expect(it.directory.state()).toMatchObject({ complete: true, read: 1000 });
    expect(it.wire().length).toBeLessThan(15);
  });
});

describe('an API that fails', () => {
  it('is an error; the next call reads on where this one stopped', async () => {
    const it = room({ contacts: 1000 });
    it.simulator.faults.add({ path: /contacts/, after: 6, kind: { status: 500, code: 'INTERNAL_001' } });
    expect(await it.directory.ready(it.caller()).catch(code)).toBe('unavailable');
    it.simulator.faults.clear();
    it.wire();
    expect(it.directory.state().failure).toBe('unavailable');
    const { failure, ...state } = await it.directory.ready(it.caller());
    expect([failure, state]).toEqual([undefined, expect.objectContaining({ complete: true, read: 1000 })]);
    expect(it.wire().length).toBeLessThanOrEqual(4);
  });

  it('is none where something was read before, though nothing more comes', async () => {
    const it = room({ contacts: 1000 });
    it.simulator.faults.add({ path: /contacts/, after: 3, kind: 'hang' });
    const began = it.clock.monotonic();
    for (const waitedS of [10, 20]) {
      expect(await it.directory.ready(it.caller())).toMatchObject({ complete: false, read: 300 });
      expect(Math.round((it.clock.monotonic() - began) / 1000)).toBe(waitedS);
    }
    it.directory.close();
  });

  it('for a long time is read anew: what was read before may have changed since', async () => {
    const it = room({ contacts: 1000 });
    it.simulator.faults.add({ path: /contacts/, after: 6, kind: { status: 500, code: 'INTERNAL_001' } });
    expect(await it.directory.ready(it.caller()).catch(code)).toBe('unavailable');
    it.simulator.faults.clear();
    await it.clock.sleep(15 * 60_000 + 1);
    it.wire();
    await it.directory.ready(it.caller());
    expect(it.wire().length).toBeGreaterThanOrEqual(10);
  });

  it.each([
    ['hangs', 'hang', 'unavailable'],
    ['drops connections', 'lost-before', 'unavailable'],
    ['throttles', { status: 429, code: 'BUSINESS_002', retryAfter: 60 }, 'rate_limited'],
    ['throttles without a word', { status: 429 }, 'rate_limited'],
    ['is down', { html: 503 }, 'unavailable'],
  ] as const)(
    'that %s is an error within the time limit, never an empty list',
    async (_what, kind, expected) => {
      const it = room({ contacts: 300 });
      it.simulator.faults.add({ kind });
      for (const question of [{ country: 'ES' }, { query: 'ana' }, { group_by: 'country' }, {}]) {
        const began = it.clock.now();
        expect(await it.ask(question).catch(code)).toBe(expected);
        expect(it.clock.now() - began).toBeLessThanOrEqual(30_000);
      }
      it.directory.close();
    },
  );
});

describe('an answer that cannot wait', () => {
  it('comes after 10 seconds at most, with what is read and what the API finds, and has more the next time', async () => {
    const it = room({ contacts: 2000, latencyMs: 2_500 });
    const last = [...it.simulator.book.all()].at(-1);
    const asked = it.clock.now();
    const answer = await it.ask({ query: last?.e164.slice(-6) ?? '' });
    expect(it.clock.now() - asked).toBeLessThanOrEqual(10_000 + 3_600);
    expect(answer).toMatchObject({ complete: false });
    expect(answer.contacts.map(({ id }) => id)).toContain(last?.id);
    const again = await it.ask({ opt_out: false });
    expect(it.directory.state().read).toBeGreaterThan(1000);
    expect(again.warnings).toBeUndefined();
    expect(again.complete).toBe(true);
  });

  it('comes at once when the client leaves; reading goes on', async () => {
    const it = room({ contacts: 800, latencyMs: 200 });
    const leaving = new AbortController();
    const answer = it.ask({ country: 'ES' }, leaving.signal);
    await it.clock.sleep(300);
    leaving.abort();
    expect(await answer).toMatchObject({ complete: false });
    await it.settled();
    expect(it.directory.state().complete).toBe(true);
  });
});

describe('what is known while the account is read', () => {
  it('is as old as the reading that shows it; a declared end of it is an end', async () => {
    const it = room({ contacts: 250, latencyMs: 100 });
    const reading = it.directory.ready(it.caller());
    const startedAt = { wall: it.clock.now(), monotonic: it.clock.monotonic() };
    await it.clock.sleep(150);
    expect(it.directory.isReading()).toBe(true);
    expect(it.directory.pagesToRead()).toBe(2);
    const { contacts } = it.directory.book.search(readCriteria({}, START), 'newest', 250);
    expect(contacts).toHaveLength(100);
    expect(contacts.map(({ id }) => it.directory.knownSince(id))).toEqual(contacts.map(() => startedAt));
    expect(it.directory.knownSince('nobody')).toBeUndefined();
    expect(it.directory.readAt()).toBeUndefined();
    await reading;
    expect(it.directory.isReading()).toBe(false);
    expect(it.directory.pagesToRead()).toBe(3);
    expect([it.directory.readAt(), it.directory.knownSince('nobody')]).toEqual([startedAt, startedAt]);
    it.directory.invalidate();
    expect([it.directory.readAt(), it.directory.knownSince(contacts[0]?.id ?? '')]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('two who ask at once are answered by one reading', async () => {
    const it = room({ contacts: 500, latencyMs: 100 });
    await Promise.all([it.directory.ready(it.caller()), it.directory.ready(it.caller())]);
    expect(it.wire()).toHaveLength(5);
  });

  it('closing ends it', async () => {
    const it = room({ contacts: 800, latencyMs: 100 });
    const reading = it.directory.ready(it.caller()).catch(code);
    await it.clock.sleep(150);
    it.directory.close();
    expect(await reading).toBe('cancelled');
    expect(it.wire()).toHaveLength(7);
  });

  it.each([
    ['without time', 0, false],
    ['for somebody who has left', 1_000, true],
  ])('%s nothing is read anew', async (_what, withinMs, hasLeft) => {
    const it = room({ contacts: 300 });
    const signal = hasLeft ? AbortSignal.abort() : new AbortController().signal;
    await it.directory.readAgain({ maxAgeMs: 0, withinMs }, it.caller(signal));
    await it.settled();
    expect(it.wire()).toEqual([]);
  });
});

describe('the age of the directory', () => {
  it('a small account is read again for each question after a few seconds', async () => {
    const it = room({ contacts: 250 });
    expect((await it.ask({ group_by: 'opt_out' })).total).toBe(250);
    it.simulator.book.add(fresh(1));
    it.wire();
    expect((await it.ask({ group_by: 'opt_out' })).total).toBe(250);
    expect(it.wire()).toEqual([]);
    await it.clock.sleep(6_000);
    expect((await it.ask({ group_by: 'opt_out' })).total).toBe(251);
  });

  it('old data answers while it is refreshed behind; very old data is waited for', async () => {
    const it = room({ contacts: 600 });
    await it.ask({ opt_out: true });
    it.simulator.book.add(fresh(1));
    await it.clock.sleep(30_000);
    it.wire();
    const young = await it.ask({ country: 'ES' });
    expect([it.wire(), young.as_of]).toEqual([[], undefined]);
    await it.clock.sleep(40_000);
    const old = await it.ask({ group_by: 'opt_out' });
    expect([old.total, old.as_of, old.complete]).toEqual([600, new Date(START).toISOString(), true]);
    await it.settled();
    expect((await it.ask({ group_by: 'opt_out' })).total).toBe(601);
    it.simulator.book.add(fresh(2));
    await it.clock.sleep(20 * 60_000);
    expect((await it.ask({ group_by: 'opt_out' })).total).toBe(602);
  });

  it.each([
    ['back an hour', -3_600_000],
    ['back ten minutes', -600_000],
  ])('old is old, though the clock is set %s meanwhile', async (_, byMs) => {
    const it = room({ contacts: 600 });
    await it.ask({ opt_out: true });
    it.simulator.book.add(fresh(1));
    it.clock.setWall(byMs);
    await it.clock.sleep(20 * 60_000);
    expect((await it.ask({ group_by: 'opt_out' })).total).toBe(601);
  });

  it('is over when a change had an unknown outcome, even while it is read', async () => {
    const it = room({ contacts: 500, latencyMs: 100 });
    const reading = it.directory.ready(it.caller());
    await it.clock.sleep(150);
    it.simulator.book.add(fresh(1));
    it.directory.invalidate();
    await reading;
    expect(it.directory.state().read).toBe(501);
    it.directory.invalidate();
    it.simulator.book.add(fresh(2));
    expect(await it.directory.ready(it.caller())).toMatchObject({ complete: true, read: 502 });
  });
});

describe('a reading that finds too little', () => {
  /** An account whose pages of 100 are empty, or one page, while `shrinks` is above 0; each page takes one off. */
  const shrinking = (contacts: number, rows: number) => {
    const world = { shrinks: 0 };
    const it = room({
      contacts,
      async change(response) {
        const body = (await response.clone().json()) as { data?: { contacts?: unknown[] } };
        if (body.data?.contacts === undefined || world.shrinks <= 0) return response;
        world.shrinks--;
        return page(body.data.contacts.slice(0, rows), rows);
      },
    });
    return { it, world };
  };

  it.each([0, 80])('is repeated before %i of 200 are believed', async (rows) => {
    const { it, world } = shrinking(200, rows);
    expect((await it.ask({ group_by: 'opt_out' })).total).toBe(200);
    await it.clock.sleep(10_000);
    world.shrinks = 1;
    const answer = await it.ask({ group_by: 'opt_out' });
    expect(answer).toMatchObject({ total: 200, complete: true });
  });

  it('is believed when the next one says the same', async () => {
    const { it, world } = shrinking(200, 80);
    await it.ask({ group_by: 'opt_out' });
    await it.clock.sleep(10_000);
    world.shrinks = 2;
    expect((await it.ask({ group_by: 'opt_out' })).total).toBe(80);
  });

  it('says so meanwhile', async () => {
    const { it, world } = shrinking(600, 0);
    await it.ask({ group_by: 'opt_out' });
    await it.clock.sleep(2 * 60_000);
    world.shrinks = 1;
    const old = await it.ask({ group_by: 'opt_out' });
    expect(old.total).toBe(600);
    await it.clock.sleep(500);
    const meanwhile = await it.ask({ group_by: 'opt_out' });
    expect(meanwhile).toMatchObject({ total: 600, complete: true });
    expect(meanwhile.warnings).toEqual([
      'The last reading found 0 of 600 contacts; it is repeated before that is believed.',
    ]);
    await it.settled();
    expect((await it.ask({ group_by: 'opt_out' })).warnings).toBeUndefined();
  });
});

describe('room for a large account', () => {
  it.each([
    ['is made where a full page bears the count out', 100, 1_000, [1_020]],
    ['is not made for a count alone', 99, 1_000, []],
    ['is not made without a count', 100, undefined, []],
  ])('%s', async (_what, rows, total_count, expected) => {
    const reserved: number[] = [];
    const pages = createPageReader({
      client: {
        listContacts: async () => ({
          rows: Array.from({ length: rows }, (_, n) => ({
            id: `c${n}`,
            available_channels: [],
            opt_out: false,
          })),
          pagination: { total_count },
        }),
      } as never,
      book: Object.assign(createBook(), { reserve: (count: number) => void reserved.push(count) }),
      pendingWrites: createPendingWrites(),
      signal: new AbortController().signal,
      onThrottled: () => {},
    });
    const facts = await pages.read({ pass: 1 } as never, 1);
    expect([reserved, facts.fresh, facts.total, facts.pages]).toEqual([
      expected,
      rows,
      total_count,
      total_count && 10,
    ]);
    expect(pages.total()).toBe(total_count);
  });
});

describe('a listing that never ends', () => {
  it.each([
    ['without a count', undefined, 3],
    ['with a count that is too large', 1_000_000, 24],
    ['with the right count', 150, 10],
  ])('ends when its pages bring nobody new, %s', async (_what, total, most) => {
    const it = room({
      contacts: 150,
      async change(response) {
        const body = JSON.parse(await response.text()) as {
          data?: { contacts?: unknown[]; pagination?: Record<string, unknown> };
        };
        if (!body.data?.pagination) return json(body);
        body.data.contacts = all.slice(0, 100);
        body.data.pagination = {
          ...body.data.pagination,
          has_more: true,
          total_count: total,
          total_pages: total && Math.ceil(total / 100),
        };
        return json(body);
      },
    });
    const { data } = (await (
      await it.simulator.fetch('https://api.sent.dm/v3/contacts?page=1&page_size=100', {
        headers: { 'x-api-key': it.simulator.key },
      })
    ).json()) as { data: { contacts: unknown[] } };
    const all = data.contacts;
    it.wire();
    expect(await it.directory.ready(it.caller())).toMatchObject({ complete: true, read: 100 });
    expect(it.wire().length).toBeLessThanOrEqual(most);
  });
});

describe('a book that is often declared old', () => {
  it('still answers: one reading is enough for whoever waits', async () => {
    const it = room({ contacts: 1000, latencyMs: 200 });
    let isOver = false;
    void (async () => {
      while (!isOver) {
        await it.clock.sleep(300);
        it.directory.invalidate();
      }
    })();
    const began = it.clock.monotonic();
    const answer = await it.ask({ group_by: 'opt_out' });
    isOver = true;
    expect(answer).toMatchObject({ total: 1000, complete: true });
    expect(it.clock.monotonic() - began).toBeLessThan(5_000);
  });
});

describe('a change of unknown outcome while the account is read', () => {
  it('is in the answer of whoever waits, though its page had been read before', async () => {
    const it = room({ contacts: 1000, latencyMs: 200 });
    const [one] = [...it.simulator.book.all()];
    const answer = it.ask({ group_by: 'opt_out' });
    await it.clock.sleep(500);
    it.simulator.book.change(one as never, { opt_out: !one?.opt_out });
    it.directory.invalidate();
    await answer;
    const id = one?.id ?? '';
    expect(it.directory.book.get(id)?.opt_out).toBe(it.simulator.book.get(id)?.opt_out);
    expect(it.directory.readAt()).toBeDefined();
  });
});
