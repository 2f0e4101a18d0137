import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/state/memory.ts';
import { connect, type HarnessOptions, START } from '../harness.ts';

const DAY_MS = 24 * 3_600_000;
type Session = Awaited<ReturnType<typeof connect>>;
const everyone = ({ simulator }: Session) => [...simulator.book.all()];
const numbersIn = (data: Record<string, unknown>) =>
  (data.contacts as { phone_number: string }[]).map((one) => one.phone_number);

/** Two servers of one account, as two processes that share what lasts. */
async function two(options: HarnessOptions = {}) {
  const store = createMemoryStore({ now: () => START }, { lasts: true });
  const first = await connect({ contacts: 300, store, keys: 'one', ...options });
  const second = await connect({ store, keys: 'two', fetch: first.simulator.fetch });
  return { first, second };
}
const csvOf = async ({ client }: Session, selection: string): Promise<string> => {
  const { contents } = await client.readResource({ uri: `sent://selections/${selection}` });
  return (contents[0] as { text: string }).text;
};

describe('a selection', () => {
  it('stands for all matches of a question, in every process, and is answered anew', async () => {
    const { first, second } = await two();
    const asked = await first.call('search_contacts', { country: 'Brazil', channel: 'whatsapp', limit: 2 });
    const selection = asked.data.selection as string;
    expect(selection).toMatch(/^sel_[a-z2-7]{12}$/);
    expect(selection.length).toBeLessThanOrEqual(24);
    expect(asked.text).toContain(`selection ${selection}`);

    const shown = await second.call('search_contacts', { selection, limit: 100 });
    expect(shown.data).toMatchObject({
      total: asked.data.total,
      selection,
      read_as: 'in Brazil (BR), reachable on whatsapp; newest first',
    });
    expect(numbersIn(shown.data)).toHaveLength(asked.data.total as number);

    const [one] = numbersIn(shown.data);
    await first.call('delete_contact', { phone_number: one });
    const later = await second.call('search_contacts', { selection, limit: 0 });
    expect(later.data).toMatchObject({ total: (asked.data.total as number) - 1, contacts: [] });
  });

  it('can be narrowed, counted and selected again', async () => {
    const session = await connect({ contacts: 300 });
    const { data } = await session.call('search_contacts', { country: 'US' });
    const narrowed = await session.call('search_contacts', { selection: data.selection, opt_out: true });
    const expected = everyone(session).filter(
      ({ e164, opt_out }) => opt_out && numbersOf(session, 'US').has(e164),
    );
    expect(narrowed.data).toMatchObject({
      total: expected.length,
      read_as: expect.stringContaining('in United States (US), opted out'),
    });
    expect(narrowed.data.selection).not.toBe(data.selection);
    const counted = await session.call('search_contacts', { selection: data.selection, group_by: 'opt_out' });
    expect(counted.data.groups).toContainEqual({ value: 'true', count: expected.length });
    const again = await session.call('search_contacts', { selection: narrowed.data.selection, limit: 0 });
    expect(again.data.total).toBe(expected.length);
  });

  it('of a list holds those numbers', async () => {
    const session = await connect({ contacts: 60 });
    const some = everyone(session)
      .slice(3, 8)
      .map(({ e164 }) => e164);
    const stranger = '+34600000001';
    const { contacts } = session.services;
    const selection = await contacts.selections.ofNumbers([...some, stranger]);
    const { data } = await session.call('search_contacts', { selection });
    expect(numbersIn(data).sort()).toEqual([...some].sort());
    expect(data.read_as).toBe('a list of 6 numbers; newest first');
    const caller = {
      signal: new AbortController().signal,
      progress: () => {},
      canAsk: false,
      confirm: async () => {},
    };
    const people = await contacts.selections.people(selection, caller);
    expect(people.contacts.map(({ phone_number }) => phone_number)).toEqual([...some].sort());
    expect(people.notContacts).toEqual([stranger]);
  });

  it('is refused where it was made up, is a plan, belongs to another account, or is a day old', async () => {
    const { first } = await two();
    const { data } = await first.call('search_contacts', { country: 'US' });
    const refusal =
      /^invalid_input: The selection is unknown or older than a day\.\nNext: Ask search_contacts /;
    const other = await connect({ contacts: 10 });
    for (const session of [first, other]) {
      const selection = session === other ? data.selection : 'sel_madeupmadeup';
      const { text, isError } = await session.call('search_contacts', { selection });
      expect([isError, text]).toEqual([true, expect.stringMatching(refusal)]);
    }
    const plan = await first.call('search_contacts', { selection: 'send_abcdefgh' });
    expect(plan.text).toMatch(/^invalid_input: That is a plan, not a selection\./);
    first.advance(DAY_MS);
    expect((await first.call('search_contacts', { selection: data.selection })).text).toMatch(refusal);
    await expect(csvOf(first, String(data.selection))).rejects.toThrow();
  });

  it('is a resource: all of its people as CSV, linked from the result', async () => {
    const session = await connect({ contacts: 120 });
    const { client } = session;
    const result = await client.callTool({ name: 'search_contacts', arguments: { country: 'ES', limit: 1 } });
    const { selection, total } = result.structuredContent as { selection: string; total: number };
    expect((result.content as unknown[]).at(-1)).toEqual({
      type: 'resource_link',
      uri: `sent://selections/${selection}`,
      name: `${selection}.csv`,
      mimeType: 'text/csv',
    });
    const [head, ...rows] = (await csvOf(session, selection)).trimEnd().split('\r\n');
    expect(head).toMatch(/^phone_number,region_code,available_channels,default_channel,opt_out,/);
    expect(rows).toHaveLength(total);
    expect(rows.every((row) => /^\+34\d+,ES,/.test(row))).toBe(true);
  });
});

