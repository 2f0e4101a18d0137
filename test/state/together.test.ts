import { expect, test } from 'vitest';
import { together } from '../../src/state/postgres/together.ts';

/** Work whose end is up to the test. */
function controlled() {
  const batches: { all: readonly string[]; end(): void; fail(): void }[] = [];
  const ask = together(
    (all: readonly string[]) =>
      new Promise<readonly string[]>((resolve, reject) => {
        const end = () => resolve(all.map((one) => one.toUpperCase()));
        batches.push({ all, end, fail: () => reject(new Error('failed')) });
      }),
  );
  return { ask, batches };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('what is asked for in one go is done at once, also where some of it is asked for a few steps later', async () => {
  const { ask, batches } = controlled();
  const later = Promise.resolve()
    .then(() => Promise.resolve())
    .then(() => ask('c'));
  const answers = [ask('a'), ask('b'), later];
  await turn();
  expect(batches.map(({ all }) => all)).toEqual([['a', 'b', 'c']]);
  batches[0]?.end();
  expect(await Promise.all(answers)).toEqual(['A', 'B', 'C']);
});

test('what comes while it is at work waits for the next, and never gets the answer of the one before', async () => {
  const { ask, batches } = controlled();
  const first = ask('a');
  await turn();
  const others = [ask('b'), ask('c')];
  await turn();
  expect(batches).toHaveLength(1);
  batches[0]?.end();
  expect(await first).toBe('A');
  await turn();
  expect(batches.map(({ all }) => all)).toEqual([['a'], ['b', 'c']]);
  batches[1]?.end();
  expect(await Promise.all(others)).toEqual(['B', 'C']);
});

test('a failure is told to all whom it concerns, and what comes after is done', async () => {
  const { ask, batches } = controlled();
  const failed = Promise.allSettled([ask('a'), ask('b')]);
  await turn();
  const next = ask('c');
  batches[0]?.fail();
  expect((await failed).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await turn();
  batches[1]?.end();
  expect(await next).toBe('C');
});
