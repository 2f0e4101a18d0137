/** What the server costs each conversation, held to a budget; `npm run bench:tokens` says where it goes. */
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { expect, test } from 'vitest';
import { publishedTokens } from '../bench/published-tokens.ts';
import { instructionsFor } from '../src/mcp/server.ts';
import { connect, TOOL_NAMES } from './harness.ts';

test('the published tools and instructions stay within their budget', async () => {
  const { client } = await connect();
  const { tools } = await client.listTools();
  const { all, read, instructions } = publishedTokens(tools, client.getInstructions() ?? '');
  expect(tools.length).toBeGreaterThanOrEqual(10);
  expect(all).toBeLessThanOrEqual(5000);
  expect(read).toBeLessThanOrEqual(2700);
  expect(instructions).toBeGreaterThan(50);
  expect(instructions).toBeLessThan(200);
  expect(instructionsFor(TOOL_NAMES).split(/\s+/).length).toBeLessThan(120);
});

test.each([
  {},
  { opt_out: false },
  { sort: 'newest' },
  { country: 'BR', created_after: '5y' },
  { updated_after: '1d' },
])('twenty contacts for %j stay within theirs, as text and as structure', async (question) => {
  for (const dialect of ['guide', 'today'] as const) {
    const { call, simulator } = await connect({ contacts: 300, dialect });
    for (const contact of simulator.book.page(1, 30, {}).contacts) simulator.book.change(contact, {});
    const { data, text } = await call('search_contacts', question);
    expect((data.contacts as object[]).length).toBe(20);
    expect((data.contacts as { metadata?: object }[]).every(({ metadata }) => metadata)).toBe(true);
    expect(countTokens(text)).toBeLessThanOrEqual(700);
    expect(countTokens(JSON.stringify(data))).toBeLessThanOrEqual(1_000);
  }
});
