import { describe, expect, it } from 'vitest';
import { still } from './call.ts';

const PEOPLE = '/v3/contacts?page=1&page_size=1';
const SEND = { to: ['+14155550123'], template: { name: 'welcome', parameters: { name: 'Ada' } } };

describe('every answer', () => {
  it('has an envelope and headers, success or not', async () => {
    const { call } = still({ latencyMs: 15 });
    for (const path of ['/v3/me', '/v3/nowhere', '/v3/contacts', '/']) {
      const { status, json, headers } = await call('GET', path);
      expect(Object.keys(json)).toEqual(['success', 'data', 'error', 'meta']);
      expect(json.success).toBe(status === 200);
      expect(json.meta).toEqual({
        request_id: headers.get('x-request-id'),
        timestamp: expect.stringMatching(/^2026-11-23T12:00:00\.\d{7}\+00:00$/),
        version: 'v3',
      });
      expect(headers.get('x-api-version')).toBe('v3');
      expect(headers.get('x-response-time')).toBe('15ms');
      expect(headers.get('content-type')).toContain('application/json');
    }
    expect((await call('GET', '/v3/nowhere')).status).toBe(404);
    expect((await call('PUT', '/v3/contacts', {})).status).toBe(404);
    expect((await call('GET', '/v3/contacts/?page=1&page_size=1')).status).toBe(200);
  });

  it('needs the key', async () => {
    const { call } = still({ key: 'sk_live_1' });
    const code = async (key?: string) => {
      const { status, json } = await call('GET', '/v3/me', undefined, { 'x-api-key': key });
      return [status, json.error?.code];
    };
    expect(await code()).toEqual([401, 'AUTH_001']);
    expect(await code('')).toEqual([401, 'AUTH_001']);
    expect(await code('sk_live_2')).toEqual([401, 'AUTH_002']);
    expect(await code('sk_live_1')).toEqual([200, undefined]);
  });

  it('can be asked for in the name of the profile', async () => {
    const { call } = still();
    const [profile] = (await call('GET', '/v3/me')).json.data.profiles;
    const as = (id: string) => call('GET', PEOPLE, undefined, { 'x-profile-id': id });
    const right = await as(profile.id);
    expect([right.status, right.headers.get('x-profile-id')]).toEqual([200, profile.id]);
    expect((await as('6ba7b810-9dad-41d1-80b4-00c04fd430c8')).json.error.code).toBe('RESOURCE_004');
    expect((await as('')).status).toBe(400);
    expect((await call('GET', PEOPLE)).headers.get('x-profile-id')).toBeNull();
  });

  it('is recorded with what was asked', async () => {
    const { call, sim, clock } = still();
    await call('GET', `${PEOPLE}&search=%2B1%20x`);
    clock.at += 5;
    await call('PATCH', '/v3/contacts/a%2Fb', { opt_out: true }, { 'Idempotency-Key': 'k1' });
    await call('POST', '/v3/contacts', 'not json');
    expect(sim.requests).toMatchObject([
      {
        method: 'GET',
        path: '/v3/contacts',
        query: { page: '1', page_size: '1', search: '+1 x' },
        body: undefined,
      },
      {
        method: 'PATCH',
        path: '/v3/contacts/a%2Fb',
        query: {},
        headers: { 'idempotency-key': 'k1', 'x-api-key': sim.key },
        body: { opt_out: true },
        at: clock.at,
      },
      { method: 'POST', body: 'not json' },
    ]);
  });
});

describe('the account', () => {
  it('is an organization with channels and one profile', async () => {
    const { json } = await still().call('GET', '/v3/me');
    expect(json.data).toMatchObject({
      type: 'organization',
      channels: { sms: { configured: true }, rcs: { phone_number: null } },
    });
    expect(json.data.profiles).toHaveLength(1);
  });

  it.each([
    [
      '+12025551234',
      200,
      { is_valid: true, country_code: 'US', mobile_country_code: '310', line_type: 'mobile' },
    ],
    ['%2B447400123456', 200, { is_valid: true, country_code: 'GB', phone_number: '+447400123456' }],
    ['+12345678900', 200, { is_valid: true, carrier_name: expect.any(String), is_voip: false }],
    ['+1234567890', 200, { is_valid: false, country_code: 'US', carrier_name: null, is_ported: null }],
    ['+88213300001', 404, 'RESOURCE_013'],
    ['12025551234', 400, 'VALIDATION_001'],
  ])('looks up %s: %i', async (number, status, expected) => {
    const answer = await still().call('GET', `/v3/numbers/lookup/${number}`);
    expect(answer.status).toBe(status);
    if (typeof expected === 'string') expect(answer.json.error.code).toBe(expected);
    else expect(answer.json.data).toMatchObject(expected);
  });
});

