/** Pages of the account in the API's own order, though contacts come and go between them. */
import { describe, expect, it } from 'vitest';
import { createListing, type ListingPosition } from '../../src/contacts/directory/listing.ts';

/** What the API says of paging beside the contacts; the account is `ids`, which the test may change. */
type Says = { paging?: boolean; total?: boolean; more?: (page: number) => boolean };

function stage(
  ids: string[],
  { paging = true, total = true, more }: Says = {},
  pageOf?: (page: number) => string[],
) {
  const asked: number[] = [];
  const list = createListing({
    list: async ({ page, pageSize }: { page: number; pageSize: number }) => {
      asked.push(page);
      const contacts = pageOf?.(page) ?? ids.slice((page - 1) * pageSize, page * pageSize);
      const pagination = {
        ...(total && { total_count: ids.length }),
        ...(more && { has_more: more(page) }),
      };
      return { contacts: contacts.map((id) => ({ id })), pagination: paging ? pagination : undefined };
    },
  } as never);
  const shown: string[] = [];
  let position: ListingPosition | undefined;
  return {
    asked,
    get position() {
      return position;
    },
    /** The ids of the next page. */
    async next(limit = 3) {
      const page = await list(position, shown, limit, new AbortController().signal);
      position = page?.next;
      const found = page?.contacts.map(({ id }) => id);
      shown.push(...(found ?? []));
      return found;
    },
  };
}
const people = (count: number) => Array.from({ length: count }, (_, at) => `c${at}`);

describe('a listing', () => {
  it.each<[what: string, says: Says]>([
    ['by the count', {}],
    ['as the API says', { more: (page) => page < 3 }],
  ])('ends with the last page, %s', async (_what, says) => {
    const it = stage(people(9), says);
    expect([await it.next(), await it.next()]).toEqual([
      ['c0', 'c1', 'c2'],
      ['c3', 'c4', 'c5'],
    ]);
    expect(it.position).toEqual({ page: 3, pageSize: 3, total: 9 });
    expect(await it.next()).toEqual(['c6', 'c7', 'c8']);
    expect(it.position).toBeUndefined();
    expect(it.asked).toEqual([1, 2, 3]);
  });

  it('of nobody is one empty page, and no page before the first is asked for', async () => {
    const it = stage([]);
    expect([await it.next(), it.position, it.asked]).toEqual([[], undefined, [1]]);
  });

  it('ends with an empty page, though the API says that more follow', async () => {
    const it = stage(people(3), { more: () => true });
    await it.next();
    expect([await it.next(), it.position]).toEqual([[], undefined]);
  });

  it.each<[what: string, says: Says, page: string[]]>([
    ['says nothing of pages', { paging: false }, ['c0', 'c1', 'c2']],
    ['does not count', { total: false }, ['c0', 'c1', 'c2']],
    ['does not keep to the size of a page', {}, people(4)],
  ])('is none where the API %s', async (_what, says, page) => {
    expect(await stage(people(9), says, () => page).next()).toBeUndefined();
  });

  it('keeps the size of its pages: what a smaller one leaves is shown next, with the page asked for again', async () => {
    const it = stage(people(6));
    await it.next();
    expect([await it.next(2), it.position?.page]).toEqual([['c3', 'c4'], 2]);
    expect([await it.next(2), it.position]).toEqual([['c5'], undefined]);
  });
});

describe('contacts that come or go between two pages', () => {
  it('one that is new moves the others on: nobody is shown twice', async () => {
    const ids = people(5);
    const it = stage(ids);
    await it.next();
    ids.unshift('new');
    expect(await it.next()).toEqual(['c3', 'c4']);
    expect(it.asked).toEqual([1, 2]);
  });

  it('one that is gone moves the others up: the page before is looked at again, once', async () => {
    const ids = people(9);
    const it = stage(ids);
    await it.next();
    ids.splice(0, 1);
    expect(await it.next()).toEqual(['c3', 'c4', 'c5']);
    expect([it.asked, it.position]).toEqual([[1, 2, 1], { page: 2, pageSize: 3, total: 8 }]);
    expect(await it.next()).toEqual(['c6']);
    expect(await it.next()).toEqual(['c7', 'c8']);
    expect(it.asked).toEqual([1, 2, 1, 2, 3]);
  });

  it('where the page before is none by then, this one is shown without it', async () => {
    const ids = people(9);
    const it = stage(ids, {}, (page) => (page === 1 && ids.length < 9 ? people(4) : (undefined as never)));
    await it.next();
    ids.pop();
    expect(await it.next()).toEqual(['c3', 'c4', 'c5']);
  });
});
