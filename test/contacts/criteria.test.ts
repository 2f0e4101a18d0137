import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createBook } from '../../src/contacts/book/book.ts';
import type { Contact } from '../../src/contacts/model/contact.ts';
import { CRITERIA, readCriteria, type SearchInput } from '../../src/contacts/question/criteria.ts';
import type { Criterion } from '../../src/contacts/question/criterion.ts';
import { knownTo, matches } from '../../src/contacts/question/matches.ts';
import { connect } from '../harness.ts';
import { contacts, filters, NOW, RUNS } from './arbitrary.ts';

const criteria = CRITERIA as unknown as Record<string, Criterion<unknown>>;
const NAMES = Object.keys(CRITERIA) as (keyof SearchInput)[];

describe('every filter', () => {
  it('is a field of the tool, and the tool has no other', async () => {
    const { client } = await connect({ contacts: 1 });
    const { tools } = await client.listTools();
    const search = tools.find(({ name }) => name === 'search_contacts');
    const beside = ['phone_number', 'selection', 'sort', 'group_by', 'limit', 'cursor'];
    expect(Object.keys(search?.inputSchema.properties ?? {}).sort()).toEqual([...NAMES, ...beside].sort());
  });

  it.each(NAMES)('%s alone finds what matches says, and says how it was read', (name) => {
    const any: fc.Arbitrary<unknown> = filters[name];
    const given = any.filter((value) => value !== undefined);
    let found = 0;
    let left = 0;
    fc.assert(
      fc.property(contacts(30), given, (list, value) => {
        const asked = readCriteria({ [name]: value } as SearchInput, NOW);
        const book = createBook();
        for (const one of list) book.put(one);
        const expected = list.filter((one) => matches(asked, one, knownTo(list))).map(({ id }) => id);
        expect(
          book
            .search(asked, 'phone_number', 100)
            .contacts.map(({ id }) => id)
            .sort(),
        ).toEqual(expected.sort());
        found += expected.length;
        left += list.length - expected.length;
        expect(asked.readAs).not.toBe('');
      }),
      { ...RUNS, numRuns: 75 },
    );
    // A filter that lets everybody through, or nobody, tests nothing.
    expect(Math.min(found, left)).toBeGreaterThan(20);
  });
});

describe('a filter that is planted', () => {
  afterEach(() => void delete criteria.name_length);
  const planted = (people: 'asks' | 'narrows' | 'never'): void => {
    criteria.name_length = {
      people,
      read: (length) => ({
        tests: [
          { on: 'metadata', key: 'name', fits: (name) => String(name ?? '').length === length },
          { on: 'number', fits: (e164) => e164.startsWith('+3') },
        ],
        readAs: `named in ${length} letters`,
      }),
    };
  };
  const asked = { name_length: 3 } as unknown as SearchInput;

  it('is read, matched, searched, grouped and worded by its declaration alone', () => {
    planted('narrows');
    const contact = (id: string, phone_number: string, name: string): Contact => ({
      id,
      phone_number,
      region_code: undefined,
      available_channels: [],
      default_channel: undefined,
      opt_out: false,
      metadata: { name },
      created_at: undefined,
      updated_at: undefined,
    });
    const list = [
      contact('1', '+34612345678', 'Ana'),
      contact('2', '+34612345679', 'Bert'),
      contact('3', '+4420', 'Zoe'),
    ];
    const read = readCriteria(asked, NOW);
    const book = createBook();
    for (const one of list) book.put(one);
    expect(list.filter((one) => matches(read, one)).map(({ id }) => id)).toEqual(['1']);
    expect(book.search(read, 'newest', 5).contacts.map(({ id }) => id)).toEqual(['1']);
    expect(read.readAs).toBe('named in 3 letters');
    expect(read.asksPeople).toBe(false);
  });

  it.each([
    ['asks', true],
    ['narrows', true],
    ['never', false],
  ] as const)('that %s people of the address book is asked of them: %j', (people, isAsked) => {
    planted(people);
    expect(readCriteria({ ...asked, query: 'ana' }, NOW).asksPeople).toBe(isAsked);
  });
});
