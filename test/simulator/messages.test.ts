import { describe, expect, it } from 'vitest';
import { still } from './call.ts';

const TO = '+14155550123';
const welcome = { name: 'welcome', parameters: { name: 'Ada' } };

describe('sending', () => {
  it('makes one message per recipient and channel, and a contact for a new number', async () => {
    const { call, sim } = still();
    const [{ id = '', e164 = '' } = {}] = sim.book.all();
    const { status, json } = await call('POST', '/v3/messages', {
      to: [TO, e164],
      channel: ['sms', 'whatsapp'],
      template: welcome,
    });
    expect(status).toBe(202);
    const body = 'Hi Ada, welcome to Alder & Finch! Reply STOP to opt out.';
    const message_id = expect.stringMatching(/^[\da-f-]{36}$/);
    expect(json.data).toEqual({
      status: 'QUEUED',
      template_id: expect.any(String),
      template_name: 'welcome',
      recipients: [
        { message_id, to: TO, channel: 'sms', body },
        { message_id, to: TO, channel: 'whatsapp', body },
        { message_id, to: e164, channel: 'sms', body },
        { message_id, to: e164, channel: 'whatsapp', body },
      ],
    });
    const newcomer = sim.book.byPhone(TO);
    expect(sim.messages).toHaveLength(4);
    expect(sim.messages[0]).toMatchObject({
      to: TO,
      contact_id: newcomer?.id,
      channel: 'sms',
      template: 'welcome',
    });
    expect(sim.messages[3]).toMatchObject({ to: e164, contact_id: id, channel: 'whatsapp' });
    expect(sim.book.size).toBe(61);
  });

  it('leaves channel and body open where it is to choose itself', async () => {
    const { call } = still();
    for (const channel of [undefined, null, ['sent']]) {
      const { json } = await call('POST', '/v3/messages', { to: [TO], template: welcome, channel });
      expect(json.data.recipients).toMatchObject([{ to: TO, channel: null, body: null }]);
    }
  });

  it("answers in the guide's way in the guide's dialect", async () => {
    const { call } = still({ dialect: 'guide' });
    const { json } = await call('POST', '/v3/messages', {
      to: [TO],
      template: { id: 'welcome', parameters: { name: 'Ada' } },
    });
    expect(json.data).toEqual({
      status: 'accepted',
      template_id: expect.stringMatching(/^tmpl_/),
      template_name: 'welcome',
      body: expect.stringContaining('Hi Ada'),
      recipients: [{ message_id: expect.stringMatching(/^msg_/), to: TO, channel: null }],
    });
  });

  it.each([
    ['today', 'sandbox', 'x-sandbox'],
    ['guide', 'test_mode', 'x-test-mode'],
  ] as const)('%s: sends nothing with %s', async (dialect, name, header) => {
    const { call, sim } = still({ dialect });
    const dry = await call('POST', '/v3/messages', { to: [TO], template: welcome, [name]: true });
    expect([dry.status, dry.headers.get(header)]).toEqual([202, 'true']);
    expect([sim.messages.length, sim.book.size]).toEqual([0, 60]);
    const { message_id } = dry.json.data.recipients[0];
    expect((await call('GET', `/v3/messages/${message_id}`)).json.error.code).toBe('RESOURCE_003');
    const otherName = name === 'sandbox' ? 'test_mode' : 'sandbox';
    await call('POST', '/v3/messages', { to: [TO], template: welcome, [otherName]: true });
    expect(sim.messages).toHaveLength(1);
  });

  it.each<[string, object, string, string?]>([
    ['no recipients', { to: [] }, 'VALIDATION_001', 'to'],
    ['no list', { to: TO }, 'VALIDATION_001', 'to'],
    ['too many', { to: Array(1001).fill(TO) }, 'VALIDATION_001', 'to'],
    ['a bad number', { to: [TO, '555-0123'] }, 'VALIDATION_002', 'to[1]'],
    ['nothing to say', { template: undefined }, 'VALIDATION_001', 'template'],
    ['two things to say', { text: 'hi' }, 'VALIDATION_001', 'template'],
    ['empty text', { template: null, text: ' ' }, 'VALIDATION_001', 'text'],
    ['id and name', { template: { ...welcome, id: 'x' } }, 'VALIDATION_001', 'template'],
    ['neither id nor name', { template: {} }, 'VALIDATION_001', 'template'],
    ['an unknown name', { template: { name: 'nope' } }, 'RESOURCE_002'],
    ['an unknown id', { template: { id: '6ba7b810-9dad-41d1-80b4-00c04fd430c8' } }, 'RESOURCE_002'],
    ['an unknown channel', { channel: ['fax'] }, 'VALIDATION_006', 'channel'],
    ['no channel', { channel: [] }, 'VALIDATION_001', 'channel'],
    ['sent with others', { channel: ['sent', 'sms'] }, 'VALIDATION_001', 'channel'],
    ['a missing variable', { template: { name: 'welcome' } }, 'VALIDATION_001', 'template.parameters.name'],
    [
      'a number',
      { template: { name: 'welcome', parameters: { name: 7 } } },
      'VALIDATION_001',
      'template.parameters.name',
    ],
    ...['a\nb', 'a\tb', 'a     b'].map((name): [string, object, string, string] => [
      `whatsapp value ${JSON.stringify(name)}`,
      { template: { name: 'welcome', parameters: { name } }, channel: ['whatsapp'] },
      'VALIDATION_008',
      'template.parameters.name',
    ]),
    [
      'a code in words',
      { template: { name: 'login_code', parameters: { code: 'abc' } } },
      'VALIDATION_008',
      'template.parameters.code',
    ],
  ])('is refused with %s', async (_, change, code, field) => {
    const { call, sim } = still();
    const { status, json } = await call('POST', '/v3/messages', { to: [TO], template: welcome, ...change });
    expect([status, json.error.code]).toEqual([code === 'RESOURCE_002' ? 404 : 400, code]);
    expect(Object.keys(json.error.details ?? {})).toEqual(field ? [field] : []);
    expect(sim.messages).toEqual([]);
  });

  it('takes line breaks where no WhatsApp is meant, and a thousand recipients', async () => {
    const { call, sim } = still();
    const template = { name: 'welcome', parameters: { name: 'a\nb', unknown: 'ignored' } };
    const { status } = await call('POST', '/v3/messages', {
      to: Array(1000).fill(TO),
      template,
      channel: ['sms'],
    });
    expect([status, sim.messages.length]).toEqual([202, 1000]);
  });
});

