import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addressBookFile } from '../../src/app/address-book-file.ts';
import { createAddressBook } from '../../src/contacts/people/address-book.ts';
import { createSimulator } from '../../src/simulator/simulator.ts';
import { connect, type HarnessOptions } from '../harness.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'address-book-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const [first, second] = createSimulator({ contacts: 5, metadata: 'ignored' })
  .book.page(1, 2, {})
  .contacts.map(({ e164 }) => e164);
const STRANGER = '+351912345678';
const CSV = [
  'Name,Phone,Company,Tags,Notes,City',
  `María García,${first},Ferretería Ruiz,VIP;Gold,pays late,Sevilla`,
  `Bob Stone,${second},Acme,Gold,,Leeds`,
  `Ana Mendes,${STRANGER},Padaria Sol,VIP,,Porto`,
  'No number,,,,,',
].join('\n');

function book(content: string | Buffer, name = 'book.csv'): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}
const open = (path: string, options: HarnessOptions = {}) =>
  connect({ contacts: 5, metadata: 'ignored', ...options, env: { SENT_ADDRESS_BOOK: path, ...options.env } });
type Row = {
  phone_number: string;
  metadata?: Record<string, unknown>;
  from_address_book?: string[];
  in_sent?: boolean;
};
const rows = ({ data }: { data: Record<string, unknown> }) => data.contacts as Row[];

describe('people of the address book in results', () => {
  test("a name finds the contact; what is the address book's is marked, in data and text", async () => {
    const session = await open(book(CSV));
    const found = await session.call('search_contacts', { query: 'maria ruiz' });
    expect(found.data).toMatchObject({ total: 1, complete: true });
    expect(rows(found)[0]).toMatchObject({
      phone_number: first,
      metadata: {
        name: 'María García',
        company: 'Ferretería Ruiz',
        tags: ['VIP', 'Gold'],
        note: 'pays late',
        city: 'Sevilla',
      },
      from_address_book: ['name', 'company', 'tags', 'note', 'city'],
    });
    expect(rows(found)[0]?.in_sent).toBeUndefined();
    expect(found.text).toContain('address book: name: ');
    const whole = await session.call('get_contact', { phone_number: first ?? '' });
    expect(whole.data.contact).toMatchObject({
      metadata: { name: 'María García' },
      format_rfc: expect.stringContaining('tel:'),
    });
    expect(whole.text).toContain('address book: name: ');
  });

  test('matched by metadata, one tag of several too, and counted by group', async () => {
    const session = await open(book(CSV));
    const vips = await session.call('search_contacts', { metadata: { tags: 'VIP' } });
    expect(rows(vips).map((row) => [row.phone_number, row.in_sent])).toEqual([
      [first, undefined],
      [STRANGER, false],
    ]);
    const tags = await session.call('search_contacts', { query: 'gold', group_by: 'metadata.company' });
    expect(tags.data.groups).toEqual([
      { value: 'Acme', count: 1 },
      { value: 'Ferretería Ruiz', count: 1 },
    ]);
    // A question about the account alone counts its contacts alone.
    const all = await session.call('search_contacts', { group_by: 'metadata.company' });
    expect(all.data).toMatchObject({ total: 5 });
    expect((await session.call('search_contacts', { query: 'ana', opt_out: false })).data).toMatchObject({
      total: 0,
    });
  });

  test('somebody who is no contact is found, marked, and can be written to', async () => {
    const session = await open(book(CSV));
    const found = await session.call('search_contacts', { query: 'Ana Mendes' });
    expect(found).toMatchSnapshot();
    const exact = await session.call('search_contacts', { phone_number: STRANGER });
    expect(rows(exact)[0]).toMatchObject({ in_sent: false, metadata: { name: 'Ana Mendes' } });
    const whole = await session.call('get_contact', { phone_number: STRANGER, include_engagement: true });
    expect(whole.data.contact).toMatchObject({ in_sent: false, format_international: '+351 912 345 678' });
    const sent = await session.call('send_message', { to: [STRANGER], text: 'Olá' });
    expect(sent.isError).toBe(false);
    expect(session.simulator.messages).toHaveLength(1);

    await session.call('create_contact', { phone_number: STRANGER });
    expect(rows(await session.call('search_contacts', { query: 'Ana Mendes' }))[0]?.in_sent).toBeUndefined();
    await session.call('delete_contact', { phone_number: STRANGER });
    expect(rows(await session.call('search_contacts', { query: 'Ana Mendes' }))[0]?.in_sent).toBe(false);
  });

  test('what Sent says wins, and nothing of the file goes to Sent', async () => {
    const session = await open(book(CSV), { metadata: 'stored' });
    await session.call('update_contact', { phone_number: first, metadata: { name: 'Mary', plan: 'pro' } });
    const found = await session.call('search_contacts', { query: 'Mary pays late' });
    expect(rows(found)).toMatchObject([
      { phone_number: first, metadata: { name: 'Mary', plan: 'pro', note: 'pays late' } },
    ]);
    expect(rows(found)[0]?.metadata?.company).not.toBe('Ferretería Ruiz');
    expect(rows(found)[0]?.from_address_book).toEqual(['tags', 'note']);
    expect(JSON.stringify(session.simulator.requests.map(({ body }) => body ?? ''))).not.toMatch(
      /Ferreter|Sevilla/,
    );
    expect(JSON.stringify(session.logged)).not.toMatch(/Ferreter|Sevilla|María/);
  });

  test('pages of an answer hold contacts first and everybody once', async () => {
    const many = Array.from({ length: 30 }, (_, i) => `Gold ${i},+3519120000${String(i).padStart(2, '0')}`);
    const session = await open(
      book(['name,phone', `Gold A,${first}`, `Gold B,${second}`, ...many].join('\n')),
    );
    const seen: Row[] = [];
    let page = await session.call('search_contacts', { query: 'gold', limit: 7 });
    for (;;) {
      expect(page.data.total).toBe(32);
      seen.push(...rows(page));
      if (page.data.next_cursor === undefined) break;
      page = await session.call('search_contacts', { cursor: page.data.next_cursor, limit: 7 });
    }
    expect(
      seen
        .slice(0, 2)
        .map(({ phone_number }) => phone_number)
        .sort(),
    ).toEqual([first, second].sort());
    expect(new Set(seen.map(({ phone_number }) => phone_number)).size).toBe(32);
    expect(seen).toHaveLength(32);
  });

  test('in a plain listing and for templates, the names are there too', async () => {
    const session = await open(book(CSV));
    const listed = await session.call('search_contacts', {});
    expect(listed.data.total).toBe(5);
    expect(rows(listed).find((row) => row.phone_number === second)?.metadata?.name).toBe('Bob Stone');
    const { contacts } = session.services;
    expect(await contacts.fieldsOf([first ?? '', STRANGER, '+351900000000'])).toEqual([
      expect.objectContaining({ name: 'María García', tags: 'VIP, Gold' }),
      expect.objectContaining({ company: 'Padaria Sol' }),
      undefined,
    ]);
  });
});

