import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBook } from '../../src/contacts/book/book.ts';
import type { Contact } from '../../src/contacts/model/contact.ts';
import { readCriteria } from '../../src/contacts/question/criteria.ts';
import { readGroupBy } from '../../src/contacts/question/grouping.ts';
import { knownTo, matches } from '../../src/contacts/question/matches.ts';
import { SORTS } from '../../src/contacts/question/sort.ts';
import { contact, contacts, NOW, question, RUNS, wording } from './arbitrary.ts';
import { naiveOrder, naiveScores } from './naive.ts';

const bookOf = (list: readonly Contact[]) => {
  const book = createBook();
  for (const one of list) book.put(one);
  return book;
};
const everyone = readCriteria({}, NOW);
const allOf = (book: ReturnType<typeof createBook>) => book.search(everyone, 'phone_number', 10_000).contacts;
const byId = (a: Contact, b: Contact) => (a.id < b.id ? -1 : 1);

describe('the book against a naive one', () => {
  it('finds the same contacts in the same order, for any question and order', () => {
    fc.assert(
      fc.property(
        contacts(40),
        fc.oneof(question, wording),
        fc.constantFrom(...SORTS),
        fc.integer({ min: 0, max: 12 }),
        (list, asked, sort, limit) => {
          const criteria = readCriteria(asked, NOW);
          const scores = naiveScores(criteria, list);
          const fitting = list.filter((one) => matches(criteria, one, knownTo(list)));
          expect(fitting.filter((one) => !scores.has(one))).toEqual([]);
          const expected = fitting.sort(naiveOrder(sort, scores));
          const found = bookOf(list).search(criteria, sort, limit);
          expect(found).toEqual({
            total: expected.length,
            contacts: expected.slice(0, limit),
            more: expected.length > limit,
          });
        },
      ),
      { ...RUNS, numRuns: 450 },
    );
  });

  it('counts the same groups', () => {
    const groups = ['country', 'channel', 'channels', 'default_channel', 'opt_out', 'created_month'];
    const one = fc.constantFrom(...groups, 'metadata.tags', 'metadata.order');
    const by = fc.oneof(
      one.map((name) => [name]),
      fc.tuple(one, one),
    );
    const valuesOf = (contact: Contact, name: string): string[] => {
      const month = contact.created_at && new Date(Date.parse(contact.created_at)).toISOString().slice(0, 7);
      const fields: Record<string, unknown> = {
        ...contact,
        country: contact.region_code,
        channel: contact.available_channels,
        channels: [...contact.available_channels].sort().join('+') || undefined,
        created_month: month,
      };
      const value = name.startsWith('metadata.') ? contact.metadata?.[name.slice(9)] : fields[name];
      const items = [value ?? []].flat();
      if (items.length === 0) return ['none'];
      return [
        ...new Set(items.map((item) => (typeof item === 'object' ? JSON.stringify(item) : String(item)))),
      ];
    };
    fc.assert(
      fc.property(contacts(40), question, by, (list, asked, names) => {
        const criteria = readCriteria(asked, NOW);
        const fitting = list.filter((one) => matches(criteria, one, knownTo(list)));
        const counts = new Map<string, number>();
        for (const contact of fitting) {
          const [firsts = [], seconds = ['']] = names.map((name) => valuesOf(contact, name));
          for (const first of firsts) {
            for (const second of seconds) {
              const value = names.length > 1 ? `${first},${second}` : first;
              counts.set(value, (counts.get(value) ?? 0) + 1);
            }
          }
        }
        const grouped = bookOf(list).group(criteria, readGroupBy(names.join(',')));
        expect(grouped.total).toBe(fitting.length);
        const bySize = [...counts].map(([value, count]) => ({ value, count }));
        expect(grouped.groups).toEqual(
          bySize.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1)),
        );
      }),
      RUNS,
    );
  });

  it('holds what was put last and not removed, to the letter', () => {
    const few = fc.integer({ min: 0, max: 12 }).map((n) => `c${n}`);
    const step = fc.oneof(contact(few), few);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const book = createBook();
        const model = new Map<string, Contact>();
        for (const one of steps) {
          if (typeof one === 'string') {
            book.remove(one);
            model.delete(one);
          } else {
            book.put(one);
            model.set(one.id, one);
          }
        }
        expect(book.size).toBe(model.size);
        expect(allOf(book).sort(byId)).toEqual([...model.values()].sort(byId));
        for (const one of model.values()) {
          expect(book.get(one.id)).toEqual(one);
          expect(book.byPhone(one.phone_number)?.phone_number).toBe(one.phone_number);
        }
        expect(book.byPhone('+34000000000')).toBeUndefined();
      }),
      RUNS,
    );
  });

  it('shows every match exactly once over its pages, whatever changes between them', () => {
    const change = fc.oneof(
      contact(fc.integer({ min: 0, max: 999 }).map((n) => `c${n}`)),
      fc.integer({ min: 0, max: 999 }).map((n) => `c${n}`),
    );
    fc.assert(
      fc.property(
        contacts(40),
        question,
        fc.constantFrom(...SORTS),
        fc.array(change, { maxLength: 30 }),
        (list, asked, sort, changes) => {
          const criteria = readCriteria(asked, NOW);
          const book = bookOf(list);
          const stays = new Set(list.map(({ id }) => id));
          for (const one of changes) stays.delete(typeof one === 'string' ? one : one.id);
          const matches = book.search(criteria, sort, 100).contacts.map(({ id }) => id);
          const shown: string[] = [];
          for (let more = true; more; ) {
            const page = book.search(criteria, sort, 5, shown);
            shown.push(...page.contacts.map(({ id }) => id));
            more = page.more;
            for (const one of changes.splice(0, 3))
              typeof one === 'string' ? book.remove(one) : book.put(one);
          }
          expect(new Set(shown).size).toBe(shown.length);
          // Typos are forgiven only where nobody has the very word, so that a newcomer may change what fits a text.
          if (asked.query === undefined)
            expect(shown).toEqual(expect.arrayContaining(matches.filter((id) => stays.has(id))));
        },
      ),
      RUNS,
    );
  });
});

