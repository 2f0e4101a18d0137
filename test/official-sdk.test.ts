import Sent, { APIError } from '@sentdm/sentdm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator } from '../src/simulator/simulator.ts';

/**
 * The official client as a witness that the simulator speaks Sent v3: it must be content with every answer, and every field
 * that its types promise must be there with the promised type. What they call optional is still expected here.
 */

let sim: Awaited<ReturnType<typeof startSimulator>>;
let sent: Sent;

beforeAll(async () => {
  sim = await startSimulator({ stepMs: 0 });
  sent = new Sent({ apiKey: sim.key, baseURL: sim.url, maxRetries: 0 });
});
afterAll(() => sim.close());

const string = expect.any(String);
const number = expect.any(Number);
const boolean = expect.any(Boolean);
const orNull = (value: unknown, type: string) => value === null || typeof value === type;

const envelope = <T>(data: T) => ({
  success: true,
  data,
  error: null,
  meta: { request_id: string, timestamp: string, version: 'v3' },
});
const pagination = {
  page: 1,
  page_size: 5,
  total_count: number,
  total_pages: number,
  has_more: boolean,
  cursors: null,
};
const contact = {
  id: string,
  available_channels: string,
  country_code: string,
  created_at: string,
  default_channel: string,
  format_e164: string,
  format_international: string,
  format_national: string,
  format_rfc: string,
  is_inherited: boolean,
  opt_out: boolean,
  phone_number: string,
  region_code: string,
};

async function failure(call: PromiseLike<unknown>): Promise<APIError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof APIError)) throw new Error('the call should have been refused');
  return error;
}
const codeOf = (error: APIError) => (error.error as { error: { code: string } }).error.code;

describe('contacts', () => {
  it('are listed', async () => {
    const { data, ...rest } = await sent.contacts.list({ page: 1, page_size: 5 });
    expect(rest).toMatchObject({ success: true, error: null, meta: envelope(null).meta });
    expect(data?.pagination).toEqual(pagination);
    expect(data?.contacts).toHaveLength(5);
    for (const one of data?.contacts ?? []) {
      expect(one).toMatchObject(contact);
      expect(orNull(one.updated_at, 'string')).toBe(true);
    }
  });

  it('are created, found, changed and deleted', async () => {
    const created = await sent.contacts.create({ phone_number: '+14155550123', 'Idempotency-Key': 'sdk_1' });
    expect(created).toMatchObject(envelope({ ...contact, updated_at: null }));
    const id = created.data?.id ?? '';
    expect((await sent.contacts.retrieve(id)).data).toEqual(created.data);
    const found = await sent.contacts.list({ page: 1, page_size: 5, phone: '+14155550123' });
    expect(found.data?.contacts).toEqual([created.data]);
    const updated = await sent.contacts.update(id, { default_channel: 'whatsapp', opt_out: true });
    expect(updated.data).toEqual({
      ...created.data,
      default_channel: 'whatsapp',
      opt_out: true,
      updated_at: string,
    });

    expect(await sent.contacts.delete(id, { sandbox: true })).toBeFalsy();
    expect((await sent.contacts.retrieve(id)).data).toEqual(updated.data);
    const { response } = await sent.contacts.delete(id, {}).withResponse();
    expect(response.status).toBe(204);
    expect(codeOf(await failure(sent.contacts.retrieve(id)))).toBe('RESOURCE_001');
  });
});

describe('messages', () => {
  it('are sent and followed', async () => {
    const { data, response } = await sent.messages
      .send({
        to: ['+14155550177'],
        channel: ['whatsapp'],
        template: { name: 'welcome', parameters: { name: 'Ada' } },
      })
      .withResponse();
    expect(response.status).toBe(202);
    expect(data).toMatchObject(
      envelope({
        status: 'QUEUED',
        template_id: string,
        template_name: 'welcome',
        recipients: [{ message_id: string, to: '+14155550177', channel: 'whatsapp', body: string }],
      }),
    );
    const id = data.data?.recipients?.[0]?.message_id ?? '';

    const status = (await sent.messages.retrieveStatus(id)).data;
    expect(status).toMatchObject({
      id,
      active_contact_price: number,
      channel: 'whatsapp',
      contact_id: string,
      created_at: string,
      customer_id: string,
      direction: 'OUTBOUND',
      message_body: { content: string, header: null, footer: null, buttons: null },
      phone: '+14155550177',
      phone_international: string,
      price: number,
      region_code: 'US',
      status: 'READ',
      template_category: string,
      template_id: string,
      template_name: 'welcome',
    });
    expect(status?.events).toHaveLength(6);
    for (const event of status?.events ?? [])
      expect(event).toMatchObject({ status: string, timestamp: string, description: string });
    expect((await sent.contacts.retrieve(status?.contact_id ?? '')).data?.phone_number).toBe('+14155550177');

    const activities = (await sent.messages.retrieveActivities(id)).data;
    expect(activities?.message_id).toBe(id);
    expect(activities?.activities?.map((one) => one.status)).toEqual(
      status?.events?.map((event) => event.status).reverse(),
    );
    for (const activity of activities?.activities ?? []) {
      expect(activity).toMatchObject({ status: string, description: string, timestamp: string });
      const { from, price, active_contact_price } = activity;
      expect([from, price, active_contact_price].every((value) => orNull(value, 'string'))).toBe(true);
    }
  });

  it('can be tried without sending', async () => {
    const before = sim.messages.length;
    const { response } = await sent.messages
      .send({ to: ['+14155550177'], text: 'hello', channel: ['sms'], sandbox: true })
      .withResponse();
    expect(response.headers.get('x-sandbox')).toBe('true');
    expect(sim.messages).toHaveLength(before);
  });

  it('go out twice when a send that was done and looks failed is retried without a key, once with one', async () => {
    // The client waits half a second before it tries again, unless it is told how long.
    const kind = { status: 500, headers: { 'retry-after-ms': '1' }, acts: true };
    const retrying = new Sent({ apiKey: sim.key, baseURL: sim.url, maxRetries: 1 });
    const send = { to: ['+14155550178'], template: { name: 'store_news' } };
    const countSent = async (params: object) => {
      const before = sim.messages.length;
      sim.faults.add({ method: 'POST', times: 1, kind });
      await retrying.messages.send({ ...send, ...params });
      return sim.messages.length - before;
    };
    expect(await countSent({})).toBe(2);
    expect(await countSent({ 'Idempotency-Key': 'sdk_2' })).toBe(1);
  });
});

