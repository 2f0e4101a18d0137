/** Clients that go away, and servers with them: the same call again reaches everybody once, and every report is true. */
import { expect, test } from 'vitest';
import { LEAVINGS, runDepartures } from './departures.ts';
import { seeded } from './stage.ts';

const SEED = 20261124;

/** A few large ones, and small ones: 10,000 people together. */
function sizes(): number[] {
  const random = seeded(SEED);
  const sizes = [2_500, 1_001, 1_600];
  for (let left = 10_000 - 5_101; left > 0; left -= sizes.at(-1) ?? 0)
    sizes.push(Math.min(left, Math.ceil(random() * ([1, 3, 12, 120][Math.floor(random() * 4)] ?? 1))));
  return sizes;
}

test('nobody gets it twice, nobody is lost, every report is true', { timeout: 120_000 }, async () => {
  const found = await runDepartures({ seed: SEED, sizes: sizes() });
  expect(found).toMatchObject({ people: 10_000, lies: [], doubled: [], lost: [] });
  for (const leaving of LEAVINGS)
    for (const era of ['legacy', 'modern'])
      expect(found.departures[`${leaving} (${era})`], leaving).toBeGreaterThan(3);
});