describe('the book', () => {
  const plain = (id: string, over: Partial<Contact> = {}): Contact => ({
    id,
    phone_number: `+3461200${id.padStart(4, '0')}`,
    region_code: 'ES',
    available_channels: ['sms'],
    default_channel: undefined,
    opt_out: false,
    metadata: undefined,
    created_at: undefined,
    updated_at: undefined,
    ...over,
  });

  it('shows the best match first: the very word, then its start, then a typo; the whole number, then its end', () => {
    const named = (id: string, name: string) => plain(id, { metadata: { name } });
    const book = bookOf([
      named('1', 'Zoehler'),
      named('2', 'Zoe'),
      named('3', 'Bert'),
      named('4', 'order 34612000001'),
      plain('5', { phone_number: '+3461200' }),
    ]);
    const found = (query: string) =>
      book.search(readCriteria({ query }, NOW), 'relevance', 5).contacts.map(({ id }) => id);
    expect([found('zoe'), found('berd'), found('34612000001'), found('3461200')]).toEqual([
      ['2', '1'],
      ['3'],
      ['1', '4'],
      ['5', '1', '2', '3', '4'],
    ]);
  });

  it('forgives no typo in a word that is the name of a country', () => {
    const spaim = plain('1', { region_code: 'PT', metadata: { name: 'Spaim' } });
    const found = (...list: Contact[]) =>
      bookOf(list)
        .search(readCriteria({ query: 'spain' }, NOW), 'newest', 5)
        .contacts.map(({ id }) => id);
    expect([found(spaim), found(spaim, plain('2'))]).toEqual([['1'], ['2']]);
  });

  it.each(SORTS)('what %s cannot tell apart comes by id, whatever came first', (sort) => {
    const ids = Array.from({ length: 40 }, (_, at) => String((at * 17) % 40).padStart(2, '0'));
    for (const more of [{}, { phone_number: 'ext. 1' }]) {
      const book = bookOf(ids.map((id) => plain(id, { phone_number: '+34612000000', ...more })));
      const found = book.search(everyone, sort, 12).contacts.map(({ id }) => id);
      expect(found).toEqual([...ids].sort().slice(0, 12));
    }
  });

  it('keeps what a reading brought, and removes the rest', () => {
    const book = bookOf([plain('1'), plain('2'), plain('3')]);
    expect([book.put(plain('2'), 1), book.put(plain('2'), 1), book.put(plain('4'), 1)]).toEqual([
      true,
      false,
      true,
    ]);
    book.sweep(1);
    expect(allOf(book).map(({ id }) => id)).toEqual(['2', '4']);
  });

  it('completes ids and numbers, with or without the plus', () => {
    const book = bookOf([plain('1', { id: 'abc' }), plain('2', { id: 'abd' }), plain('3', { id: '346x' })]);
    expect(book.startingWith('ab', 10)).toEqual(['abc', 'abd']);
    expect(book.startingWith('ab', 1)).toEqual(['abc']);
    expect(book.startingWith('+34 612-00 0002', 10)).toEqual(['abd']);
    expect(book.startingWith('346', 10)).toEqual(['abc', 'abd', '346x']);
    expect(book.startingWith('', 2)).toHaveLength(2);
  });

  it('forgets the words of metadata that nobody has any more', () => {
    const book = createBook();
    for (let round = 0; round < 30; round++) {
      for (let n = 0; n < 100; n++)
        book.put(plain(String(n), { metadata: { word: `w${round} x${n}`, of: 'all' } }));
    }
    const found = (query: string) => book.search(readCriteria({ query }, NOW), 'relevance', 5).total;
    expect([found('w29'), found('w3 x3'), found('x17'), found('all')]).toEqual([100, 0, 1, 100]);
  });
});
