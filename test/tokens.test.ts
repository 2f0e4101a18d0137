/** What the server costs each conversation, held to a budget; `npm run bench:tokens` says where it goes. */
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
