/** Several instances over one state: a session belongs to one of them and is reached through all. */
import { describe, expect, test } from 'vitest';
import { instanceOf } from '../../src/http/peers.ts';
import { connect, initialize, post, startTeam } from './team.ts';

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const list = { jsonrpc: '2.0', id: 2, method: 'tools/list' };

describe('a session', () => {
  test('is reached through every instance by its key alone, and ended through any', async () => {
    const { members, simulators } = await startTeam({ instances: 3, accounts: [{}, {}] });
    const [a, b] = simulators.map(({ key }) => key) as [string, string];
    const [first, ...others] = members.map(({ url }) => url) as [string, string, string];
    const id = (await post(first, initialize, bearer(a))).headers.get('mcp-session-id') ?? '';
    expect(id.split('.')[0]).toBe(instanceOf(first));
    const use = async (url: string, key: string, method = 'POST') =>
      (await post(url, list, { ...bearer(key), 'mcp-session-id': id }, method)).status;
    for (const url of others) {
      expect(await use(url, a)).toBe(200);
      for (const method of ['POST', 'GET', 'DELETE']) expect(await use(url, b, method)).toBe(404);
      expect(await use(url, '')).toBe(401);
    }
    expect(await use(others[0] ?? '', a, 'DELETE')).toBe(200);
    expect(await use(first, a)).toBe(404);
  });

  test('of an instance that is gone is not found, and a new one begins elsewhere', async () => {
    const { members, simulator } = await startTeam({ instances: 2 });
    const [one, two] = members as [(typeof members)[0], (typeof members)[0]];
    const id = (await post(one.url, initialize, bearer(simulator.key))).headers.get('mcp-session-id') ?? '';
    const use = async () =>
      (await post(two.url, list, { ...bearer(simulator.key), 'mcp-session-id': id })).status;
    expect(await use()).toBe(200);
    await one.drain();
    expect(await use()).toBe(404);
    const { call } = await connect(two.url, simulator.key);
    expect((await call('search_contacts', { limit: 1 })).data).toMatchObject({ total: 60 });
  });

  test('whose client leaves a call that was passed on is cancelled at its owner, who is not taken for gone', async () => {
    const { members, simulator, logged, givenUp } = await startTeam({ instances: 2 });
    const [one, two] = members as [(typeof members)[0], (typeof members)[0]];
    const id = (await post(one.url, initialize, bearer(simulator.key))).headers.get('mcp-session-id') ?? '';
    simulator.faults.add({ method: 'GET', path: /templates/, kind: 'hang' });
    const leaving = new AbortController();
    const params = { name: 'list_templates', arguments: {} };
    const left = fetch(two.url, {
      method: 'POST',
      headers: {
        ...bearer(simulator.key),
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-session-id': id,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'tools/call', params }),
      signal: leaving.signal,
    }).catch(() => 'left');
    await expect.poll(() => simulator.requests.some(({ path }) => path === '/v3/templates')).toBe(true);
    leaving.abort();
    expect(await left).toBe('left');
    await expect.poll(() => givenUp).toEqual(['/v3/templates']);
    expect(logged.filter(({ event }) => event === 'owner_gone')).toEqual([]);
  });

  test('that no instance has is passed on to none, and nothing is passed on twice', async () => {
    const { members, simulator, logged } = await startTeam({ instances: 2 });
    const [one, two] = members as [(typeof members)[0], (typeof members)[0]];
    const uuid = crypto.randomUUID();
    const status = async (id: string, headers = {}) =>
      (await post(one.url, list, { ...bearer(simulator.key), 'mcp-session-id': id, ...headers })).status;
    for (const owner of ['nobody', instanceOf(one.url), '..', '127.0.0.1:1', 'http://x', ''])
      expect(await status(`${owner}.${uuid}`)).toBe(404);
    expect(await status(uuid)).toBe(404);
    const served = () => logged.filter(({ event }) => event === 'request').length;
    const before = served();
    expect(await status(`${instanceOf(two.url)}.${uuid}`)).toBe(404);
    await expect.poll(served).toBe(before + 2);
    expect(await status(`${instanceOf(two.url)}.${uuid}`, { 'x-sent-contacts-passed-on': 'x' })).toBe(404);
    await expect.poll(served).toBe(before + 3);
  });
});

test('what one instance wrote, another knows', async () => {
  const { members, simulator } = await startTeam({ instances: 2, accounts: [{ metadata: 'ignored' }] });
  const [one, two] = [
    await connect(members[0]?.url ?? '', simulator.key),
    await connect(members[1]?.url ?? '', simulator.key),
  ];
  const contact_id = simulator.book.page(1, 1, {}).contacts[0]?.id;
  await two.call('search_contacts', { limit: 1 });
  const noted = await one.call('update_contact', { contact_id, metadata: { vip: 'yes' } });
  expect(noted.isError).toBe(false);
  const read = async () =>
    (await two.call('get_contact', { contact_id })).data.contact as { metadata?: object };
  await expect.poll(async () => (await read()).metadata, { timeout: 1_000 }).toEqual({ vip: 'yes' });
});
