import { expect, test } from 'vitest';
import { startTeam } from './team.ts';

const post = (url: string, key: string, body: object, session?: string) =>
  fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(session && { 'mcp-session-id': session }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...body }),
  });
const params = {
  protocolVersion: '2025-06-18',
  capabilities: {},
  clientInfo: { name: 'test', version: '1' },
};

test('an answer that is whole at once is JSON and tells its length, through another instance too; a stream is there before its first message', async () => {
  const { url, members, simulator } = await startTeam({ instances: 2 });
  const begun = await post(url, simulator.key, { id: 1, method: 'initialize', params });
  const length = (answer: Response) => Number(answer.headers.get('content-length'));
  expect(length(begun)).toBe((await begun.arrayBuffer()).byteLength);
  const session = begun.headers.get('mcp-session-id') ?? '';

  for (const member of members) {
    const told = await post(member.url, simulator.key, { method: 'notifications/initialized' }, session);
    expect([told.status, length(told)]).toEqual([202, 0]);
    const call = { id: 2, method: 'tools/call', params: { name: 'search_contacts', arguments: {} } };
    const answer = await post(member.url, simulator.key, call, session);
    expect(answer.headers.get('content-type')).toBe('application/json');
    const body = await answer.text();
    expect(length(answer)).toBe(Buffer.byteLength(body));
    expect(JSON.parse(body)).toMatchObject({ id: 2, result: { structuredContent: { total: 60 } } });
  }

  const gone = new AbortController();
  const stream = await fetch(members[0]?.url ?? '', {
    headers: {
      authorization: `Bearer ${simulator.key}`,
      accept: 'text/event-stream',
      'mcp-session-id': session,
    },
    signal: gone.signal,
  });
  expect(stream.status).toBe(200);
  gone.abort();
});
