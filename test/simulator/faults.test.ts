import { afterEach, describe, expect, it } from 'vitest';
import {
  createSimulator,
  type Fault,
  type Simulator,
  startSimulator,
} from '../../src/simulator/simulator.ts';
import { caller } from './call.ts';

const NATIVE = [globalThis.Request, globalThis.Response];
const NUMBER = { phone_number: '+14155550123' };

/** The same checks in process and over a real socket. */
const places = {
  'in process': async () => ({
    sim: createSimulator() as Simulator,
    base: 'http://anywhere.test',
    close: async () => {},
  }),
  'on a server': async () => {
    const sim = await startSimulator();
    return { sim: { ...sim, fetch }, base: sim.url, close: sim.close };
  },
};

describe.each(Object.entries(places))('faults %s', (_, open) => {
  let close = async () => {};
  afterEach(() => close());
  async function start(...faults: Fault[]) {
    const place = await open();
    close = place.close;
    for (const fault of faults) place.sim.faults.add(fault);
    return { ...place, call: caller(place.sim, place.base) };
  }

  it('answer a status without acting', async () => {
    const kind = { status: 503, code: 'SERVICE_001', retryAfter: 7, headers: { 'X-Should-Retry': 'false' } };
    const { sim, call } = await start({ kind, times: 1 });
    const { status, json, headers } = await call('POST', '/v3/contacts', NUMBER);
    expect(status).toBe(503);
    expect(json).toMatchObject({
      success: false,
      error: { code: 'SERVICE_001' },
      meta: { request_id: expect.any(String) },
    });
    expect([headers.get('retry-after'), headers.get('x-should-retry')]).toEqual(['7', 'false']);
    expect([sim.book.size, sim.requests.length]).toEqual([60, 1]);
    expect((await call('POST', '/v3/contacts', NUMBER)).status).toBe(201);
  });

  it('answer an empty status, and one after acting', async () => {
    const { sim, call } = await start(
      { method: 'post', kind: { status: 500, acts: true } },
      { method: 'GET', kind: { status: 401 } },
    );
    const post = await call('POST', '/v3/contacts', NUMBER);
    expect([post.status, post.text, sim.book.size]).toEqual([500, '', 61]);
    const get = await call('GET', '/v3/me');
    expect([get.status, get.text]).toEqual([401, '']);
  });

  it('lose the connection before or after', async () => {
    const { sim, call } = await start({ kind: 'lost-before', times: 1 }, { kind: 'lost-after', after: 1 });
    for (const size of [60, 61]) {
      const error = await call('POST', '/v3/contacts', NUMBER).catch((reason) => reason);
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toBe('fetch failed');
      expect(['UND_ERR_SOCKET', 'ECONNRESET']).toContain(error.cause.code);
      expect(sim.book.size).toBe(size);
    }
    expect(sim.requests).toHaveLength(2);
  });

  it('cut the body off after acting', async () => {
    const { sim, base } = await start({ kind: 'cut-body' });
    const headers = { 'x-api-key': sim.key, 'content-type': 'application/json' };
    const response = await sim.fetch(`${base}/v3/contacts`, {
      method: 'POST',
      headers,
      body: JSON.stringify(NUMBER),
    });
    expect([response.status, sim.book.size]).toEqual([201, 61]);
    await expect(response.json()).rejects.toThrow('terminated');
  });

  it('answer HTML or nothing', async () => {
    const { sim, call } = await start(
      { kind: 'html', times: 1 },
      { kind: { html: 200 }, after: 1, times: 1 },
      { kind: 'empty', after: 2, times: 1 },
    );
    for (const status of [502, 200]) {
      const answer = await call('POST', '/v3/contacts', NUMBER);
      expect([answer.status, sim.book.size]).toEqual([status, 60]);
      expect(answer.headers.get('content-type')).toContain('text/html');
      expect(answer.text).toContain('<!DOCTYPE html>');
    }
    const empty = await call('POST', '/v3/contacts', NUMBER);
    expect([empty.status, empty.text, sim.book.size]).toEqual([201, '', 61]);
  });

  it.each([
    ['hang', 60],
    ['hang-after', 61],
    [{ delayMs: 3_600_000 }, 60],
  ] as const)('%j ends when the client gives up', async (kind, size) => {
    const { sim, base } = await start({ kind });
    const controller = new AbortController();
    const headers = { 'x-api-key': sim.key };
    const answer = sim.fetch(`${base}/v3/contacts`, {
      method: 'POST',
      headers,
      body: JSON.stringify(NUMBER),
      signal: controller.signal,
    });
    await expect.poll(() => sim.requests.length).toBe(1);
    if (size === 61) await expect.poll(() => sim.book.size).toBe(61);
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(answer).rejects.toBe(reason);
    expect(sim.book.size).toBe(size);
  });

  it('delay, then act', async () => {
    const { call } = await start({ kind: { delayMs: 1 } });
    expect((await call('POST', '/v3/contacts', NUMBER)).status).toBe(201);
  });

  it('are chosen by method, path and turn, and cleared', async () => {
    const { sim, call } = await start(
      { path: /\/v3\/me$/, after: 1, times: 2, kind: { status: 500 } },
      { path: /\/v3\/me$/, after: 2, kind: { status: 502 } },
      { method: 'DELETE', kind: { status: 504 } },
    );
    const statuses: number[] = [];
    for (let n = 0; n < 5; n++) statuses.push((await call('GET', '/v3/me')).status);
    expect(statuses).toEqual([200, 500, 500, 502, 502]);
    expect((await call('GET', '/v3/contacts?page=1&page_size=1')).status).toBe(200);
    expect((await call('DELETE', '/v3/contacts/x')).status).toBe(504);
    sim.faults.clear();
    expect((await call('GET', '/v3/me')).status).toBe(200);
  });
});