describe('two people on one number', () => {
  const SHARED = [
    'Name,Phone,Company',
    `Ana Ruiz,${first},Padaria Sol`,
    `Bob Stone,${first},Acme`,
    `Ana Ruiz,${second},`,
    `Mia Sommer,${STRANGER},Casa`,
    `Ole Winter,${STRANGER},Kiosk`,
  ].join('\n');

  test('stay two, both are found, and neither has the fields of the other', async () => {
    const session = await open(book(SHARED));
    for (const query of ['ana padaria', 'bob acme']) {
      const found = await session.call('search_contacts', { query });
      expect(rows(found)).toMatchObject([
        {
          phone_number: first,
          metadata: {
            name: 'Ana Ruiz',
            company: 'Padaria Sol',
            also_on_this_number: [{ name: 'Bob Stone', company: 'Acme' }],
          },
        },
      ]);
    }
    for (const [query, metadata] of [
      ['mia', { name: 'Mia Sommer', company: 'Casa' }],
      ['ole', { name: 'Ole Winter', company: 'Kiosk' }],
    ] as const) {
      const found = await session.call('search_contacts', { query });
      expect(rows(found)).toMatchObject([{ phone_number: STRANGER, in_sent: false }]);
      expect(rows(found)[0]?.metadata).toEqual(metadata);
    }
  });

  test('a name in a script without spaces is found by a part of it', async () => {
    const session = await open(book(`姓名,手机\n王小明,${first}\n李娜,${second}\n`));
    for (const query of ['小明', '王小明', '王小', '明']) {
      expect(rows(await session.call('search_contacts', { query }))).toMatchObject([{ phone_number: first }]);
    }
  });
});

