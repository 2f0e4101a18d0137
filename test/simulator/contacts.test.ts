import { describe, expect, it } from 'vitest';
import { still } from './call.ts';

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const NO_ID = '6ba7b810-9dad-41d1-80b4-00c04fd430c8';

describe('contacts today', () => {
  it('come as section 2.2 says', async () => {
    const { call } = still();
    const { json } = await call('GET', '/v3/contacts?page=1&page_size=3');
    expect(json.data.pagination).toEqual({
      page: 1,
      page_size: 3,
      total_count: 60,
      total_pages: 20,
      has_more: true,
      cursors: null,
    });
    expect(json.data.contacts).toHaveLength(3);
    for (const contact of json.data.contacts) {
      expect(contact).toEqual({
        id: expect.stringMatching(UUID),
        customer_id: expect.stringMatching(UUID),
        phone_number: contact.format_e164,
        format_e164: expect.stringMatching(/^\+\d{8,15}$/),
        format_international: expect.stringMatching(/^\+\d+ /),
        format_national: expect.any(String),
        format_rfc: expect.stringMatching(/^tel:\+[\d-]+$/),
        country_code: expect.stringMatching(/^\d{1,3}$/),
        region_code: expect.stringMatching(/^[A-Z]{2}$/),
        available_channels: expect.stringMatching(/^(sms(,whatsapp(,rcs)?)?)?$/),
        default_channel: expect.stringMatching(/^(sms|whatsapp)?$/),
        opt_out: expect.any(Boolean),
        is_inherited: false,
        metadata: expect.objectContaining({ name: expect.any(String), language: expect.any(String) }),
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}\+00:00$/),
        updated_at: null,
      });
      expect((await call('GET', `/v3/contacts/${contact.id}`)).json.data).toEqual(contact);
      expect((await call('GET', `/v3/contacts/${contact.id.toUpperCase()}`)).json.data).toEqual(contact);
      const phone = encodeURIComponent(contact.format_e164);
      const exact = await call('GET', `/v3/contacts?page=1&page_size=1&phone=${phone}`);
      expect(exact.json.data).toMatchObject({
        contacts: [contact],
        pagination: { total_count: 1, has_more: false },
      });
    }
  });

  it('can be paged through, newest first, without gaps or doubles', async () => {
    const { call, sim } = still({ contacts: 43 });
    const seen: { id: string; created_at: string }[] = [];
    for (let page = 1, more = true; more; page++) {
      const { json } = await call('GET', `/v3/contacts?page=${page}&page_size=10`);
      seen.push(...json.data.contacts);
      more = json.data.pagination.has_more;
    }
    expect(seen.map((contact) => contact.id)).toEqual([...sim.book.all()].map((contact) => contact.id));
    expect(new Set(seen.map((contact) => contact.id)).size).toBe(43);
    const times = seen.map((contact) => contact.created_at);
    expect(times).toEqual([...times].sort().reverse());
    expect((await call('GET', '/v3/contacts?page=6&page_size=10')).json.data.contacts).toEqual([]);
  });

  it.each([
    ['', 'VALIDATION_001', 'page'],
    ['?page=1', 'VALIDATION_001', 'page_size'],
    ['?page=1&pageSize=10', 'VALIDATION_001', 'page_size'],
    ['?page_size=10', 'VALIDATION_001', 'page'],
    ['?page=one&page_size=10', 'VALIDATION_001', 'page'],
    ['?page=0&page_size=10', 'VALIDATION_005', 'page'],
    ['?page=1&page_size=0', 'VALIDATION_001', 'page_size'],
    ['?page=1&page_size=101', 'VALIDATION_001', 'page_size'],
    ['?page=1&page_size=10&channel=SMS', 'VALIDATION_006', 'channel'],
    ['?page=1&page_size=10&phone=14155550123', 'VALIDATION_002', 'phone'],
    ['?page=1&page_size=10&phone=+14155550123', 'VALIDATION_002', 'phone'],
  ])('list%s is refused with %s', async (query, code, field) => {
    const { status, json } = await still().call('GET', `/v3/contacts${query}`);
    expect(status).toBe(400);
    expect(json).toMatchObject({ success: false, data: null, error: { code, doc_url: expect.any(String) } });
    expect(Object.keys(json.error.details)).toEqual([field]);
  });

  it('are searched by national format and E.164, and filtered by channel', async () => {
    const { call, sim } = still();
    const ids = async (query: string): Promise<string[]> => {
      const { json } = await call('GET', `/v3/contacts?page=1&page_size=100&${query}`);
      expect(json.data.pagination.total_count).toBe(json.data.contacts.length);
      return json.data.contacts.map((contact: { id: string }) => contact.id);
    };
    const where = (test: (contact: { e164: string; channels: readonly string[] }) => boolean) =>
      [...sim.book.all()].filter(test).map((contact) => contact.id);
    const northAmerican = where(({ e164 }) => /^\+1/.test(e164));
    expect(northAmerican.length).toBeGreaterThan(5);
    expect(await ids('search=555-01')).toEqual(northAmerican);
    expect(await ids('search=%2B1')).toEqual(northAmerican);
    expect(await ids('search=%2B12')).not.toEqual([]);
    expect(await ids('search=+12055')).toEqual([]);
    expect(await ids('search=M%C3%BCller')).toEqual([]);
    const onWhatsapp = where(({ channels }) => channels.includes('whatsapp'));
    expect(await ids('channel=whatsapp')).toEqual(onWhatsapp);
    expect(await ids('channel=whatsapp&search=555-01')).toEqual(
      onWhatsapp.filter((id) => northAmerican.includes(id)),
    );
    expect(await ids('search=&channel=&phone=')).toHaveLength(60);
  });

  it('are found by the same search as soon as they change', async () => {
    const { call, sim } = still();
    const found = async () =>
      (await call('GET', '/v3/contacts?page=1&page_size=1&channel=whatsapp&search=999-')).json.data.pagination
        .total_count;
    expect(await found()).toBe(0);
    const contact = sim.book.add('+14159995555', { channels: ['whatsapp'] });
    expect(await found()).toBe(1);
    const changed = sim.book.change(contact, { channels: ['sms'] });
    expect(await found()).toBe(0);
    sim.book.change(changed, { channels: ['sms', 'whatsapp'] });
    expect(await found()).toBe(1);
    sim.book.remove(changed);
    expect(await found()).toBe(0);
  });

  it('are created once', async () => {
    const { call, sim } = still();
    const made = await call('POST', '/v3/contacts', {
      phone_number: '+1 (415) 555-0123',
      default_channel: 'whatsapp',
    });
    expect(made.status).toBe(201);
    expect(made.json.data).toMatchObject({
      phone_number: '+1 (415) 555-0123',
      format_e164: '+14155550123',
      default_channel: '',
      opt_out: false,
      metadata: {},
      updated_at: null,
    });
    const again = await call('POST', '/v3/contacts', { phone_number: '+14155550123' });
    expect([again.status, again.json.error.code]).toEqual([409, 'RESOURCE_007']);
    const [newest] = (await call('GET', '/v3/contacts?page=1&page_size=1')).json.data.contacts;
    expect(newest).toEqual(made.json.data);
    expect(sim.book.size).toBe(61);
    expect(sim.book.byPhone('+14155550123')?.id).toBe(newest.id);
  });

  it.each([
    [{}, 'VALIDATION_001'],
    [{ phone_number: null }, 'VALIDATION_001'],
    [{ phoneNumber: '+14155550123' }, 'VALIDATION_001'],
    [{ phone_number: 14155550123 }, 'VALIDATION_002'],
    [{ phone_number: '(415) 555-0123' }, 'VALIDATION_002'],
    [{ phone_number: '+14155550123', sandbox: 'yes' }, 'VALIDATION_001'],
    ['{"phone_number":', 'VALIDATION_001'],
    ['[]', 'VALIDATION_001'],
    ['', 'VALIDATION_001'],
  ])('create %j is refused with %s', async (body, code) => {
    const { call, sim } = still();
    const { status, json } = await call('POST', '/v3/contacts', body, { 'content-type': 'application/json' });
    expect([status, json.error.code]).toEqual([400, code]);
    expect(sim.book.size).toBe(60);
  });

  it('are updated field by field', async () => {
    const { call, clock } = still();
    const { id } = (await call('POST', '/v3/contacts', { phone_number: '+14155550123' })).json.data;
    const update = async (body: unknown) => (await call('PATCH', `/v3/contacts/${id}`, body)).json.data;
    clock.at += 1000;
    expect(await update({ opt_out: true, sandbox: false, nonsense: 1 })).toMatchObject({
      opt_out: true,
      default_channel: '',
      updated_at: '2026-11-23T12:00:01.0000000+00:00',
    });
    expect(await update({ default_channel: 'whatsapp', opt_out: null })).toMatchObject({
      opt_out: true,
      default_channel: 'whatsapp',
    });
    expect(await update({ default_channel: null })).toMatchObject({ default_channel: '' });
    await update({ metadata: { city: 'Évora', tier: 2 } });
    expect(await update({ metadata: { city: null, name: 'Zoë' } })).toMatchObject({
      metadata: { tier: 2, name: 'Zoë' },
    });
    expect((await call('GET', `/v3/contacts/${id}`)).json.data.metadata).toEqual({ tier: 2, name: 'Zoë' });
  });

  it.each([
    [{}, 'VALIDATION_004'],
    [{ sandbox: true }, 'VALIDATION_004'],
    [{ optOut: true }, 'VALIDATION_004'],
    [{ default_channel: 'SMS' }, 'VALIDATION_006'],
    [{ default_channel: 'rcs' }, 'VALIDATION_006'],
    [{ opt_out: 'true' }, 'VALIDATION_001'],
    [{ metadata: ['a'] }, 'VALIDATION_001'],
  ])('update %j is refused with %s', async (body, code) => {
    const { call, sim } = still();
    const [contact] = sim.book.all();
    const { status, json } = await call('PATCH', `/v3/contacts/${contact?.id}`, body);
    expect([status, json.error.code]).toEqual([400, code]);
    expect(sim.book.get(contact?.id ?? '')?.updated_at).toBeNull();
  });

  it('are deleted for good, and can come back under a new id', async () => {
    const { call, sim } = still({ contacts: 12 });
    const everybody = [...sim.book.all()];
    const gone = everybody.filter((_, n) => n % 3 === 1);
    for (const [n, { id, e164 }] of gone.entries()) {
      const answer =
        n % 2 ? await call('DELETE', `/v3/contacts/${id}`) : await call('DELETE', `/v3/contacts/${id}`, {});
      expect([answer.status, answer.text]).toEqual([204, '']);
      for (const method of ['GET', 'DELETE'])
        expect((await call(method, `/v3/contacts/${id}`)).json.error.code).toBe('RESOURCE_001');
      expect(sim.book.byPhone(e164)).toBeUndefined();
    }
    const left = everybody.filter((_, n) => n % 3 !== 1).map(({ id }) => id);
    const { json } = await call('GET', '/v3/contacts?page=1&page_size=100');
    expect(json.data.contacts.map(({ id }: { id: string }) => id)).toEqual(left);
    const again = await call('POST', '/v3/contacts', { phone_number: gone[0]?.e164 });
    expect(again.status).toBe(201);
    expect(again.json.data.id).not.toBe(gone[0]?.id);
    expect(sim.book.byPhone(gone[0]?.e164 ?? '')?.id).toBe(again.json.data.id);
    await call('DELETE', `/v3/contacts/${again.json.data.id}`);
    expect(sim.book.byPhone(gone[0]?.e164 ?? '')).toBeUndefined();
    const empty = await call('DELETE', `/v3/contacts/${left[0]}`, '', { 'content-type': 'application/json' });
    expect([empty.status, sim.book.size]).toEqual([400, left.length]);
  });

  it.each(['GET', 'PATCH', 'DELETE'])('%s asks for a well-formed id that exists', async (method) => {
    const { call } = still();
    const body = method === 'PATCH' ? { opt_out: true } : undefined;
    const code = async (id: string) => {
      const { status, json } = await call(method, `/v3/contacts/${id}`, body);
      return [status, json.error.code];
    };
    expect(await code('contact_1234567890')).toEqual([400, 'VALIDATION_003']);
    expect(await code('a%2Fb%3Fc%23d%20e')).toEqual([400, 'VALIDATION_003']);
    expect(await code(NO_ID)).toEqual([404, 'RESOURCE_001']);
  });

  it('have a message summary', async () => {
    const { call, sim, clock } = still();
    const veteran = [...sim.book.all()].find(({ channels }) => channels.includes('rcs'));
    const old = (await call('GET', `/v3/contacts/${veteran?.id}/message-summary`)).json.data;
    expect(old).toMatchObject({ contact_id: veteran?.id, channels_used: ['sms', 'whatsapp', 'rcs'] });
    expect(old.channel_scores).toHaveLength(3);
    for (const { success_score, fail_score } of old.channel_scores)
      expect(success_score + fail_score).toBe(100);
    expect(old.first_message_at <= old.last_message_at).toBe(true);

    const { id } = (await call('POST', '/v3/contacts', { phone_number: '+14155550123' })).json.data;
    const summary = async () => (await call('GET', `/v3/contacts/${id}/message-summary`)).json.data;
    expect(await summary()).toEqual({
      contact_id: id,
      message_count: 0,
      first_message_at: null,
      last_message_at: null,
      channels_used: [],
      channel_scores: [],
    });
    clock.at += 60_000;
    await call('POST', '/v3/messages', { to: ['+14155550123'], text: 'hello' });
    expect(await summary()).toMatchObject({
      message_count: 1,
      channels_used: ['sms'],
      last_message_at: '2026-11-23T12:01:00.000Z',
    });
  });
});