describe('the rate limit', () => {
  const limits = (headers: Headers) =>
    ['limit', 'remaining', 'reset'].map((name) => Number(headers.get(`x-ratelimit-${name}`)));

  it('gives a burst, then what a minute gives', async () => {
    const { call, clock } = still({ rateLimit: { perMinute: 60, burst: 3 } });
    const start = clock.at / 1000;
    expect(limits((await call('GET', '/v3/me')).headers)).toEqual([60, 2, start + 1]);
    await call('GET', '/v3/me');
    expect(limits((await call('GET', '/v3/nowhere')).headers)).toEqual([60, 0, start + 3]);
    clock.at += 500;
    const refused = await call('GET', '/v3/me');
    expect([refused.status, refused.json.error.code]).toEqual([429, 'BUSINESS_002']);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(limits(refused.headers)).toEqual([60, 0, start + 3]);
    clock.at += 500;
    expect((await call('GET', '/v3/me')).status).toBe(200);
    expect((await call('GET', '/v3/me')).status).toBe(429);
    clock.at += 3_600_000;
    expect(limits((await call('GET', '/v3/me')).headers).slice(0, 2)).toEqual([60, 2]);
  });

  it('gives all of a minute at its end, if told to', async () => {
    const { call, clock, sim } = still({ rateLimit: { perMinute: 2, burst: 1, comesBack: 'each minute' } });
    const end = clock.at / 1000 + 60;
    expect(limits((await call('GET', '/v3/me')).headers)).toEqual([2, 1, end]);
    clock.at += 40_000;
    expect(limits((await call('GET', '/v3/me')).headers)).toEqual([2, 0, end]);
    const refused = await call('GET', '/v3/me');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '20']);
    clock.at += 140_000;
    expect(limits((await call('GET', '/v3/me')).headers)).toEqual([2, 1, end + 180]);
    expect(sim.requests.map(({ status }) => status)).toEqual([200, 200, 429, 200]);
  });

  it('asks for a long wait where little comes back', async () => {
    const { call } = still({ rateLimit: { perMinute: 2, burst: 1 } });
    await call('GET', '/v3/me');
    expect((await call('GET', '/v3/me')).headers.get('retry-after')).toBe('30');
  });

  it('counts messages apart, if told to', async () => {
    const { call, sim } = still({ rateLimit: { perMinute: 600, burst: 50, messagesPerMinute: 2 } });
    const statuses: number[] = [];
    for (let n = 0; n < 3; n++) statuses.push((await call('POST', '/v3/messages', SEND)).status);
    expect(statuses).toEqual([202, 202, 429]);
    expect(limits((await call('GET', '/v3/me')).headers).slice(0, 2)).toEqual([600, 49]);
    expect(sim.messages).toHaveLength(2);
  });

  it('is too high to be met unless asked for, and can be left out', async () => {
    const { headers } = await still().call('GET', '/v3/me');
    expect(Number(headers.get('x-ratelimit-remaining'))).toBeGreaterThan(90_000);
    const { headers: bare } = await still({ rateLimit: false }).call('GET', '/v3/me');
    expect([...bare.keys()].filter((name) => name.startsWith('x-ratelimit'))).toEqual([]);
  });
});

