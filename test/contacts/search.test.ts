/** How a question is answered: from the API or from the book, with what beside the contacts, and where it goes on. */
import { describe, expect, it } from 'vitest';
import type { SearchRequest } from '../../src/contacts/search-request.ts';
import { AppError } from '../../src/errors.ts';
import { createMemoryStore } from '../../src/state/memory.ts';
import { json, page } from '../sent/client.ts';
import { createVirtualClock } from '../virtual-clock.ts';
import { room, START } from './room.ts';

type Room = ReturnType<typeof room>;
type Asked = Partial<SearchRequest>;
const everyone = ({ simulator }: Room) => [...simulator.book.all()];
const failure = (error: unknown) => error as AppError;
const NOBODY = '+34600000001';

/** Five from Spain, one from France, two from Portugal, all without metadata. */
function few() {
  const it = room({ contacts: 0 });
  const numbers = ['+34612345670', '+34612345671', '+34612345672', '+34612345673', '+34612345674'];
  for (const number of [...numbers, '+33612345678', '+351912345678', '+351912345679'])
    it.simulator.book.add(number);
  return it;
}

describe('how a question was read', () => {
  it.each<[asked: Asked, readAs: string]>([
    [{}, 'all contacts'],
    [{ limit: 2 }, 'all contacts'],
    [{ limit: 0 }, 'all contacts'],
    [{ sort: 'newest' }, 'all contacts; newest first'],
    [{ country: 'ES' }, 'in Spain (ES); newest first'],
    [{ country: 'PT' }, 'in Portugal (PT); newest first'],
    [{ country: 'FR' }, 'in France (FR)'],
    [{ country: 'FR', sort: 'oldest' }, 'in France (FR); oldest first'],
    [{ country: 'DE' }, 'in Germany (DE)'],
    [{ query: 'spain' }, 'words spain; best match first'],
    [{ query: 'spain', sort: 'phone_number' }, 'words spain; by number'],
    [{ phone_number: '+33612345678' }, 'the number +33612345678'],
    [{ group_by: 'country', sort: 'oldest' }, 'all contacts; counted by country'],
  ])('%j: %s', async (asked, readAs) => {
    expect((await few().ask(asked)).read_as).toBe(readAs);
  });

  it('tells the order on each page alike, and none of a listing', async () => {
    const it = few();
    for (const [asked, readAs] of [
      [{ country: 'ES' }, 'in Spain (ES); newest first'],
      [{}, 'all contacts'],
    ] as const) {
      const pages = [await it.ask({ ...asked, limit: 3 })];
      for (let cursor = pages[0]?.next_cursor; cursor !== undefined; cursor = pages.at(-1)?.next_cursor)
        pages.push(await it.ask({ cursor, limit: 3 }));
      expect(pages.length).toBeGreaterThan(1);
      expect(pages.map(({ read_as }) => read_as)).toEqual(pages.map(() => readAs));
    }
  });

  it.each<[asked: Asked, times: string[]]>([
    [{}, []],
    [{ sort: 'newest' }, ['created_at']],
    [{ sort: 'recently_updated', created_after: '1y' }, ['created_at', 'updated_at']],
    [{ sort: 'oldest', created_after: '1y' }, ['created_at']],
    [{ sort: 'newest', group_by: 'country' }, []],
    [{ sort: 'phone_number' }, []],
  ])('%j is about the times %j', async (asked, times) => {
    expect((await few().ask(asked)).times).toEqual(times);
  });
});