describe('the life of a message', () => {
  const statuses = async (
    prepare: Parameters<ReturnType<typeof still>['sim']['book']['change']>[1],
    send: object,
  ) => {
    const { call, sim, clock } = still({ stepMs: 1000 });
    sim.book.change(sim.book.add(TO), prepare);
    const answer = await call('POST', '/v3/messages', { to: [TO], ...send });
    const { message_id } = answer.json.data.recipients[0];
    const seen: string[] = [];
    for (let second = 0; second < 8; second++) {
      const { data } = (await call('GET', `/v3/messages/${message_id}`)).json;
      if (seen.at(-1) !== data.status) seen.push(data.status);
      expect(data.events.map((event: { status: string }) => event.status)).toEqual(seen);
      clock.at += 1000;
    }
    const { data } = (await call('GET', `/v3/messages/${message_id}`)).json;
    return { seen, last: data.events.at(-1), data, call };
  };
  const HOUR = 3_600_000;
  const now = Date.UTC(2026, 10, 23, 12);

  it.each<[string, Parameters<typeof statuses>[0], object, string, string | undefined]>([
    [
      'SMS is delivered',
      {},
      { template: welcome, channel: ['sms'] },
      'QUEUED PROCESSED ROUTED SENT DELIVERED',
      undefined,
    ],
    [
      'WhatsApp is read',
      {},
      { template: welcome, channel: ['whatsapp'] },
      'QUEUED PROCESSED ROUTED SENT DELIVERED READ',
      undefined,
    ],
    ['opted out', { opt_out: true }, { template: welcome }, 'QUEUED FILTERED', 'ERR_CONSENT_BLOCKED'],
    [
      'unapproved',
      {},
      { template: { name: 'spring_sale', parameters: { name: 'A', discount: '5%' } } },
      'QUEUED BLOCKED',
      'BUSINESS_005',
    ],
    ['text to a stranger', {}, { text: 'hi' }, 'QUEUED BLOCKED', 'CONVERSATION_TEMPLATE_REQUIRED'],
    [
      'text to one who wrote',
      { last_inbound_at: now - 900 * HOUR },
      { text: 'hi' },
      'QUEUED PROCESSED ROUTED SENT DELIVERED',
      undefined,
    ],
    [
      'WhatsApp text, late',
      { last_inbound_at: now - 25 * HOUR },
      { text: 'hi', channel: ['whatsapp'] },
      'QUEUED FAILED',
      'WHATSAPP_TEMPLATE_REQUIRED',
    ],
    [
      'WhatsApp text, in time',
      { last_inbound_at: now - 23 * HOUR },
      { text: 'hi', channel: ['whatsapp'] },
      'QUEUED PROCESSED ROUTED SENT DELIVERED READ',
      undefined,
    ],
  ])('%s', async (_, prepare, send, lifecycle, reason) => {
    const { seen, last } = await statuses(prepare, send);
    expect(seen.join(' ')).toBe(lifecycle);
    expect(last.reason_code).toBe(reason);
    expect(last.description).toEqual(expect.any(String));
  });

  it('lets text follow an approved template for a week', async () => {
    const { call, sim, clock } = still();
    const text = async () => {
      await call('POST', '/v3/messages', { to: [TO], text: 'hi' });
      return sim.messages.at(-1)?.lifecycle.at(-1)?.status;
    };
    expect(await text()).toBe('BLOCKED');
    const parameters = { name: 'Ada', discount: '5 %' };
    await call('POST', '/v3/messages', { to: [TO], template: { name: 'spring_sale', parameters } });
    expect(await text()).toBe('BLOCKED');
    await call('POST', '/v3/messages', { to: [TO], template: welcome });
    expect(await text()).toBe('DELIVERED');
    clock.at += 169 * HOUR;
    expect(await text()).toBe('BLOCKED');
  });

  it('is told by message and activities', async () => {
    const { data, call } = await statuses(
      { channels: ['sms', 'whatsapp'], default_channel: 'whatsapp' },
      { template: welcome },
    );
    expect(data).toMatchObject({
      phone: TO,
      phone_international: '+1 415 555 0123',
      region_code: 'US',
      template_name: 'welcome',
      template_category: 'MARKETING',
      channel: 'whatsapp',
      direction: 'OUTBOUND',
      status: 'READ',
      message_body: { header: null, content: expect.stringContaining('Hi Ada'), footer: null, buttons: null },
      created_at: '2026-11-23T12:00:00.000Z',
      price: 0.0147,
      active_contact_price: 0.001,
    });
    const { json } = await call('GET', `/v3/messages/${data.id}/activities`);
    expect(json.data.message_id).toBe(data.id);
    expect(json.data.activities.map((one: { status: string }) => one.status)).toEqual(
      data.events.map((one: { status: string }) => one.status).reverse(),
    );
    expect(json.data.activities[2]).toEqual({
      status: 'SENT',
      description: expect.any(String),
      from: '+12025550100',
      timestamp: '2026-11-23T12:00:03.000Z',
      price: '0.0147',
      active_contact_price: '0.0010',
    });
  });

  it('hides channel and price until they are known, and codes in the description in the guide', async () => {
    const { call, clock, sim } = still({ dialect: 'guide', stepMs: 10 });
    sim.book.add(TO, { opt_out: true });
    await call('POST', '/v3/messages', { to: [TO], template: welcome });
    const path = `/v3/messages/${sim.messages[0]?.id}`;
    expect((await call('GET', path)).json.data).toMatchObject({ channel: '', price: null, status: 'QUEUED' });
    clock.at += 10;
    const [, filtered] = (await call('GET', path)).json.data.events;
    expect(filtered).toMatchObject({
      status: 'FILTERED',
      description: 'ERR_CONSENT_BLOCKED: The recipient has opted out.',
    });
    expect((await call('GET', '/v3/messages/msg_1')).json.error.code).toBe('RESOURCE_003');
  });

  it('asks for a UUID today', async () => {
    const { call } = still();
    for (const path of ['/v3/messages/msg_1', '/v3/messages/msg_1/activities', '/v3/templates/tmpl_1'])
      expect((await call('GET', path)).json.error.code).toBe('VALIDATION_003');
  });
});

