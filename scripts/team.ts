/**
 * A team on one machine without containers: a real PostgreSQL, two instances, a balancer and the simulator as the API.
 * Plays a session of two people through it and ends. Run: npm run team
 */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { startSimulator } from '../src/simulator/index.ts';
import { startPostgres } from '../test/postgres-server.ts';
import { startInstances } from './instances.ts';

const styled = (code: number) => (text: string) =>
  process.stdout.isTTY ? `\u001b[${code}m${text}\u001b[0m` : text;
const [bold, dim, cyan] = [styled(1), styled(2), styled(36)];

/** Somebody at a desk of their own, with a client that can ask them. */
async function atDesk(name: string, url: string, key: string) {
  const client = new Client(
    { name: `${name}'s desk`, version: '1.0.0' },
    { capabilities: { elicitation: {} } },
  );
  client.setRequestHandler(ElicitRequestSchema, async ({ params }) => {
    console.log(bold(`  ${name} is asked: `) + params.message.replace(/\n/g, '\n    '));
    console.log(bold(`  ${name}: Yes.`));
    return { action: 'accept', content: { confirm: true } };
  });
  const requestInit = { headers: { authorization: `Bearer ${key}` } };
  const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit });
  await client.connect(transport as never);
  return {
    async does(what: string, tool: string, args: Record<string, unknown>): Promise<Record<string, unknown>> {
      console.log(`\n${bold(`${name}: ${what}`)}`);
      console.log(cyan(`  → ${tool} ${JSON.stringify(args)}`));
      const result = await client.callTool({ name: tool, arguments: args });
      const [part] = result.content as { text?: string }[];
      console.log((part?.text ?? '').replace(/^/gm, '    '));
      if (result.isError) process.exitCode = 1;
      return (result.structuredContent ?? {}) as Record<string, unknown>;
    },
    leave: () => client.close(),
  };
}

async function main(): Promise<void> {
  const simulator = await startSimulator({ metadata: 'ignored' });
  const postgres = await startPostgres();
  const team = await startInstances(2, {
    SENT_BASE_URL: simulator.url,
    SENT_STATE: await postgres.createDatabase(),
  });
  const [one] = team.instances;
  console.log(
    dim(
      `PostgreSQL, the simulator, two instances and a balancer at ${team.url}; nothing leaves this machine.`,
    ),
  );

  const ann = await atDesk('Ann', team.url, simulator.key);
  const ben = await atDesk('Ben', team.url, simulator.key);
  const [first] = simulator.book.page(1, 1, {}).contacts;
  await ann.does('How many customers are there per country?', 'search_contacts', { group_by: 'country' });
  await ann.does('Note that this one is a VIP.', 'update_contact', {
    phone_number: first?.phone_number,
    metadata: { segment: 'vip' },
  });
  await ben.does('Who are our VIPs?', 'search_contacts', { metadata: { segment: 'vip' } });
  const send = { to: [first?.phone_number], template: { name: 'store_news' } };
  await ann.does('Send the news to our VIP.', 'send_message', send);
  await ben.does('Send them the news.', 'send_message', send);
  console.log(bold(`\nMessages that went out: ${simulator.messages.length}.`));
  await one.end('SIGKILL');
  console.log(dim('\nOne of the instances is killed; who had a session there begins a new one.'));
  const cat = await atDesk('Cat', team.url, simulator.key);
  await cat.does('Who are our VIPs?', 'search_contacts', { metadata: { segment: 'vip' } });

  for (const person of [ann, ben, cat]) await person.leave();
  await team.close();
  await postgres.remove();
  await simulator.close();
  if (simulator.messages.length !== 1) process.exitCode = 1;
}

void main();