describe('what an answer has beside its contacts', () => {
  it.each<[asked: Asked, has: { selection: boolean; cursor: boolean }]>([
    [{}, { selection: true, cursor: false }],
    [{ limit: 8 }, { selection: true, cursor: false }],
    [{ limit: 7 }, { selection: true, cursor: true }],
    [{ limit: 0 }, { selection: true, cursor: false }],
    [
      { country: 'ES', limit: 5 },
      { selection: true, cursor: false },
    ],
    [
      { country: 'ES', limit: 4 },
      { selection: true, cursor: true },
    ],
    [
      { country: 'ES', limit: 0 },
      { selection: true, cursor: false },
    ],
    [{ country: 'FR' }, { selection: true, cursor: false }],
    [{ country: 'DE' }, { selection: false, cursor: false }],
    [{ phone_number: '+33612345678' }, { selection: false, cursor: false }],
    [{ group_by: 'country' }, { selection: true, cursor: false }],
  ])('%j: %j', async (asked, { selection, cursor }) => {
    const answer = await few().ask(asked);
    expect([answer.selection !== undefined, answer.next_cursor !== undefined]).toEqual([selection, cursor]);
    expect(answer).not.toHaveProperty('warnings');
  });

  it('the selection that was asked for, where nothing else was', async () => {
    const it = few();
    const { selection } = await it.ask({ country: 'ES' });
    expect((await it.ask({ selection: ` ${selection} ` })).selection).toBe(selection);
    const page = await it.ask({ selection, limit: 2 });
    expect((await it.ask({ cursor: page.next_cursor, limit: 2 })).selection).toBe(selection);
    const narrowed = await it.ask({ selection, query: '670' });
    expect(narrowed).toMatchObject({ total: 1, selection: expect.not.stringMatching(String(selection)) });
    const one = await it.ask({ selection, phone_number: '+34612345670' });
    expect(one).toMatchObject({ total: 1, read_as: 'in Spain (ES), the number +34612345670' });
    expect((await it.ask({ selection, phone_number: '+33612345678' })).total).toBe(0);
  });

  it('that it works in this process alone, where nothing can be written', async () => {
    const clock = createVirtualClock(START);
    const state = createMemoryStore(clock, { lasts: true }).account('a');
    const append = async () => {
      throw new AppError('unavailable', 'The disk is full.');
    };
    const it = room({ contacts: 8, state: { ...state, append } });
    const answer = await it.ask({ opt_out: false });
    expect(answer.warnings).toEqual([
      'Nothing can be written down at present: the selection works only while this server runs.',
    ]);
    expect((await it.ask({ selection: answer.selection })).total).toBe(answer.total);
  });

  it('that nobody has any metadata, where it was asked about and the whole account is known', async () => {
    const it = few();
    const warning = 'No contact of this account has any metadata, so this says nothing about people.';
    expect((await it.ask({ metadata: { tier: 'gold' } })).warnings).toEqual([warning]);
    for (const group_by of ['metadata.tier', 'country,metadata.tier'])
      expect((await it.ask({ group_by })).warnings).toEqual([warning]);
    expect(await it.ask({ query: 'gold' })).not.toHaveProperty('warnings');
    const [one] = everyone(it);
    if (one) it.simulator.book.change(one, { metadata: { a: 1 } });
    await it.clock.sleep(10_000);
    expect(await it.ask({ metadata: { tier: 'gold' } })).not.toHaveProperty('warnings');
  });

  it.each<[asked: Asked, ageMs: number, as_of: string | undefined]>([
    [{ opt_out: true }, 60_000, undefined],
    [{ opt_out: true }, 60_001, new Date(START).toISOString()],
    [{ group_by: 'country' }, 60_000, undefined],
    [{ group_by: 'country' }, 60_001, new Date(START).toISOString()],
  ])('its age, from a minute on: %j after %i ms: %s', async (asked, ageMs, as_of) => {
    const it = room({ contacts: 301 });
    await it.ask(asked);
    await it.clock.sleep(START + ageMs - it.clock.now());
    expect((await it.ask(asked)).as_of).toBe(as_of);
  });

  it('a hundred groups, and how many are left out', async () => {
    const it = room({ contacts: 103 });
    everyone(it).forEach((one, at) => {
      it.simulator.book.change(one, { metadata: { order: at < 100 ? `A${at}` : 'B' } });
    });
    const groups = await it.ask({ group_by: 'metadata.order' });
    expect(groups.groups).toHaveLength(100);
    expect(groups.groups?.[0]).toEqual({ value: 'B', count: 3 });
    expect(groups.warnings).toEqual(['1 smaller groups are left out.']);
    for (const one of everyone(it).slice(0, 1)) it.simulator.book.change(one, { metadata: { order: 'B' } });
    await it.clock.sleep(10_000);
    expect(await it.ask({ group_by: 'metadata.order' })).not.toHaveProperty('warnings');
  });
});

