/** Sessions of the 2025 era: whose they are, how they end, how many there may be; and how the server ends. */
import { describe, expect, test } from 'vitest';
import { createManualClock } from './manual-clock.ts';
import { connect, initialize, post, startTeam } from './team.ts';

const HOUR_MS = 3_600_000;
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const list = { jsonrpc: '2.0', id: 2, method: 'tools/list' };
const protocol = { 'mcp-protocol-version': '2025-11-25' };

async function begin(url: string, key: string): Promise<string> {
  const id = (await post(url, initialize, bearer(key))).headers.get('mcp-session-id') ?? '';
  expect(id).toMatch(/^[\w-]+\.[\da-f-]{36}$/);
  return id;
}
const use = (url: string, key: string, id: string, method = 'POST') =>
  post(url, list, { ...bearer(key), ...protocol, 'mcp-session-id': id }, method).then(({ status }) => status);

describe('a session', () => {
  test('is nobody’s but of the key that opened it', async () => {
    const { url, simulators } = await startTeam({ accounts: [{}, {}] });
    const [a, b] = simulators.map(({ key }) => key) as [string, string];
    const id = await begin(url, a);
    for (const method of ['POST', 'GET', 'DELETE']) expect(await use(url, b, id, method)).toBe(404);
    expect((await post(url, list, { 'mcp-session-id': id })).status).toBe(401);
    expect(await use(url, a, id)).toBe(200);
    expect(await use(url, a, id, 'DELETE')).toBe(200);
    expect(await use(url, a, id)).toBe(404);
    expect(await use(url, a, `${id}x`)).toBe(404);
  });

  test('ends when nobody has called in it for four hours', async () => {
    const clock = createManualClock();
    const { url, simulator } = await startTeam({ clock });
    const [idle, used] = [await begin(url, simulator.key), await begin(url, simulator.key)];
    await clock.advance(3 * HOUR_MS);
    expect(await use(url, simulator.key, used)).toBe(200);
    await clock.advance(2 * HOUR_MS);
    expect(await use(url, simulator.key, idle)).toBe(404);
    expect(await use(url, simulator.key, used)).toBe(200);
  });

  test('makes room for a new one of the same key when there are 200, the least used first', async () => {
    const { url, simulators } = await startTeam({ accounts: [{}, {}] });
    const [a, b] = simulators.map(({ key }) => key) as [string, string];
    const other = await begin(url, b);
    const ids: string[] = [];
    for (let n = 0; n < 200; n++) ids.push(await begin(url, a));
    expect(await use(url, a, ids[0] ?? '')).toBe(200);
    await begin(url, a);
    expect(await use(url, a, ids[0] ?? '')).toBe(200);
    expect(await use(url, a, ids[1] ?? '')).toBe(404);
    expect(await use(url, b, other)).toBe(200);
  });
});

test('accounts with the same numbers and ids do not see each other', async () => {
  const { url, simulators } = await startTeam({ accounts: [{}, { contacts: 30 }] });
  const [a, b] = simulators as [(typeof simulators)[0], (typeof simulators)[0]];
  const [one, two] = [await connect(url, a.key), await connect(url, b.key)];
  const contact = a.book.page(1, 1, {}).contacts[0];
  await one.call('update_contact', { contact_id: contact?.id, metadata: { note: 'only of A' } });
  expect((await one.call('search_contacts', { query: 'only of A' })).data.total).toBe(1);
  expect((await two.call('search_contacts', { query: 'only of A' })).data.total).toBe(0);
  expect((await one.call('search_contacts', { limit: 1 })).data.total).toBe(60);
  expect((await two.call('search_contacts', { limit: 1 })).data.total).toBe(30);
});

describe('draining', () => {
  test('takes no new calls, ends those under way and then everything', async () => {
    const { url, simulator, drain } = await startTeam();
    const { call } = await connect(url, simulator.key);
    const ready = async () => (await fetch(new URL('/readyz', url))).status;
    expect(await ready()).toBe(200);
    simulator.faults.add({ method: 'GET', path: /templates/, kind: { delayMs: 400 } });
    const underWay = call('list_templates');
    await expect.poll(() => simulator.requests.some(({ path }) => path === '/v3/templates')).toBe(true);
    const drained = drain();
    expect(await ready()).toBe(503);
    expect((await fetch(new URL('/healthz', url))).status).toBe(200);
    expect((await post(url, initialize, bearer(simulator.key))).status).toBe(503);
    expect((await underWay).data).toHaveProperty('templates');
    await drained;
    await expect(fetch(new URL('/healthz', url))).rejects.toThrow();
  });

  test('waits for the answer of a person, for at most 25 s', async () => {
    const clock = createManualClock();
    const { url, simulator, drain } = await startTeam({ clock });
    const contact_id = simulator.book.page(1, 1, {}).contacts[0]?.id;
    let asked = 0;
    let answer = (_: { action: 'accept'; content: { confirm: boolean } }): void => {};
    const onQuestion = () =>
      new Promise<{ action: 'accept'; content: { confirm: boolean } }>((resolve) => {
        asked++;
        answer = resolve;
      });
    const { call } = await connect(url, simulator.key, { onQuestion });
    const answered = call('delete_contact', { contact_id });
    const cut = call('delete_contact', { contact_id }).catch(() => 'cut');
    await expect.poll(() => asked).toBe(2);
    let isDrained = false;
    const drained = drain().then(() => {
      isDrained = true;
    });
    answer({ action: 'accept', content: { confirm: true } }); // The second question; the first stays open.
    expect(await cut).toMatchObject({ isError: false });
    expect(isDrained).toBe(false);
    answered.catch(() => {});
    await clock.advance(25_000);
    await drained;
    expect(simulator.requests.filter(({ method }) => method === 'DELETE')).toHaveLength(1);
  });
});
