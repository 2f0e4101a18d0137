import { expect, test } from 'vitest';
import { EXECUTABLE } from '../../scripts/build.ts';
import { sendThroughFaults } from './team.ts';

test('instances killed and restarted, PostgreSQL restarted, answers lost: nothing doubled, nothing lost', {
  timeout: 120_000,
}, async () => {
  expect(EXECUTABLE).toBe('dist/sent-contacts-mcp.cjs'); // Built before this test.
  const found = await sendThroughFaults({ sends: 80, seed: 14 });
  expect(found).toMatchObject({ sent: 80, doubled: 0, lost: 0, untrue: 0, restarts: 1 });
  expect(found.kills).toBeGreaterThan(0);
  expect(found.tries).toBeGreaterThan(80);
});
