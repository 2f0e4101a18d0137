/**
 * Sends in which the client times out, cancels or disconnects, or the server ends or is killed, made again until they
 * are at their end; in groups, each an account of its own. Run: npx tsx bench/departures.ts [sends] [seed]
 */
import { runDepartures } from '../test/faults/departures.ts';
import { seeded } from '../test/faults/stage.ts';

const GROUP = 250;
const [sends = 10_000, seed = 1] = process.argv.slice(2).map(Number);
const startedAt = performance.now();
const random = seeded(seed);
const sum = { sends: 0, people: 0, calls: 0, departures: 0, doubled: 0, lost: 0, lies: 0 };

while (sum.sends < sends) {
  const group = Math.min(GROUP, sends - sum.sends);
  // One of up to 2,500 people, the others of a few.
  const sizes = Array.from({ length: group }, (_, place) =>
    Math.ceil(random() * (place === 0 ? 2_500 : place % 25 === 0 ? 120 : 6)),
  );
  const found = await runDepartures({ seed: seed + sum.sends, sizes });
  for (const line of [...found.lies, ...found.doubled, ...found.lost].slice(0, 20)) console.log(line);
  sum.sends += found.sends;
  sum.people += found.people;
  sum.calls += found.calls;
  sum.departures += Object.values(found.departures).reduce((all, one) => all + one, 0);
  sum.doubled += found.doubled.length;
  sum.lost += found.lost.length;
  sum.lies += found.lies.length;
  console.error(JSON.stringify(sum));
}
const [seconds, { user, system }] = [(performance.now() - startedAt) / 1000, process.cpuUsage()];
console.log(sum, `${Math.round(seconds)} s, ${Math.round((user + system) / 1e6)} s of processor time`);