describe('an idempotency key', () => {
  const keyed = (key: string) => ({ 'idempotency-key': key });

  it('replays the first answer for a day, whatever the body', async () => {
    const { call, sim, clock } = still({ rateLimit: { perMinute: 600, burst: 50 } });
    const first = await call('POST', '/v3/messages', SEND, keyed('k-1_A'));
    clock.at += 86_399_999;
    const second = await call('POST', '/v3/messages', { to: [] }, keyed('k-1_A'));
    expect([second.status, second.text]).toEqual([202, first.text]);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(second.headers.get('x-original-request-id')).toBe(first.headers.get('x-request-id'));
    expect(second.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
    expect(second.headers.get('x-ratelimit-limit')).toBe('600');
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect((await call('POST', '/v3/messages', SEND, keyed('k-1_A'))).text).toBe(first.text);
    expect(sim.messages).toHaveLength(1);
    clock.at += 2;
    await call('POST', '/v3/messages', SEND, keyed('k-1_A'));
    expect(sim.messages).toHaveLength(2);
  });

  it('holds on create and update, not on delete, and not after a failure', async () => {
    const { call, sim } = still();
    const made = await call('POST', '/v3/contacts', { phone_number: '+14155550123' }, keyed('a'));
    expect((await call('POST', '/v3/contacts', { phone_number: '+14155550123' }, keyed('a'))).text).toBe(
      made.text,
    );
    const path = `/v3/contacts/${made.json.data.id}`;
    await call('PATCH', path, { opt_out: true }, keyed('b'));
    await call('PATCH', path, { opt_out: false }, keyed('b'));
    expect(sim.book.get(made.json.data.id)?.opt_out).toBe(true);
    expect((await call('DELETE', path, {}, keyed('a'))).status).toBe(204);
    expect((await call('DELETE', path, {}, keyed('a'))).status).toBe(404);
    expect((await call('POST', '/v3/contacts', {}, keyed('c'))).status).toBe(400);
    expect((await call('POST', '/v3/contacts', { phone_number: '+14155550123' }, keyed('c'))).status).toBe(
      201,
    );
  });

  it('of a dry run replays the dry run', async () => {
    const { call, sim } = still();
    await call('POST', '/v3/messages', { ...SEND, sandbox: true }, keyed('dry'));
    const real = await call('POST', '/v3/messages', SEND, keyed('dry'));
    expect([real.status, real.headers.get('x-sandbox')]).toEqual([202, 'true']);
    expect(sim.messages).toEqual([]);
  });

  it('that is still at work is a conflict', async () => {
    const releases: (() => void)[] = [];
    const { call, sim } = still({
      latencyMs: 1,
      sleep: () => new Promise((resolve) => releases.push(resolve)),
    });
    const first = call('POST', '/v3/messages', SEND, keyed('x'));
    await expect.poll(() => releases.length).toBe(1);
    const second = await call('POST', '/v3/messages', SEND, keyed('x'));
    expect([second.status, second.json.error.code]).toEqual([409, 'CONFLICT_001']);
    releases[0]?.();
    expect((await first).status).toBe(202);
    expect((await call('POST', '/v3/messages', SEND, keyed('x'))).headers.get('idempotent-replayed')).toBe(
      'true',
    );
    expect(sim.messages).toHaveLength(1);
  });

  it.each(['', 'a b', 'é', 'k'.repeat(256)])('%j is refused', async (key) => {
    const { json } = await still().call('POST', '/v3/messages', SEND, keyed(key));
    expect(json.error.code).toBe('VALIDATION_007');
  });
});

describe('scale', () => {
  it('a million contacts cost what one page costs', async () => {
    const { call, sim } = still({ contacts: 1_000_000 });
    const { data } = (await call('GET', '/v3/contacts?page=5000&page_size=100')).json;
    expect(data.pagination).toMatchObject({ total_count: 1_000_000, total_pages: 10_000, has_more: true });
    const [contact] = data.contacts;
    expect(sim.book.byPhone(contact.format_e164)?.id).toBe(contact.id);
    await call('DELETE', `/v3/contacts/${contact.id}`);
    const after = (await call('GET', '/v3/contacts?page=5000&page_size=100')).json.data;
    expect(after.contacts[0].id).toBe(data.contacts[1].id);
    expect(after.pagination.total_count).toBe(999_999);
    expect(() => still({ contacts: 3_000_000 })).toThrow(RangeError);
  });

  it('about one in twenty has opted out, and channels are mixed', () => {
    const people = [...still({ contacts: 4000 }).sim.book.all()];
    const share = people.filter((one) => one.opt_out).length / people.length;
    expect(share).toBeGreaterThan(0.03);
    expect(share).toBeLessThan(0.07);
    expect(new Set(people.map((one) => one.channels.join(',')))).toEqual(
      new Set(['', 'sms', 'sms,whatsapp', 'sms,whatsapp,rcs']),
    );
    expect(new Set(people.map((one) => one.default_channel))).toEqual(new Set([null, 'sms', 'whatsapp']));
    const age = Date.UTC(2026, 10, 23, 12) - Math.min(...people.map((one) => one.created_at));
    expect(age / 86_400_000).toBeGreaterThan(700);
    expect(age / 86_400_000).toBeLessThanOrEqual(730);
  });
});
