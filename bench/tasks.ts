/**
 * What an assistant needs for what people ask, on a book of 100,000: calls, and tokens of arguments and answers.
 * Run: npx tsx bench/tasks.ts [contacts]
 */
import { connect } from '../test/harness.ts';
import { measured, TASKS } from '../test/tasks.ts';

async function main(): Promise<void> {
  const contacts = Number(process.argv[2] ?? 100_000);
  const { client, call } = await connect({ contacts, requestsKept: 0 });
  const read = async (uri: string) =>
    ((await client.readResource({ uri })).contents[0] as { text: string }).text;
  while (!(await call('search_contacts', { group_by: 'country' })).data.complete);
  for (const task of TASKS) {
    const from = performance.now();
    const cost = await measured({ call, read }, task).catch((error: Error) => error.message.slice(0, 200));
    const said = typeof cost === 'string' ? cost : `${cost.calls} calls, ${cost.tokens} tokens`;
    console.log(`${task.name}: ${said}, ${Math.round(performance.now() - from)} ms`);
  }
  process.exit(0);
}

void main();