describe('an in-process fetch', () => {
  it('takes URLs, requests and strings, and refuses what was aborted before it began', async () => {
    const sim = createSimulator();
    const init = { headers: { 'x-api-key': sim.key } };
    for (const input of [
      'https://api.sent.dm/v3/me',
      new URL('http://x/v3/me'),
      new Request('http://x/v3/me'),
    ])
      expect((await sim.fetch(input, init)).status).toBe(200);
    const reason = new Error('never mind');
    await expect(
      sim.fetch(new Request('http://x/v3/me', { signal: AbortSignal.abort(reason) })),
    ).rejects.toBe(reason);
    await expect(sim.fetch('http://x/v3/me', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const answer = sim.fetch('http://x/v3/me', { signal: controller.signal });
    controller.abort(reason);
    await expect(answer).rejects.toBe(reason);
    expect(sim.requests).toHaveLength(3);
  });
});

describe('a server', () => {
  it('is on loopback only, shares its book with the in-process fetch, and closes what hangs', async () => {
    const sim = await startSimulator();
    expect([globalThis.Request, globalThis.Response]).toEqual(NATIVE);
    expect(sim.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    await caller(sim)('POST', '/v3/contacts', NUMBER);
    const { json } = await caller({ fetch, key: sim.key }, sim.url)('GET', '/v3/contacts?page=1&page_size=1');
    expect(json.data.contacts[0].phone_number).toBe(NUMBER.phone_number);
    await expect(startSimulator({ port: Number(new URL(sim.url).port) })).rejects.toThrow('EADDRINUSE');
    sim.faults.add({ kind: 'hang' });
    const hanging = fetch(`${sim.url}/v3/me`).catch((error) => error);
    await expect.poll(() => sim.requests.length).toBe(3);
    await sim.close();
    expect(await hanging).toBeInstanceOf(TypeError);
  });

  it('records the path as it came', async () => {
    const sim = await startSimulator();
    const path = '/v3/contacts/%2E%2E%2Fme?x=1';
    await new Promise((resolve, reject) => {
      import('node:http').then(({ get }) => get(`${sim.url}`, { path }, resolve).on('error', reject), reject);
    });
    await sim.close();
    expect(sim.requests[0]?.path).toBe('/v3/contacts/%2E%2E%2Fme');
  });
});

it('keeps as many of the latest requests as it is told to', async () => {
  const sim = createSimulator({ requestsKept: 2 });
  const call = caller(sim);
  for (const id of ['a', 'b', 'c']) await call('GET', `/v3/contacts/${id}`);
  expect(sim.requests.map(({ path }) => path)).toEqual(['/v3/contacts/b', '/v3/contacts/c']);
});
