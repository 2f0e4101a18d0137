/** Who is let in, under which names, with what; and what is never told. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { namedTokens, parseTokens } from '../../src/http/keys.ts';
import { connect, initialize, post, startTeam } from './team.ts';

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const list = { jsonrpc: '2.0', id: 2, method: 'tools/list' };

describe('keys', () => {
  test('come as bearer or as x-api-key; without one, or with a wrong one, nothing opens', async () => {
    const { url, simulator } = await startTeam();
    expect((await post(url, initialize, bearer(simulator.key))).status).toBe(200);
    expect((await post(url, initialize, { 'x-api-key': simulator.key })).status).toBe(200);
    for (const headers of [{}, bearer('sk_wrong'), { authorization: 'Basic abc' }, { 'x-api-key': ' ' }]) {
      const refused = await post(url, initialize, headers);
      expect(refused.status).toBe(401);
      expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="sent-contacts-mcp"');
      expect(await refused.text()).toContain('"error"');
    }
  });

  test('a refused key is not asked about again at once, a good one not at each call', async () => {
    const { url, simulator } = await startTeam();
    const asked = () => simulator.requests.filter(({ path }) => path === '/v3/me').length;
    for (let time = 0; time < 5; time++) await post(url, initialize, bearer('sk_wrong'));
    expect(asked()).toBe(1);
    for (let time = 0; time < 5; time++) await post(url, initialize, bearer(simulator.key));
    expect(asked()).toBe(2);
  });

  test('while the API cannot say whose key it is, nobody is refused for good', async () => {
    const { url, simulator } = await startTeam({ env: { SENT_TIMEOUT_MS: '100' } });
    simulator.faults.add({ kind: 'lost-before' });
    const away = await post(url, initialize, bearer(simulator.key));
    expect([away.status, away.headers.get('retry-after')]).toEqual([503, '10']);
    simulator.faults.clear();
    expect((await post(url, initialize, bearer(simulator.key))).status).toBe(200);
  });
});

describe('access tokens', () => {
  const folder = () => {
    const made = mkdtempSync(join(tmpdir(), 'sent-tokens-'));
    onTestFinished(() => rmSync(made, { recursive: true, force: true }));
    return join(made, 'tokens');
  };

  test('a line is a name and a token', () => {
    const people = parseTokens('# people\nada tok_1\n\n  Grace Hopper\ttok_2  \r\nbroken\n# no tok_3\n').map(
      ({ person }) => person,
    );
    expect(people).toEqual(['ada', 'Grace Hopper']);
  });

  test('stand for the operator’s key, name their people, and end when their line goes', async () => {
    const file = folder();
    writeFileSync(file, 'ada tok_ada\ngrace tok_grace\n');
    const authenticator = await namedTokens(file, 'sk_test_account_0', () => {});
    const { url, simulator } = await startTeam({ authenticator });
    const { call, client, transport } = await connect(url, 'tok_ada');
    const found = await call('search_contacts', { limit: 1 });
    expect(found).toMatchObject({ data: { total: 60 } });
    expect(new Set(simulator.requests.map(({ headers }) => headers['x-api-key']))).toEqual(
      new Set([simulator.key]),
    );
    // The key itself is no token, and a session is of the person who opened it.
    expect((await post(url, initialize, bearer(simulator.key))).status).toBe(401);
    const session = { 'mcp-session-id': transport.sessionId ?? '' };
    expect((await post(url, list, { ...session, ...bearer('tok_grace') })).status).toBe(404);
    expect((await post(url, list, { ...session, ...bearer('tok_ada') })).status).toBe(200);

    writeFileSync(file, 'grace tok_grace\nlinus tok_linus_1\n');
    await expect
      .poll(async () => (await post(url, initialize, bearer('tok_linus_1'))).status, { timeout: 5_000 })
      .toBe(200);
    expect((await post(url, list, { ...session, ...bearer('tok_ada') })).status).toBe(401);
    await expect(client.listTools()).rejects.toThrow();

    rmSync(file);
    await expect
      .poll(async () => (await post(url, initialize, bearer('tok_grace'))).status, { timeout: 5_000 })
      .toBe(401);
  });

  test('a file that names nobody is no way in', async () => {
    const file = folder();
    await expect(namedTokens(file, 'k', () => {})).rejects.toThrow();
    writeFileSync(file, '# nobody\n');
    await expect(namedTokens(file, 'k', () => {})).rejects.toThrow();
  });
});

describe('a request', () => {
  test('under another name, or from the page of another site, is refused', async () => {
    const { url, simulator } = await startTeam({ env: { SENT_HTTP_HOSTS: 'mcp.example.com' } });
    const status = async (headers: Record<string, string>) =>
      (await post(url, initialize, { ...bearer(simulator.key), ...headers })).status;
    expect(await status({ host: 'evil.example' })).toBe(403);
    expect(await status({ host: 'mcp.example.com' })).toBe(200);
    expect(await status({ origin: 'https://evil.example' })).toBe(403);
    expect(await status({ origin: 'https://mcp.example.com' })).toBe(200);
    expect(await status({ origin: 'null' })).toBe(403);
  });

  test.each([
    '/.well-known/oauth-protected-resource',
    '/.well-known/oauth-protected-resource/mcp',
    '/.well-known/oauth-authorization-server',
    '/.well-known/openid-configuration',
    '/',
    '/mcp/x',
  ])('for %s finds nothing', async (path) => {
    const { url } = await startTeam();
    expect((await fetch(new URL(path, url))).status).toBe(404);
  });

  test('too large, or no JSON, or before initialize is refused', async () => {
    const { url, simulator } = await startTeam();
    const headers = bearer(simulator.key);
    expect((await post(url, { ...list, params: { x: 'y'.repeat(5_000_000) } }, headers)).status).toBe(413);
    expect((await post(url, 'not json', headers)).status).toBe(400);
    // What such a client can do is unknown, so nothing is done for it.
    const send = { name: 'send_message', arguments: { to: ['+12055550100'], text: 'hi' } };
    expect((await post(url, { ...list, method: 'tools/call', params: send }, headers)).status).toBe(400);
    expect(simulator.messages).toHaveLength(0);
    expect((await fetch(url, { method: 'PUT', headers })).status).toBe(405);
    expect((await fetch(url, { headers })).status).toBe(405);
  });
});

test('a body without a length is read to its bound, and a client that leaves in the middle of its own is no failure', async () => {
  const { url, simulator, logged } = await startTeam();
  const begin = () => {
    const headers = { ...bearer(simulator.key), 'content-type': 'application/json' };
    return request(url, { method: 'POST', headers });
  };
  const tooLarge = begin();
  const answered = once(tooLarge, 'response');
  for (let mebibyte = 0; mebibyte < 5; mebibyte++) tooLarge.write('y'.repeat(1024 * 1024));
  const [answer] = (await answered) as [IncomingMessage];
  expect(answer.statusCode).toBe(413);
  tooLarge.on('error', () => {}).destroy();

  const leaving = begin().on('error', () => {});
  await new Promise((resolve) => leaving.write('{"jsonrpc":', resolve));
  leaving.destroy();
  await expect.poll(() => logged.filter(({ event }) => event === 'request')).toHaveLength(2);
  expect(logged.filter(({ event }) => event === 'http')).toEqual([]);
});

test('no key, token or number is told to the log or to the metrics', async () => {
  const { url, simulator, logged } = await startTeam();
  const { call } = await connect(url, simulator.key);
  await call('get_contact', { phone_number: '+12055550100' });
  const metrics = await (await fetch(new URL('/metrics', url))).text();
  expect(metrics).toMatch(/sent_contacts_requests_total\{route="\/mcp",method="POST",status="200"\} \d+/);
  expect(metrics).toMatch(/\nsent_contacts_sessions 1\n/);
  expect(metrics).toMatch(/\nsent_contacts_accounts 1\n/);
  const all = metrics + JSON.stringify(logged);
  expect(logged.some(({ event }) => event === 'request')).toBe(true);
  expect(all).not.toContain(simulator.key);
  expect(all).not.toContain('2055550100');
});
