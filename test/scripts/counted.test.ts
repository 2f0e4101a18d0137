import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { counted } from '../../scripts/plugins/counted.ts';

const builds = (expected: Record<string, number>, code: string) =>
  build({
    stdin: { contents: code },
    bundle: true,
    write: false,
    logLevel: 'silent',
    plugins: [
      counted('stand-in', expected, ({ onResolve, onLoad }, count) => {
        onResolve({ filter: /^thing:/ }, ({ path }) => ({ path, namespace: 'thing' }));
        onLoad({ filter: /.*/, namespace: 'thing' }, () => {
          count('things');
          return { contents: 'export default 1;' };
        });
      }),
    ],
  });
const TWO = `import a from 'thing:a'; import b from 'thing:b'; console.log(a, b);`;

test('a build that replaces as often as expected is fine', async () => {
  await expect(builds({ things: 2 }, TWO)).resolves.toMatchObject({ errors: [] });
});

test.each([
  ['less often', { things: 3 }, 'replaced 2 things where 3 were expected'],
  ['more often', { things: 1 }, 'replaced 2 things where 1 were expected'],
  ['not at all', { things: 2, others: 1 }, 'replaced 0 others where 1 were expected'],
])('one that replaces %s fails', async (_, expected, message) => {
  await expect(builds(expected, TWO)).rejects.toThrow(message);
});