const numbersOf = (session: Session, region: string): Set<string> => {
  const contacts = session.services.contacts.directory.book;
  return new Set(
    everyone(session)
      .map(({ e164 }) => e164)
      .filter((e164) => contacts.byPhone(e164)?.region_code === region),
  );
};

describe('a cursor', () => {
  it('goes on in another process', async () => {
    const { first, second } = await two();
    for (const question of [{}, { country: 'US' }]) {
      const page = await first.call('search_contacts', { ...question, limit: 20 });
      const next = await second.call('search_contacts', { cursor: page.data.next_cursor, limit: 20 });
      expect(next.isError).toBe(false);
      expect(next.data.selection).toBe(page.data.selection);
      expect(numbersIn(next.data).filter((one) => numbersIn(page.data).includes(one))).toEqual([]);
    }
  });
});

describe('a change through one server', () => {
  it('is known to the others at their next answer', async () => {
    const { first, second } = await two({ contacts: 500 });
    const optedOut = { opt_out: true, limit: 0 };
    const before = (await second.call('search_contacts', optedOut)).data.total as number;
    await first.call('search_contacts', optedOut);
    const one = everyone(first).find(({ opt_out }) => !opt_out);
    await first.call('update_contact', { phone_number: one?.e164, opt_out: true });
    first.wire();
    expect((await second.call('search_contacts', optedOut)).data.total).toBe(before + 1);
    expect(first.wire()).toEqual([]);
    await first.call('delete_contact', { phone_number: one?.e164 });
    expect((await second.call('search_contacts', optedOut)).data.total).toBe(before);
  });
});

