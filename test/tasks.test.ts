/** What an assistant needs for what people ask: few calls, few words. `bench/tasks.ts` does the same on 100,000. */
import { expect, test } from 'vitest';
import { connect } from './harness.ts';
import { measured, TASKS } from './tasks.ts';

const MAX_CALLS = 4;
const MAX_TOKENS = 1_500;

test('there are twelve', () => expect(TASKS).toHaveLength(12));

test.each(TASKS)('$name', async (task) => {
  const { client, call } = await connect({ contacts: 2_000 });
  const read = async (uri: string) =>
    ((await client.readResource({ uri })).contents[0] as { text: string }).text;
  const cost = await measured({ call, read }, task);
  expect(cost.calls).toBeLessThanOrEqual(MAX_CALLS);
  expect(cost.tokens).toBeLessThanOrEqual(MAX_TOKENS);
});
