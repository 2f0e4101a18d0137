/**
 * What the server costs a model to read, in tokens (o200k): what is there in every conversation, and a typical answer of
 * each tool in the demo account. Run: npm run build && npx tsx bench/tokens.ts
 */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { publishedTokens } from './published-tokens.ts';

const number = '+14155550123';
const CALLS: [name: string, args: Record<string, unknown>][] = [
  ['search_contacts', { country: 'Brazil', channel: 'whatsapp' }],
  ['search_contacts', { group_by: 'country' }],
  ['create_contact', { phone_number: number }],
  ['get_contact', { phone_number: number }],
  ['get_contact', { phone_number: number, include_engagement: true }],
  ['update_contact', { phone_number: number, default_channel: 'whatsapp' }],
  ['list_templates', {}],
  [
    'send_message',
    { to: [number], template: { name: 'welcome', parameters: { name: 'Ada' } }, preview: true },
  ],
  ['lookup_number', { phone_number: number }],
  ['import_contacts', { phone_numbers: [number, '+447400123456'] }],
  ['delete_contact', { phone_number: number }],
  ['get_contact', { phone_number: number }],
];

async function main(): Promise<void> {
  const client = new Client({ name: 'bench', version: '1' });
  const args = ['dist/sent-contacts-mcp.cjs', '--demo'];
  await client.connect(new StdioClientTransport({ command: process.execPath, args }));
  const { tools } = await client.listTools();
  const { prompts } = await client.listPrompts();

  const published = publishedTokens(tools, client.getInstructions() ?? '');
  for (const [name, { read, output }] of Object.entries(published.tools)) {
    console.log(
      `${name.padEnd(18)} ${String(read).padStart(5)} read ${String(output).padStart(5)} output schema`,
    );
  }
  console.log(`tools: ${published.all} in all, of which a model reads ${published.read}`);
  console.log(`instructions: ${published.instructions}; prompts: ${countTokens(JSON.stringify(prompts))}`);

  for (const [name, given] of CALLS) {
    const { content, structuredContent, isError } = await client.callTool({ name, arguments: given });
    const [part] = content as { text: string }[];
    const data = structuredContent === undefined ? 0 : countTokens(JSON.stringify(structuredContent));
    const size = `${countTokens(part?.text ?? '')} text, ${data} data`;
    console.log(`${name} ${JSON.stringify(given)}: ${size}${isError ? ' (an error)' : ''}`);
  }
  await client.close();
}

void main();
