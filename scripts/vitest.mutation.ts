import { defineConfig } from 'vitest/config';

/** The tests of one room, as `scripts/mutation.ts` names them: no build, no processes. */
export default defineConfig({
  test: { include: (process.env.MUTATION_TESTS ?? '').split(','), testTimeout: 20_000 },
});
