/** An answer counts only to a question that was asked, of the client that it was asked of. */
import { expect, test } from 'vitest';
import { post, startTeam } from './team.ts';

const META = 'io.modelcontextprotocol/';
type Answer = { id?: number; result?: Record<string, unknown>; error?: { code: number; message: string } };

/** A call of the 2026 era as a client would write it that does not keep to its library. */
async function callRaw(url: string, key: string, params: Record<string, unknown>): Promise<Answer> {
  const _meta = {
    [`${META}protocolVersion`]: '2026-07-28',
    [`${META}clientInfo`]: { name: 'raw', version: '1' },
    [`${META}clientCapabilities`]: { elicitation: {} },
  };
  const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { ...params, _meta } };
  const headers = {
    authorization: `Bearer ${key}`,
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': String(params.name),
  };
  const text = await (await post(url, body, headers)).text();
  return JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? text);
}

test('a yes that nobody was asked for, or somebody else, or about something else, is none', async () => {
  const { url, simulators } = await startTeam({ instances: 2, accounts: [{}, {}] });
  const [a, b] = simulators as [(typeof simulators)[0], (typeof simulators)[0]];
  const [first, second] = a.book.page(1, 2, {}).contacts;
  const remove = (contact_id = first?.id) => ({ name: 'delete_contact', arguments: { contact_id } });
  const deleted = () => [...a.requests, ...b.requests].filter(({ method }) => method === 'DELETE').length;

  const asked = (await callRaw(url, a.key, remove())).result ?? {};
  expect(asked.resultType).toBe('input_required');
  const [id = ''] = Object.keys(asked.inputRequests as object);
  const yes = { [id]: { action: 'accept', content: { confirm: true } } };
  const { requestState } = asked as { requestState: string };
  expect(requestState).toMatch(/^v1\./);

  const unasked = await callRaw(url, a.key, { ...remove(), inputResponses: yes });
  expect(unasked.result?.resultType).toBe('input_required');
  const tampered = `${requestState.slice(0, -2)}xx`;
  for (const [key, state] of [
    [a.key, tampered],
    [b.key, requestState],
  ] as const) {
    const refused = await callRaw(url, key, { ...remove(), inputResponses: yes, requestState: state });
    expect(refused.error?.code).toBe(-32602);
  }
  const other = await callRaw(url, a.key, { ...remove(second?.id), inputResponses: yes, requestState });
  expect(other.result?.resultType).toBe('input_required');
  expect(deleted()).toBe(0);

  // The other instance of the two knows the question.
  const done = await callRaw(url, a.key, { ...remove(), inputResponses: yes, requestState });
  expect(done.result).toMatchObject({ structuredContent: { deleted: { id: first?.id } } });
  expect(deleted()).toBe(1);
});
