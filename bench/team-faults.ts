/** Sends through instances that are killed and restarted. Run: npm run build && npx tsx bench/team-faults.ts [sends] [seed] */
import { sendThroughFaults } from '../test/faults/team.ts';

const [sends = 10_000, seed = 1] = process.argv.slice(2).map(Number);
const startedAt = performance.now();
console.log(
  await sendThroughFaults({ sends, seed }),
  `${Math.round((performance.now() - startedAt) / 1000)} s`,
);