describe('the file', () => {
  const settled = async (check: () => boolean) => {
    for (let tries = 0; !check() && tries < 400; tries++) await new Promise((done) => setTimeout(done, 20));
    expect(check()).toBe(true);
  };
  /** A source that tells of a change at once. */
  function source(content: string) {
    const state = { content: content as string | undefined, changed: () => {} };
    return {
      state,
      name: '"people.csv"',
      read: async () => {
        if (state.content === undefined) throw new Error('secret words');
        return new TextEncoder().encode(state.content);
      },
      watch: (changed: () => void) => {
        state.changed = changed;
      },
    };
  }

  test('is read anew when it changes; a broken one is said, and the last good one kept', async () => {
    const told: unknown[] = [];
    const from = source(CSV);
    const people = createAddressBook(from, {
      defaultCountry: undefined,
      clock: { sleep: async () => {} },
      onRead: (facts) => told.push(facts),
    });
    await people.ready();
    expect(people.fieldsOf(STRANGER)?.name).toBe('Ana Mendes');
    expect(told).toEqual([{ people: 3, invalid: 1, failed: false }]);

    from.state.content = CSV.replace('Ana Mendes', '"Ana');
    from.state.changed();
    await settled(() => told.length === 2);
    expect(people.problem()).toMatch(/last good version is used\. In "people.csv": .*never closed/);
    expect(people.fieldsOf(STRANGER)?.name).toBe('Ana Mendes');

    from.state.content = undefined;
    from.state.changed();
    await settled(() => told.length === 3);
    expect(people.problem()).toMatch(/cannot be read/);
    expect(people.problem()).not.toContain('secret');

    from.state.content = 'name,phone\nNew,+351911111111\n';
    from.state.changed();
    await settled(() => told.length === 4);
    expect(people.problem()).toBeUndefined();
    expect(people.fieldsOf(STRANGER)).toBeUndefined();
    expect([...people.people().phones()]).toEqual(['+351911111111']);
    expect(people.fieldsOf('+351911111111')).toEqual({ name: 'New' });
  });

  test('that is empty all at once is believed when it stays so', async () => {
    const told: unknown[] = [];
    const from = source(CSV);
    const pauses: (() => void)[] = [];
    const people = createAddressBook(from, {
      defaultCountry: undefined,
      clock: { sleep: () => new Promise((resolve) => pauses.push(resolve)) },
      onRead: (facts) => told.push(facts),
    });
    await people.ready();
    from.state.content = '';
    from.state.changed();
    await settled(() => pauses.length === 1);
    expect(people.fieldsOf(STRANGER)?.name).toBe('Ana Mendes');
    expect(people.problem()).toContain('last good version is used');
    from.state.content = CSV; // The program that wrote it has come to its end.
    pauses.shift()?.();
    await settled(() => told.length === 2);
    expect(people.problem()).toBeUndefined();

    from.state.content = 'name,phone\n';
    from.state.changed();
    for (const _ of [1, 2]) {
      await settled(() => pauses.length === 1);
      pauses.shift()?.();
    }
    await settled(() => told.length === 3);
    expect(people.fieldsOf(STRANGER)).toBeUndefined();
    expect(people.problem()).toContain('holds nobody');
  });

  test('is watched on the disk, a replaced one too, and the joined contacts follow', async () => {
    const path = book(CSV);
    const session = await open(path);
    expect((await session.call('search_contacts', { query: 'Bob Stone' })).data.total).toBe(1);
    book(CSV.replace('Bob Stone', 'Robert Stein'));
    await settled(() => session.logged.filter(({ event }) => event === 'address_book').length === 2);
    expect((await session.call('search_contacts', { query: 'Bob Stone' })).data.total).toBe(0);
    const found = await session.call('search_contacts', { query: 'Robert Stein' });
    expect(rows(found)).toMatchObject([
      { phone_number: second, from_address_book: expect.arrayContaining(['name']) },
    ]);
    expect(rows(found)[0]?.in_sent).toBeUndefined();
  });

  test('that is missing or none is said with every answer, and stops nothing', async () => {
    const session = await open(join(folder, 'nowhere.csv'));
    const found = await session.call('search_contacts', { group_by: 'country' });
    expect(found.isError).toBe(false);
    expect(found.text).toContain(
      'The address book could not be read. The file "nowhere.csv" does not exist.',
    );
    const other = await open(book('a,b\n1,2\n', 'odd.csv'));
    expect((await other.call('search_contacts', {})).text).toContain('no column of phone numbers');
  });

  test('watching keeps no process alive', () => {
    expect(addressBookFile(book(CSV)).watch(() => {})).toBeUndefined();
  });
});

test('while the account is not read whole, nobody is called a stranger unseen', async () => {
  const session = await open(book(CSV), { contacts: 300 });
  // Of the account's pages only the first can be read; a look-up of one number goes through.
  const whole = session.simulator.fetch;
  const partly = await open(book(CSV), {
    contacts: 300,
    fetch: async (input, init) => {
      const url = new URL(input instanceof Request ? input.url : String(input));
      const held = Number(url.searchParams.get('page')) > 1 && !url.searchParams.has('phone');
      return held ? new Promise(() => {}) : whole(input, init);
    },
  });
  const stranger = await partly.call('search_contacts', { query: 'Ana Mendes' });
  expect(stranger.data).toMatchObject({ complete: false, total: 1 });
  expect(rows(stranger)).toMatchObject([{ phone_number: STRANGER, in_sent: false }]);

  const late = session.simulator.book.page(3, 100, {}).contacts.at(-1)?.e164 ?? '';
  const other = await connect({
    contacts: 300,
    metadata: 'ignored',
    env: { SENT_ADDRESS_BOOK: book(`name,phone\nZacharias,${late}\n`, 'late.csv') },
    fetch: async (input, init) => {
      const url = new URL(input instanceof Request ? input.url : String(input));
      const held = Number(url.searchParams.get('page')) > 1 && !url.searchParams.has('phone');
      return held ? new Promise(() => {}) : whole(input, init);
    },
  });
  const found = await other.call('search_contacts', { query: 'Zacharias' });
  expect(found.data).toMatchObject({ complete: false, total: 1 });
  expect(rows(found)[0]).toMatchObject({ phone_number: late, metadata: { name: 'Zacharias' } });
  expect(rows(found)[0]?.in_sent).toBeUndefined();
});