describe('templates', () => {
  it('are listed without their text', async () => {
    const { call } = still();
    const { json } = await call('GET', '/v3/templates?page=1&page_size=100');
    expect(json.data.pagination.total_count).toBe(8);
    for (const template of json.data.templates) {
      expect(template).toEqual({
        id: expect.stringMatching(/^[\da-f-]{36}$/),
        name: expect.any(String),
        category: expect.stringMatching(/^(MARKETING|UTILITY|AUTHENTICATION)$/),
        language: expect.stringMatching(/^[a-z]{2}_[A-Z]{2}$/),
        status: expect.stringMatching(/^(APPROVED|PENDING|REJECTED)$/),
        channels: expect.arrayContaining([expect.any(String)]),
        variables: expect.any(Array),
        is_published: template.status === 'APPROVED',
        created_at: expect.any(String),
        updated_at: template.status === 'APPROVED' ? expect.any(String) : null,
      });
      expect((await call('GET', `/v3/templates/${template.id}`)).json.data).toEqual(template);
    }
    const shipped = json.data.templates.filter((one: { name: string }) => one.name === 'order_shipped');
    expect(shipped.map((one: { language: string }) => one.language)).toEqual(['en_US', 'es_ES']);
    expect(shipped[0].variables).toEqual(['name', 'order_id', 'tracking_url']);
  });

  it.each([
    ['search=ORDER', 2],
    ['status=APPROVED', 6],
    ['status=PENDING&category=MARKETING', 1],
    ['category=AUTHENTICATION', 1],
    ['search=nothing', 0],
  ])('%s finds %i', async (query, count) => {
    const { json } = await still().call('GET', `/v3/templates?page=1&page_size=1&${query}`);
    expect(json.data.pagination).toMatchObject({ total_count: count, has_more: count > 1 });
  });

  it('refuse unknown filters and ids', async () => {
    const { call } = still();
    const code = async (path: string) => (await call('GET', path)).json.error.code;
    expect(await code('/v3/templates?page=1&page_size=10&status=approved')).toBe('VALIDATION_006');
    expect(await code('/v3/templates/6ba7b810-9dad-41d1-80b4-00c04fd430c8')).toBe('RESOURCE_002');
  });

  it('in two languages are told apart by id', async () => {
    const { call, sim } = still();
    const { json } = await call('GET', '/v3/templates?page=1&page_size=2&search=order_shipped');
    const { id } = json.data.templates[1];
    const parameters = { name: 'Ana', order_id: '7', tracking_url: 'https://example.com/7' };
    await call('POST', '/v3/messages', { to: [TO], template: { id, parameters } });
    expect((await call('GET', `/v3/messages/${sim.messages[0]?.id}`)).json.data).toMatchObject({
      template_id: id,
      message_body: { content: 'Hola Ana, tu pedido 7 va en camino: https://example.com/7' },
    });
  });
});
