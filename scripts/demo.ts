/** A short session as an assistant would have it: a real MCP client, the built server, the built-in simulator. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { bundle, EXECUTABLE } from './build.ts';

type Content = { type: string; text?: string }[];
type Answer = { text: string; data: Record<string, unknown> };

const styled = (code: number) => (text: string) =>
  process.stdout.isTTY ? `\u001b[${code}m${text}\u001b[0m` : text;
const [bold, dim, cyan] = [styled(1), styled(2), styled(36)];

await bundle();
const client = new Client({ name: 'demo', version: '1.0.0' });
await client.connect(
  new StdioClientTransport({ command: process.execPath, args: [EXECUTABLE, '--demo'], stderr: 'inherit' }),
);

/** Prints what the person says, what the assistant calls and what comes back. */
async function play(question: string, name: string, args: Record<string, unknown>): Promise<Answer> {
  console.log(`\n${bold(`You: ${question}`)}`);
  console.log(cyan(`  → ${name} ${JSON.stringify(args)}`));
  const result = await client.callTool({ name, arguments: args });
  const text = (result.content as Content).map((part) => part.text ?? '').join('\n');
  console.log(text.replace(/^/gm, '    '));
  if (result.isError) process.exitCode = 1;
  return { text, data: (result.structuredContent ?? {}) as Record<string, unknown> };
}

console.log(dim('An imaginary shop, its contacts and a simulated Sent API; nothing leaves this machine.'));

await play('How many of our customers are there per country?', 'search_contacts', { group_by: 'country' });
const brazil = await play('Which ones in Brazil can I reach on WhatsApp?', 'search_contacts', {
  country: 'Brazil',
  channel: 'whatsapp',
  opt_out: false,
});
await play('Find Sofia Hernandes, I am not sure how she is spelt.', 'search_contacts', {
  query: 'Sofia Hernandes',
});
await play('Add (415) 555-0142, a US number, WhatsApp first.', 'create_contact', {
  phone_number: '(415) 555-0142',
  country: 'US',
  default_channel: 'whatsapp',
});
await play('Note that this is Ada, a VIP.', 'update_contact', {
  phone_number: '+14155550142',
  metadata: { name: 'Ada Byron', segment: 'vip' },
});
const [first] = brazil.data.contacts as { phone_number: string }[];
const message = {
  to: ['+14155550142', first?.phone_number],
  template: { name: 'welcome', parameters: { name: 'friend' } },
};
await play('Welcome Ada and the first one from Brazil. Show me first.', 'send_message', {
  ...message,
  preview: true,
});
const sent = await play('Yes, send it.', 'send_message', message);
const [accepted] = sent.data.messages as { message_id: string }[];
await play('Did it arrive?', 'get_message', { message_id: accepted?.message_id });
await play('Ada wants no more messages.', 'update_contact', { phone_number: '+14155550142', opt_out: true });
await play('Text her anyway?', 'send_message', { to: ['+14155550142'], text: 'Are you sure?' });
await play('Then remove her.', 'delete_contact', { phone_number: '+14155550142' });

await client.close();