describe('contacts of an API without metadata', () => {
  it('never show any and ignore what they are given', async () => {
    const { call, sim } = still({ metadata: 'ignored' });
    const [{ id = '' } = {}] = sim.book.all();
    expect((await call('GET', `/v3/contacts/${id}`)).json.data).not.toHaveProperty('metadata');
    const both = await call('PATCH', `/v3/contacts/${id}`, { metadata: { a: 1 }, opt_out: true });
    expect(both.json.data).toMatchObject({ opt_out: true });
    expect(both.json.data).not.toHaveProperty('metadata');
    expect((await call('PATCH', `/v3/contacts/${id}`, { metadata: { a: 1 } })).json.error.code).toBe(
      'VALIDATION_004',
    );
  });
});

describe("contacts in the guide's dialect", () => {
  it('are a bare array with pagination beside it, and have ids of the time', async () => {
    const { call } = still({ dialect: 'guide' });
    const { json } = await call('GET', '/v3/contacts?page=2&pageSize=7');
    expect(json.data).toHaveLength(7);
    expect(json.pagination).toMatchObject({ page: 2, page_size: 7, total_count: 60, cursors: null });
    expect(json.data[0].id).toMatch(/^contact_\d{10}$/);
    expect(json.data[0]).not.toHaveProperty('customer_id');
    expect(json.data.map((one: { default_channel: unknown }) => one.default_channel)).toContain(null);
    expect((await call('GET', `/v3/contacts/${json.data[0].id}`)).json.data).toEqual(json.data[0]);
    expect((await call('GET', '/v3/contacts?page=1&page_size=5')).json.data).toHaveLength(5);
    expect((await call('GET', '/v3/contacts')).json.data).toHaveLength(20);
    expect((await call('GET', '/v3/contacts?pageSize=101')).json.error.details).toHaveProperty('pageSize');
    expect((await call('GET', '/v3/contacts/contact_123')).json.error.code).toBe('RESOURCE_001');
  });

  it('are found by words of their metadata, whatever their case', async () => {
    const { call, sim } = still({ dialect: 'guide' });
    const [{ metadata = {} } = {}] = sim.book.all();
    const word = String(metadata.name).toUpperCase();
    const { json } = await call('GET', `/v3/contacts?search=${encodeURIComponent(word)}`);
    expect(json.data.map((one: { metadata: { name: string } }) => one.metadata.name)).toContain(
      metadata.name,
    );
  });
});

