import { describe, expect, it } from 'vitest';
import { connect } from '../harness.ts';

/** Contacts of the simulator, as the API would count them. */
type Session = Awaited<ReturnType<typeof connect>>;
const numbersIn = (data: Record<string, unknown>) =>
  (data.contacts as { phone_number: string }[]).map((one) => one.phone_number);
const everyone = ({ simulator }: Session) => [...simulator.book.all()];

describe('questions that cost one call', () => {
  it('how many per country', async () => {
    const session = await connect({ contacts: 200 });
    const { text, data } = await session.call('search_contacts', { group_by: 'country' });
    expect(data).toMatchObject({ total: 200, contacts: [], complete: true });
    const groups = data.groups as { value: string; count: number }[];
    expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(200);
    expect(groups.find(({ value }) => value === 'SE')?.count).toBe(
      everyone(session).filter(({ e164 }) => e164.startsWith('+46')).length,
    );
    expect(text).toMatch(
      /^200 contacts\. Read as: all contacts; counted by country\.\nAll of them: selection sel_\w{12}\.\nUnited States \(US\) \d+, .*$/,
    );
  });

  it('who opted out in Spain since September', async () => {
    const session = await connect({ contacts: 200 });
    const spanish = everyone(session).filter(({ e164 }) => e164.startsWith('+34'));
    const [first, second] = spanish;
    if (!first || !second) throw new Error('nobody in Spain');
    session.simulator.book.change(first, { opt_out: true });
    session.simulator.book.change(second, { opt_out: true, updated_at: Date.UTC(2026, 7, 30) });
    const { data } = await session.call('search_contacts', {
      country: 'España',
      opt_out: true,
      updated_after: '2026-09-01',
    });
    const expected = everyone(session).filter(
      ({ e164, opt_out, updated_at }) =>
        e164.startsWith('+34') && opt_out && (updated_at ?? 0) >= Date.UTC(2026, 8, 1),
    );
    const ids = numbersIn(data);
    expect(ids.sort()).toEqual(expected.map(({ e164 }) => e164).sort());
    expect(ids).toContain(first.e164);
    expect(ids).not.toContain(second.e164);
  });

  it('the newest five', async () => {
    const session = await connect({ contacts: 200 });
    const { data, text } = await session.call('search_contacts', { sort: 'newest', limit: 5 });
    const newest = everyone(session)
      .sort((a, b) => b.created_at - a.created_at)
      .slice(0, 5);
    expect(numbersIn(data)).toEqual(newest.map(({ e164 }) => e164));
    expect(data.total).toBe(200);
    expect(text).toMatch(
      /^200 contacts\. Read as: all contacts; newest first\.\nAll of them: selection sel_\w{12}\. 5 shown, next: cursor \w{12}\.\nnumber \| country \| channels \| created \| name; company; /,
    );
  });

  it('who defaults to SMS though WhatsApp is there', async () => {
    const session = await connect({ contacts: 200 });
    const { data } = await session.call('search_contacts', {
      default_channel: 'sms',
      channel: 'whatsapp',
      limit: 100,
    });
    const expected = everyone(session).filter(
      ({ channels, default_channel }) => default_channel === 'sms' && channels.includes('whatsapp'),
    );
    expect(expected.length).toBeGreaterThan(3);
    expect(data.total).toBe(expected.length);
    expect(numbersIn(data).sort()).toEqual(expected.map(({ e164 }) => e164).sort());
  });
});

describe('paging', () => {
  it.each([{}, { country: 'US' }, { query: 'vip' }, { sort: 'phone_number' }])(
    'shows every match of %o exactly once, though contacts come, go and change between the pages',
    async (question) => {
      const session = await connect({ contacts: 240 });
      const { book } = session.simulator;
      const shown: string[] = [];
      const gone = new Set<string>();
      let args: Record<string, unknown> = { ...question, limit: 30 };
      for (let page = 0; ; page++) {
        const { data, isError } = await session.call('search_contacts', args);
        expect(isError).toBe(false);
        const ids = numbersIn(data);
        expect(ids.length).toBeLessThanOrEqual(30);
        shown.push(...ids);
        if (data.next_cursor === undefined) break;
        args = { cursor: data.next_cursor, limit: 30 };
        book.add(`+99900000${String(page).padStart(3, '0')}`);
        const living = [...book.all()];
        for (const one of [living[5], living[page * 20], living[living.length - 3]]) {
          if (!one) continue;
          gone.add(one.e164);
          const { isError: failed } = await session.call('delete_contact', { contact_id: one.id });
          if (failed) book.remove(one);
        }
        const [some] = living.slice(50);
        if (some) await session.call('update_contact', { contact_id: some.id, opt_out: !some.opt_out });
        // Other questions meanwhile disturb nothing.
        await session.call('search_contacts', { group_by: 'channel' });
      }
      expect(new Set(shown).size).toBe(shown.length);
      const rest = await session.call('search_contacts', { ...question, sort: 'newest', limit: 100 });
      const matches: string[] = numbersIn(rest.data);
      for (let { next_cursor: cursor } = rest.data; cursor !== undefined; ) {
        const more = await session.call('search_contacts', { cursor, limit: 100 });
        matches.push(...numbersIn(more.data));
        cursor = more.data.next_cursor;
      }
      const stayed = matches.filter((id) => !gone.has(id) && !id.startsWith('+999'));
      expect(stayed.filter((id) => !shown.includes(id))).toEqual([]);
    },
  );

  it('refuses a cursor that is forged, or that belongs to another question', async () => {
    const session = await connect({ contacts: 100 });
    const { data } = await session.call('search_contacts', { country: 'US', limit: 2 });
    const cursor = data.next_cursor;
    const forged = await session.call('search_contacts', { cursor: 'c0ffee' });
    expect(forged.text).toMatch(/^invalid_input: The cursor is unknown or older than a day\.\nNext: /);
    const other = await session.call('search_contacts', { cursor, country: 'ES' });
    expect(other.text).toMatch(/^invalid_input: The cursor belongs to another question\.\nNext: /);
    const same = await session.call('search_contacts', { cursor, country: 'US', limit: 3 });
    expect((same.data.contacts as unknown[]).length).toBe(3);
    const again = await session.call('search_contacts', { cursor, limit: 3 });
    expect(again.data.contacts).toEqual(same.data.contacts);
  });
});

describe('what a question costs', () => {
  it('one request for an exact number and for a plain listing; none for another question of a book that is read', async () => {
    const session = await connect({ contacts: 300 });
    const [one] = everyone(session);
    await session.call('search_contacts', { phone_number: one?.e164 });
    expect(session.wire()).toEqual(['GET /v3/contacts']);
    await session.call('search_contacts', { limit: 10 });
    expect(session.wire()).toEqual(['GET /v3/contacts']);
    await session.call('search_contacts', { group_by: 'country' });
    expect(session.wire()).toHaveLength(3);
    await session.call('search_contacts', { query: 'ends in 77' });
    expect(session.wire()).toEqual([]);
  });

  it('holds an exact number to the other parts of the question', async () => {
    const session = await connect({ contacts: 60 });
    const one = everyone(session).find(({ e164 }) => e164.startsWith('+55'));
    const total = async (also: Record<string, unknown>) =>
      (await session.call('search_contacts', { phone_number: one?.e164, ...also })).data.total;
    expect(await total({ country: 'Brazil' })).toBe(1);
    expect(await total({ query: 'nobody-is-called-so' })).toBe(0);
    expect(await total({ opt_out: !one?.opt_out })).toBe(0);
    expect(await total({ group_by: 'country' })).toBe(1);
  });
});