describe('an answer', () => {
  it('says how it was read, counts without a list, and groups by two', async () => {
    const session = await connect({ contacts: 400 });
    const counted = await session.call('search_contacts', { country: ['Switzerland', 'AT'], limit: 0 });
    expect(counted.data).toMatchObject({ contacts: [], complete: true });
    expect(counted.data.read_as).toMatch(/^in Switzerland \(CH\) or Austria \(AT\)/);
    expect(counted.data).not.toHaveProperty('next_cursor');
    const { data } = await session.call('search_contacts', { group_by: 'country,opt_out' });
    const groups = data.groups as { value: string; count: number }[];
    expect(groups.every(({ value }) => /^[A-Z]{2},(true|false)$/.test(value))).toBe(true);
    expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(400);
    const months = await session.call('search_contacts', { group_by: 'created_month' });
    expect((months.data.groups as { value: string }[])[0]?.value).toMatch(/^20\d\d-\d\d$/);
    const only = await session.call('search_contacts', { only_channel: 'sms', limit: 0 });
    expect(only.data.total).toBe(
      everyone(session).filter(({ channels }) => channels.join() === 'sms').length,
    );
  });

  it('shows times only where the question is about them', async () => {
    const session = await connect({ contacts: 60 });
    const rowOf = async (args: Record<string, unknown>) =>
      ((await session.call('search_contacts', args)).data.contacts as Record<string, unknown>[])[0] ?? {};
    expect(Object.keys(await rowOf({ country: 'US' }))).not.toContain('created_at');
    expect(await rowOf({ country: 'US', sort: 'oldest' })).toHaveProperty('created_at');
    expect(await rowOf({ created_after: '1y' })).toHaveProperty('created_at');
    const [one] = everyone(session);
    if (one) session.simulator.book.change(one, { updated_at: START });
    session.advance(10_000);
    expect(await rowOf({ updated_after: '1y' })).toHaveProperty('updated_at');
    expect(Object.keys(await rowOf({}))).not.toContain('id');
  });

  it('does not say that nobody has a value where nobody has any metadata at all', async () => {
    const session = await connect({ contacts: 30 });
    for (const one of everyone(session)) session.simulator.book.change(one, { metadata: undefined } as never);
    for (const args of [{ metadata: { tier: 'gold' } }, { group_by: 'metadata.tier' }]) {
      const { data, text } = await session.call('search_contacts', args);
      expect(data.warnings).toEqual([
        'No contact of this account has any metadata, so this says nothing about people.',
      ]);
      expect(text).toContain('No contact of this account has any metadata');
    }
  });

  it('of twenty contacts costs at most 700 tokens as text and 1,000 as structure', async () => {
    const session = await connect({ contacts: 500 });
    for (const args of [{}, { country: 'US' }, { query: 'vip' }, { channel: 'whatsapp' }]) {
      const { text, data } = await session.call('search_contacts', args);
      expect(numbersIn(data)).toHaveLength(20);
      expect(countTokens(text)).toBeLessThanOrEqual(700);
      expect(countTokens(JSON.stringify(data))).toBeLessThanOrEqual(1000);
    }
  });

  it('keeps the metadata that was asked for, and all of it on a short page', async () => {
    const session = await connect({ contacts: 500 });
    const keysIn = (data: Record<string, unknown>) =>
      new Set(
        (data.contacts as { metadata?: object }[]).flatMap(({ metadata }) => Object.keys(metadata ?? {})),
      );
    const long = await session.call('search_contacts', { metadata: { segment: 'vip' } });
    expect(keysIn(long.data)).toContain('segment');
    expect(long.data.warnings).toEqual([expect.stringMatching(/^Left out of this list: /)]);
    const short = await session.call('search_contacts', { metadata: { segment: 'vip' }, limit: 5 });
    expect(keysIn(short.data).size).toBe(5);
    expect(short.data).not.toHaveProperty('warnings');
  });
});

describe('after a restart', () => {
  it('notes are found in what was kept of the account', async () => {
    const { first, second } = await two({ contacts: 500, metadata: 'ignored' });
    await first.call('search_contacts', { group_by: 'country' });
    const [one] = everyone(first);
    await first.call('update_contact', { phone_number: one?.e164, metadata: { tier: 'gold' } });
    first.wire();
    const { data } = await second.call('search_contacts', { metadata: { tier: 'gold' } });
    expect(numbersIn(data)).toEqual([one?.e164]);
    expect(first.wire().filter((request) => request.includes('/v3/contacts'))).toEqual([]);
    expect((await second.call('search_contacts', { query: 'gold' })).data.total).toBe(1);
  });
});
