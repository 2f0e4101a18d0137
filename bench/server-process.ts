/** The built server as a host runs it: what it keeps in memory, and what its answers cost. */
import { readFileSync } from 'node:fs';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import type { Running } from './simulator-process.ts';

const PAGE_BYTES = 4096;

/** @returns resident bytes when the server has rested for 20 s after reading, and the text of a list of twenty. */
export async function measureServer({ url, key }: Running): Promise<{ bytes: number; text: string }> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: ['dist/sent-contacts-mcp.cjs'],
    env: { PATH: process.env.PATH ?? '', SENT_API_KEY: key, SENT_BASE_URL: url, SENT_STATE: 'off' },
    stderr: 'inherit',
  });
  const client = new Client({ name: 'bench', version: '1.0.0' });
  await client.connect(transport);
  const ask = async (args: Record<string, unknown>) => {
    const result = await client.callTool({ name: 'search_contacts', arguments: args });
    const [part] = result.content as { text: string }[];
    return { text: part?.text ?? '', data: result.structuredContent as { complete: boolean } };
  };
  while (!(await ask({ group_by: 'country' })).data.complete);
  const { text } = await ask({ opt_out: false, limit: 20 });
  await new Promise((resolve) => setTimeout(resolve, 20_000));
  const statm = readFileSync(`/proc/${transport.pid}/statm`, 'utf8').split(' ');
  await client.close();
  return { bytes: Number(statm[1]) * PAGE_BYTES, text };
}

export const tokensOf = (text: string): number => encode(text).length;

/** The API's own JSON of the first twenty contacts. */
export async function apiJson({ url, key }: Running): Promise<string> {
  const response = await fetch(`${url}/v3/contacts?page=1&page_size=20`, { headers: { 'x-api-key': key } });
  const { data } = (await response.json()) as { data: { contacts: unknown[] } };
  return JSON.stringify(data.contacts);
}