describe('an exact number', () => {
  it.each<[asked: Asked, found: object]>([
    [{ phone_number: '+34 612 345 670' }, { total: 1 }],
    [{ phone_number: '612345670', country: 'ES' }, { total: 1 }],
    [{ phone_number: '612345670', country: ['Spain'] }, { total: 1 }],
    [{ phone_number: '+34612345670', country: ['PT', 'ES'] }, { total: 1 }],
    [
      { phone_number: '+34612345670', country: 'PT' },
      { total: 0, contacts: [] },
    ],
    [{ phone_number: NOBODY }, { total: 0, contacts: [] }],
    [
      { phone_number: '+34612345670', group_by: 'country' },
      { total: 1, groups: [{ value: 'ES', count: 1 }] },
    ],
    [
      { phone_number: NOBODY, group_by: 'country' },
      { total: 0, groups: [] },
    ],
  ])('%j: %j', async (asked, found) => {
    const it = few();
    const answer = await it.ask(asked);
    expect(answer).toMatchObject(found);
    expect(it.wire()).toHaveLength(1);
    const isThere = everyone(it).some(({ e164 }) => it.directory.book.byPhone(e164) !== undefined);
    expect(isThere).toBe(asked.phone_number !== NOBODY);
    expect('groups' in answer).toBe('group_by' in asked);
  });

  it('without a calling code is refused where no one country is meant', async () => {
    const it = few();
    for (const country of [undefined, ['ES', 'PT']])
      expect(await it.ask({ phone_number: '612345670', country }).catch(failure)).toMatchObject({
        code: 'invalid_input',
      });
    expect(it.wire()).toEqual([]);
  });
});

describe('a plain listing', () => {
  it.each([
    ['none', 0, 200],
    ['fewer than half', 99, 200],
    ['half', 100, 100],
  ])('that counts %s of 200 who are known shows %i as %i', async (_what, counted, shown) => {
    let isShort = false;
    const it = room({
      contacts: 200,
      async change(response) {
        const body = (await response.clone().json()) as { data?: { contacts?: unknown[] } };
        return isShort && body.data?.contacts
          ? page(body.data.contacts.slice(0, counted), counted)
          : response;
      },
    });
    await it.ask({ group_by: 'opt_out' });
    isShort = true;
    it.wire();
    expect((await it.ask({})).total).toBe(shown);
    expect(it.wire()).toHaveLength(1);
  });

  it('of an API without pages is read from the whole account', async () => {
    const it = room({
      contacts: 150,
      dialect: 'guide',
      async change(response) {
        const { data } = (await response.json()) as { data: unknown };
        return json({ success: true, data });
      },
    });
    expect(await it.ask({})).toMatchObject({ total: 150, complete: true });
    expect((await it.ask({})).contacts).toHaveLength(20);
  });

  it('that the API did not give goes on from the book, and one that it gave from the API', async () => {
    let isShort = true;
    const it = room({
      contacts: 301,
      async change(response) {
        const body = (await response.clone().json()) as { data?: { contacts?: unknown[] } };
        return isShort && body.data?.contacts ? page([], 0) : response;
      },
    });
    isShort = false;
    await it.ask({ group_by: 'opt_out' });
    isShort = true;
    const ofBook = await it.ask({});
    isShort = false;
    it.wire();
    const second = await it.ask({ cursor: ofBook.next_cursor });
    expect([second.total, it.wire()]).toEqual([301, []]);
    const ofApi = await it.ask({});
    it.wire();
    const next = await it.ask({ cursor: ofApi.next_cursor });
    expect([next.total, it.wire()]).toEqual([301, ['page=2&page_size=20']]);
  });

  it('of a selection of everybody is the same', async () => {
    const it = few();
    const { selection } = await it.ask({});
    it.wire();
    expect(await it.ask({ selection })).toMatchObject({ total: 8, selection });
  });
});

describe('a cursor', () => {
  it('takes its question again, also in another process, where nothing else was asked', async () => {
    const first = few();
    const second = room({ beside: first });
    const asked = { country: ['ES'], channel: undefined, limit: 2 };
    const { next_cursor: cursor } = await first.ask(asked);
    for (const it of [first, second]) {
      const same = await it.ask({ ...asked, cursor });
      expect((await it.ask({ cursor, limit: 2 })).contacts).toEqual(same.contacts);
      expect(same.contacts).toHaveLength(2);
      for (const other of [{ country: ['PT'] }, { ...asked, opt_out: false }])
        expect(await it.ask({ ...other, cursor }).catch(failure)).toMatchObject({
          message: 'The cursor belongs to another question.',
          next: 'Give the cursor alone, or with the same fields as the call that returned it.',
        });
    }
  });

  it('of a wrong group is no request', async () => {
    const it = few();
    expect(await it.ask({ group_by: 'shoe' }).catch(failure)).toMatchObject({ code: 'invalid_input' });
    expect(it.wire()).toEqual([]);
  });
});
