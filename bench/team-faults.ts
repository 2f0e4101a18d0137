/** Sends through instances that are killed and restarted. Run: npm run build && npx tsx bench/team-faults.ts [sends] [seed] */
import { sendThroughFaults } from '../test/faults/team.ts';

const [sends = 10_000, seed = 1] = process.argv.slice(2).map(Number);
const startedAt = performance.now();
const seconds = () => `${Math.round((performance.now() - startedAt) / 1000)} s`;
const told = (done: number): void => {
  if (done % 1_000 === 0) console.log(`${done} sends, ${seconds()}`);
};
console.log(await sendThroughFaults({ sends, seed, killEveryMs: 3_000, told }), seconds());
