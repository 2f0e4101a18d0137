/** What goes out on the wire when the API fails, and what is reported of it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createSimulator, type FaultKind } from '../../src/simulator/simulator.ts';
import { createVirtualClock } from '../virtual-clock.ts';
import { client, json, KEY, refused, START, scripted } from './client.ts';

const ID = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
const CONTACT = { id: ID, phone_number: '+14155550142' };
const done = () => json({ success: true, data: CONTACT });
const BODY = { to: ['+14155550142'], text: 'Hello' };

function simulated(kind?: FaultKind, times?: number) {
  const clock = createVirtualClock(START);
  const simulator = createSimulator({ now: clock.now, sleep: clock.work });
  if (kind) simulator.faults.add({ kind, ...(times && { times }) });
  return { simulator, ...client(simulator.fetch, { clock, apiKey: simulator.key }) };
}

describe('retries', () => {
  const AGAIN: FaultKind[] = [
    { status: 408 },
    { status: 429, code: 'BUSINESS_002' },
    { status: 500 },
    { status: 502 },
    { status: 503 },
    { status: 504 },
    'lost-before',
    'lost-after',
    'cut-body',
    'html',
  ];
  test.each(AGAIN)('a read is tried again after %j, with no key', async (kind) => {
    const { simulator, sent } = simulated(kind, 1);
    expect((await sent.me()).id).toBeDefined();
    expect(simulator.requests).toHaveLength(2);
    expect(simulator.requests.some(({ headers }) => 'idempotency-key' in headers)).toBe(false);
  });

  test.each([...AGAIN, { status: 409, code: 'CONFLICT_001' }])(
    'a mutation is tried again after %j, with the same key and body',
    async (kind) => {
      const { simulator, sent } = simulated(kind, 2);
      await sent.sendMessage(BODY);
      expect(simulator.requests.map(({ headers, body }) => [headers['idempotency-key'], body])).toEqual(
        Array(3).fill(['key-1', BODY]),
      );
      expect(simulator.messages).toHaveLength(1);
    },
  );

  test.each([
    ['RESOURCE_007', 409],
    ['SERVICE_001', 503],
    ['LIMIT_001', 429],
    ['VALIDATION_001', 400],
    ['AUTH_002', 401],
    ['AUTH_004', 403],
    ['BUSINESS_004', 422],
    ['NOVEL_001', 501],
  ])('%s is final', async (code, status) => {
    const { fetch, requests } = scripted(() => refused(code, status), done);
    await expect(client(fetch).sent.createContact('+14155550142')).rejects.toMatchObject({ sentCode: code });
    expect(requests).toHaveLength(1);
  });

  test('each mutation has a key of its own', async () => {
    const { fetch, requests } = scripted(done);
    const { sent } = client(fetch);
    await sent.createContact('+14155550142');
    await sent.updateContact(ID, { opt_out: true });
    await sent.sendMessage(BODY);
    await sent.deleteContact(ID);
    expect(requests.map(({ headers }) => headers.get('idempotency-key'))).toEqual([
      'key-1',
      'key-2',
      'key-3',
      null,
    ]);
  });

  test('waits double, with chance, and never less than Retry-After', async () => {
    const clock = createVirtualClock(START);
    const at: number[] = [];
    const { fetch } = scripted(() => {
      at.push(clock.now() - START);
      return at.length === 3
        ? json({}, 429, { 'retry-after': '4' })
        : json({}, 500, at.length === 2 ? { 'retry-after': '0' } : {});
    });
    await expect(client(fetch, { clock }).sent.me()).rejects.toMatchObject({ code: 'unavailable' });
    // 300 ms and doubles of it, three quarters of them where chance is a half.
    expect(at).toEqual([0, 225, 675, 4675, 6475]);
  });

  test('Retry-After may be a date', async () => {
    const clock = createVirtualClock(START);
    const date = new Date(START + 7_000).toUTCString();
    const { fetch } = scripted(() => json({}, 429, { 'retry-after': date }), done);
    await client(fetch, { clock }).sent.createContact('+14155550142');
    expect(clock.now() - START).toBe(7_000);
  });
});

describe('the time limit', () => {
  const never = () => new Promise<Response>(() => {});

  test.each(['read', 'mutation'])(
    'a %s that hangs ends in time, even where fetch ignores its signal',
    async (kind) => {
      const { fetch, requests } = scripted(never);
      const { sent, clock } = client(fetch);
      const work = kind === 'read' ? sent.me() : sent.sendMessage(BODY);
      await expect(work).rejects.toMatchObject({ code: kind === 'read' ? 'unavailable' : 'unknown_outcome' });
      expect(clock.now() - START).toBe(30_000);
      expect(requests).toHaveLength(2);
    },
  );

  test('the connection of a try that is over is given up', async () => {
    const { fetch, requests } = scripted(never);
    await expect(client(fetch).sent.me()).rejects.toMatchObject({ code: 'unavailable' });
    expect(requests.map(({ signal }) => signal.aborted)).toEqual([true, true]);
  });

  test('a body that never ends is a hang too', async () => {
    const endless = () =>
      new Response(
        new ReadableStream({ start: (sink) => sink.enqueue(new TextEncoder().encode('{"success":')) }),
      );
    const { sent, clock } = client(scripted(endless).fetch);
    await expect(sent.me()).rejects.toMatchObject({ code: 'unavailable' });
    expect(clock.now() - START).toBe(30_000);
  });

  test('a slow API that answers within it is waited for', async () => {
    const { simulator, sent, clock } = simulated({ delayMs: 15_000 }, 1);
    await sent.sendMessage(BODY);
    expect([clock.now() - START, simulator.requests.length]).toEqual([15_000, 1]);
  });

  test('a slow first try that goes on is met by CONFLICT_001 and then replayed: one message', async () => {
    const clock = createVirtualClock(START);
    const simulator = createSimulator({ now: clock.now, sleep: clock.work });
    simulator.faults.add({ kind: { delayMs: 19_000 }, times: 1 });
    // A network that does not tell the API when its caller hangs up.
    const deaf: typeof globalThis.fetch = async (input, init) => {
      const request = new Request(input, init);
      const { url, method, headers } = request;
      const body = await request.text();
      return simulator.fetch(url, { method, headers, body });
    };
    const { sent } = client(deaf, { clock, apiKey: simulator.key });
    const answer = await sent.sendMessage(BODY);
    expect(answer.replayed).toBe(true);
    expect(simulator.messages).toHaveLength(1);
    expect(clock.now() - START).toBeLessThan(30_000);
  });
});

describe('unknown outcome, exactly where it is unknown', () => {
  const lost = () => Promise.reject(new TypeError('fetch failed'));
  const refusedConnection = () =>
    Promise.reject(
      new TypeError('fetch failed', { cause: Object.assign(new Error('no'), { code: 'ECONNREFUSED' }) }),
    );

  test('a connection that was never made did nothing', async () => {
    const { fetch, requests } = scripted(refusedConnection);
    const failure = client(fetch).sent.sendMessage(BODY);
    await expect(failure).rejects.toMatchObject({
      code: 'unavailable',
      message: 'Sent could not be reached, so this call did nothing.',
    });
    expect(requests).toHaveLength(5);
  });

  test('what fails before it goes out did nothing', async () => {
    const { fetch, requests } = scripted(done);
    const { sent } = client(fetch, { apiKey: 'two\nlines' });
    await expect(sent.sendMessage(BODY)).rejects.toMatchObject({ code: 'unavailable' });
    expect(requests).toEqual([]);
  });

  test.each([
    ['never connected', refusedConnection],
    ['429', () => refused('BUSINESS_002', 429)],
    ['CONFLICT_001', () => refused('CONFLICT_001', 409)],
    ['SERVICE_001', () => refused('SERVICE_001', 503)],
    ['401', () => refused('AUTH_002', 401)],
    ['403', () => json({}, 403)],
    ['404 of a gateway', () => new Response('<html>', { status: 404 })],
  ])('a lost answer, then %s for ever: still unknown', async (_name, answer) => {
    const { fetch } = scripted(lost, answer);
    await expect(client(fetch).sent.sendMessage(BODY)).rejects.toMatchObject({ code: 'unknown_outcome' });
  });

  test.each([
    ['VALIDATION_002', 400, 'invalid_input', true],
    ['RESOURCE_002', 404, 'not_found', true],
    ['RESOURCE_007', 409, 'conflict', false],
    ['BUSINESS_004', 422, 'forbidden', true],
    ['BUSINESS_003', 422, 'forbidden', false],
  ])(
    'a lost answer, then %s: a contact was not made, and of a message nobody knows',
    async (sentCode, status, code, isAboutRequest) => {
      const network = () => scripted(lost, () => refused(sentCode, status)).fetch;
      await expect(client(network()).sent.createContact('+14155550142')).rejects.toMatchObject({ code });
      await expect(client(network()).sent.sendMessage(BODY)).rejects.toMatchObject({
        ...{ code: 'unknown_outcome', sentCode, isAboutRequest },
        message: expect.stringMatching(/^A repetition was refused \(.+[^.]\), so it is not known/),
      });
    },
  );

  test.each([
    ['an empty body', () => new Response('', { status: 202 })],
    ['HTML', () => new Response('<html>hello</html>', { status: 200 })],
    ['half of the JSON', () => new Response('{"success":true,"data":{"reci', { status: 202 })],
    ['JSON that is no envelope', () => json([1], 200)],
    ['an envelope that says nothing', () => json({}, 200)],
    ['success: false without a code', () => json({ success: false, data: null }, 200)],
  ])('%s where a success is due is no success', async (_name, answer) => {
    const { fetch, requests } = scripted(answer);
    await expect(client(fetch).sent.sendMessage(BODY)).rejects.toMatchObject({ code: 'unknown_outcome' });
    expect(requests).toHaveLength(5);
    await expect(client(scripted(answer).fetch).sent.me()).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('an acceptance whose details cannot be read is still one', async () => {
    const { fetch } = scripted(() => json({ success: true, data: { recipients: 'three' } }, 202));
    expect((await client(fetch).sent.sendMessage(BODY)).data.recipients).toEqual([]);
    const { fetch: other } = scripted(() => json({ success: true, data: 'made' }, 201));
    expect((await client(other).sent.createContact('+14155550142')).data).toBeNull();
  });
});

describe('DELETE', () => {
  test('204 without a body is done', async () => {
    const { simulator, sent } = simulated();
    const contact = simulator.book.page(1, 1, {}).contacts[0];
    await sent.deleteContact(contact?.id ?? '');
    expect(simulator.book.get(contact?.id ?? '')).toBeUndefined();
    expect(simulator.requests[0]).toMatchObject({ method: 'DELETE', body: undefined });
    expect(simulator.requests[0]?.headers['content-type']).toBeUndefined();
  });

  test('404 after a lost try is done; 404 at once is not found', async () => {
    const gone = () => refused('RESOURCE_001', 404);
    const lost = () => Promise.reject(new TypeError('fetch failed'));
    await expect(client(scripted(lost, gone).fetch).sent.deleteContact(ID)).resolves.toMatchObject({
      replayed: true,
    });
    await expect(client(scripted(gone).fetch).sent.deleteContact(ID)).rejects.toMatchObject({
      code: 'not_found',
    });
    const throttled = () => refused('BUSINESS_002', 429);
    await expect(client(scripted(throttled, gone).fetch).sent.deleteContact(ID)).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('dry runs', () => {
  test.each(['today', 'guide'] as const)(
    'are asked for by both names and proved by a header (%s)',
    async (dialect) => {
      const simulator = createSimulator({ dialect });
      const { sent } = client(simulator.fetch, { apiKey: simulator.key });
      const answer = await sent.sendMessage(BODY, { dryRun: true });
      expect(answer.dryRun).toEqual({ asked: true, confirmed: true });
      expect(simulator.requests[0]?.body).toMatchObject({ sandbox: true, test_mode: true });
      expect(simulator.messages).toHaveLength(0);
    },
  );

  test('never share a key with the real thing, whatever key is given', async () => {
    const { simulator, sent } = simulated();
    await sent.sendMessage(BODY, { dryRun: true, idempotencyKey: 'real' });
    await sent.sendMessage(BODY, { idempotencyKey: 'real' });
    expect(simulator.requests.map(({ headers }) => headers['idempotency-key'])).toEqual(['key-1', 'real']);
    expect(simulator.messages).toHaveLength(1);
  });

  test('SENT_SANDBOX makes every mutation one, and no read', async () => {
    const { fetch, requests } = scripted(done);
    const { sent } = client(fetch, { sandbox: true });
    const answer = await sent.updateContact(ID, { opt_out: true }, { idempotencyKey: 'real' });
    expect(answer.dryRun).toEqual({ asked: true, confirmed: false });
    expect(requests[0]?.headers.get('idempotency-key')).toBe('key-1');
    expect(await requests[0]?.json()).toEqual({ opt_out: true, sandbox: true, test_mode: true });
    await sent.deleteContact(ID);
    expect(await requests[1]?.json()).toEqual({ sandbox: true, test_mode: true });
    await sent.getContact(ID);
    expect(await requests[2]?.text()).toBe('');
  });
});

describe('cancelling', () => {
  test('ends a read at once, even where fetch ignores its signal', async () => {
    const cancel = new AbortController();
    const { sent, clock } = client(scripted(() => new Promise<Response>(() => {})).fetch);
    const work = sent.me({ signal: cancel.signal });
    cancel.abort();
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
    expect(clock.now()).toBe(START);
  });

  test('lets a mutation that is out be heard to its end, and not tried again', async () => {
    const cancel = new AbortController();
    const fine = scripted(() => {
      cancel.abort();
      return done();
    });
    await client(fine.fetch).sent.sendMessage(BODY, { signal: cancel.signal });
    const again = new AbortController();
    const failing = scripted(() => {
      again.abort();
      return json({}, 500);
    });
    const work = client(failing.fetch).sent.sendMessage(BODY, { signal: again.signal });
    await expect(work).rejects.toMatchObject({ code: 'unknown_outcome' });
    expect(failing.requests).toHaveLength(1);
  });

  test('while waiting to try again stops there; before the first try nothing goes out', async () => {
    const cancel = new AbortController();
    const { fetch, requests } = scripted(() => {
      setImmediate(() => cancel.abort());
      return refused('BUSINESS_002', 429);
    });
    const work = client(fetch).sent.sendMessage(BODY, { signal: cancel.signal });
    await expect(work).rejects.toMatchObject({ code: 'rate_limited' });
    expect(requests).toHaveLength(1);
    const late = client(fetch).sent.sendMessage(BODY, { signal: cancel.signal });
    await expect(late).rejects.toMatchObject({ code: 'cancelled' });
    expect(requests).toHaveLength(1);
  });
});

test('a listing asks for its page and its filters, by both names of the size', async () => {
  const { fetch, requests } = scripted(() => json({ success: true, data: { contacts: [] } }));
  await client(fetch).sent.listContacts({ page: 2, pageSize: 100, channel: 'sms' });
  expect(Object.fromEntries(new URL(requests[0]?.url ?? '').searchParams)).toEqual({
    page: '2',
    page_size: '100',
    pageSize: '100',
    channel: 'sms',
  });
});

test('a call under the key of one that may have been done says so where it fails; a dry run has a key of its own', async () => {
  const { sent } = client(scripted(() => refused('AUTH_002', 401)).fetch);
  const how = { idempotencyKey: 'mine', repeats: true };
  await expect(sent.sendMessage(BODY, how)).rejects.toMatchObject({ code: 'unknown_outcome' });
  const dry = sent.sendMessage(BODY, { ...how, dryRun: true });
  await expect(dry).rejects.toMatchObject({ code: 'unauthorized' });
  await expect(sent.sendMessage(BODY)).rejects.toMatchObject({ code: 'unauthorized' });
});

test('data that cannot be read: of a read an error with its request, of what is billed nobody knows', async () => {
  const { sent } = client(
    scripted(() => json({ success: true, data: 7, meta: { request_id: 'req_1' } })).fetch,
  );
  await expect(sent.getContact(ID)).rejects.toMatchObject({ code: 'unavailable', requestId: 'req_1' });
  await expect(sent.lookupNumber('+14155550142')).rejects.toMatchObject({ code: 'unknown_outcome' });
});

test('each try is logged: where to, how often, what came back, and how long it took', async () => {
  const { fetch } = scripted(
    () => Promise.reject(new TypeError('fetch failed')),
    () => refused('BUSINESS_002', 429),
    () => json({ success: true, data: CONTACT }, 200, { 'x-request-id': 'req_2' }),
  );
  const { sent, logged } = client(fetch);
  await sent.getContact(ID);
  const line = { endpoint: 'GET /v3/contacts/{id}', ms: 0 };
  expect(logged).toEqual([
    { ...line, tries: 1, status: 'noResponse' },
    { ...line, tries: 2, status: 429, code: 'BUSINESS_002', request_id: 'req_1' },
    { ...line, tries: 3, status: 200, request_id: 'req_2' },
  ]);
});

describe('over a real network', () => {
  const servers: { close(): unknown }[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });
  const listen = async (handle: Parameters<typeof createServer>[1]) => {
    const server = createServer(handle);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  test.each([301, 302, 303, 307, 308])(
    'a redirect (%i) is never followed: the key stays here',
    async (status) => {
      const heard: unknown[] = [];
      const thief = await listen((request, response) => {
        heard.push(request.headers);
        response.end('{"success":true,"data":{"id":"x"}}');
      });
      const baseUrl = await listen((_request, response) => {
        response.writeHead(status, { location: `${thief}/v3/me` }).end();
      });
      const { sent } = client(fetch, { baseUrl });
      await expect(sent.me()).rejects.toMatchObject({ code: 'unavailable' });
      await expect(sent.sendMessage(BODY)).rejects.toMatchObject({ code: 'unavailable' });
      expect(heard).toEqual([]);
    },
  );

  test('nobody there: a closed port did nothing', async () => {
    const baseUrl = await listen(() => {});
    servers.pop()?.close();
    const failure = client(fetch, { baseUrl }).sent.sendMessage(BODY);
    await expect(failure).rejects.toMatchObject({ code: 'unavailable' });
  });
});

test('the headers are ours: the key, the profile, JSON', async () => {
  const { fetch, requests } = scripted(done);
  await client(fetch, { profileId: 'p1' }).sent.createContact('+14155550142');
  expect(Object.fromEntries(requests[0]?.headers ?? [])).toEqual({
    accept: 'application/json',
    'content-type': 'application/json',
    'idempotency-key': 'key-1',
    'user-agent': 'test',
    'x-api-key': KEY,
    'x-profile-id': 'p1',
  });
  expect(requests[0]?.redirect).toBe('manual');
});

describe('what newer accounts know', () => {
  const answered = (data: object) => json({ success: true, data }, 202);

  test('a time to send at goes out as given, and what the API makes of it comes back', async () => {
    const at = '2026-11-24T09:00:00+01:00';
    const { fetch, requests } = scripted(() =>
      answered({
        status: 'SCHEDULED',
        scheduled_at: at,
        price: '0.0150',
        recipients: [{ message_id: 'm1', to: '+14155550142', price: 0.015 }],
      }),
    );
    const { data } = await client(fetch).sent.sendMessage({ ...BODY, scheduled_at: at }, { dryRun: true });
    expect(await requests[0]?.json()).toMatchObject({ scheduled_at: at, sandbox: true, test_mode: true });
    expect(data).toMatchObject({ scheduled_at: at, price: 0.015, recipients: [{ price: 0.015 }] });
  });

  test('an API that does not know them leaves them out', async () => {
    const { fetch } = scripted(() => answered({ status: 'QUEUED', recipients: [{ to: '+14155550142' }] }));
    const { data } = await client(fetch).sent.sendMessage(BODY);
    expect([data.scheduled_at, data.price, data.recipients[0]?.price]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('a scheduled message is taken back under a key, and a lost answer is asked for again', async () => {
    const { fetch, requests } = scripted(
      () => Promise.reject(new TypeError('fetch failed')),
      () => answered({ status: 'CANCELLED' }),
    );
    const { data, tries } = await client(fetch).sent.cancelMessage('msg_1');
    expect([data.status, tries]).toEqual(['CANCELLED', 2]);
    expect(
      requests.map(({ method, url, headers }) => [
        method,
        new URL(url).pathname,
        headers.get('idempotency-key'),
      ]),
    ).toEqual(Array(2).fill(['POST', '/v3/messages/msg_1/cancel', 'key-1']));
  });
});