describe('dry runs', () => {
  const cases = [
    ['today', 'sandbox', 'x-sandbox', 'test_mode'],
    ['guide', 'test_mode', 'x-test-mode', 'sandbox'],
  ] as const;

  it.each(cases)('%s: %s answers as if, and keeps nothing', async (dialect, name, header, otherName) => {
    const { call, sim } = still({ dialect });
    const [contact] = sim.book.all();
    const path = `/v3/contacts/${contact?.id}`;
    const created = await call('POST', '/v3/contacts', { phone_number: '+14155550123', [name]: true });
    const updated = await call('PATCH', path, { opt_out: !contact?.opt_out, [name]: true });
    const deleted = await call('DELETE', path, { [name]: true });
    expect([created.status, updated.status, deleted.status]).toEqual([201, 200, 204]);
    for (const { headers } of [created, updated, deleted]) expect(headers.get(header)).toBe('true');
    expect(updated.json.data.opt_out).toBe(!contact?.opt_out);
    expect((await call('GET', `/v3/contacts/${created.json.data.id}`)).status).toBe(404);
    expect([...sim.book.all()][0]).toEqual(contact);
    expect(sim.book.size).toBe(60);

    const refused = await call('POST', '/v3/contacts', { phone_number: 'x', [name]: true });
    expect(refused.json.error.code).toBe('VALIDATION_002');
    const real = await call('POST', '/v3/contacts', { phone_number: '+14155550123', [otherName]: true });
    expect(real.headers.get(header)).toBeNull();
    expect(sim.book.size).toBe(61);
  });
});