it('templates are listed and shown', async () => {
  const { data } = await sent.templates.list({ page: 1, page_size: 5, status: 'APPROVED', search: 'order' });
  expect(data?.pagination).toEqual(pagination);
  expect(data?.templates).toHaveLength(2);
  for (const template of data?.templates ?? []) {
    expect(template).toMatchObject({
      id: string,
      category: 'UTILITY',
      channels: ['sms', 'whatsapp'],
      created_at: string,
      is_published: true,
      language: string,
      name: 'order_shipped',
      status: 'APPROVED',
      updated_at: string,
      variables: ['name', 'order_id', 'tracking_url'],
    });
    expect((await sent.templates.retrieve(template.id ?? '')).data).toEqual(template);
  }
});

it('numbers are looked up', async () => {
  expect(await sent.numbers.lookup('+12025551234')).toMatchObject(
    envelope({
      phone_number: '+12025551234',
      is_valid: true,
      carrier_name: string,
      line_type: string,
      country_code: 'US',
      mobile_country_code: string,
      mobile_network_code: string,
      is_ported: boolean,
      is_voip: boolean,
    }),
  );
});

it('the account describes itself, and its profile can be acted for', async () => {
  const { data } = await sent.me.retrieve();
  expect(data).toMatchObject({
    id: string,
    type: 'organization',
    name: string,
    email: string,
    created_at: string,
    channels: {
      sms: { configured: true, phone_number: string },
      whatsapp: { configured: true, phone_number: string, business_name: string },
      rcs: { configured: false, phone_number: null },
    },
    profiles: [{ id: string, name: string, created_at: string, settings: expect.any(Object) }],
  });
  const texts = [data?.icon, data?.description, data?.organization_id, data?.short_name, data?.status];
  expect(texts.every((value) => orNull(value, 'string'))).toBe(true);
  const profile = data?.profiles?.[0]?.id ?? '';
  const { response } = await sent.me.retrieve({ 'x-profile-id': profile }).withResponse();
  expect(response.headers.get('x-profile-id')).toBe(profile);
});

describe('refusals', () => {
  it.each<[string, () => PromiseLike<unknown>, number, string]>([
    ['no number', () => sent.contacts.create({ phone_number: '' }), 400, 'VALIDATION_001'],
    ['a bad number', () => sent.contacts.create({ phone_number: '555-0123' }), 400, 'VALIDATION_002'],
    ["the guide's id", () => sent.contacts.retrieve('contact_1234567890'), 400, 'VALIDATION_003'],
    [
      'nothing to change',
      () => sent.contacts.update(sim.book.byPhone('+12055550100')?.id ?? '', {}),
      400,
      'VALIDATION_004',
    ],
    ['page 0', () => sent.contacts.list({ page: 0, page_size: 0 }), 400, 'VALIDATION_005'],
    ['a known number', () => sent.contacts.create({ phone_number: '+12055550100' }), 409, 'RESOURCE_007'],
    [
      'nobody there',
      () => sent.contacts.list({ page: 1, page_size: 1, phone: '+14155559999' }),
      404,
      'RESOURCE_001',
    ],
    ['no template', () => sent.messages.send({ to: ['+14155550177'] }), 400, 'VALIDATION_001'],
    [
      'no such template',
      () => sent.templates.retrieve('6ba7b810-9dad-41d1-80b4-00c04fd430c8'),
      404,
      'RESOURCE_002',
    ],
    ['a wrong key', () => sent.withOptions({ apiKey: 'k' }).me.retrieve(), 401, 'AUTH_002'],
  ])('of %s', async (_, call, status, code) => {
    const error = await failure(call());
    expect([error.status, codeOf(error)]).toEqual([status, code]);
  });

  it('of too many requests', async () => {
    sim.faults.add({ times: 1, kind: { status: 429, code: 'BUSINESS_002', retryAfter: 3 } });
    const error = await failure(sent.me.retrieve());
    expect([error.status, codeOf(error), error.headers?.get('retry-after')]).toEqual([
      429,
      'BUSINESS_002',
      '3',
    ]);
  });
});
