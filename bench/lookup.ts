/**
 * How fast contacts are found, and what that costs: `npx tsx bench/lookup.ts [sizes]`, default 1000 10000 50000 100000.
 * Needs the built server (`npm run build`) and Linux (for resident memory). All that is timed runs in a process of its
 * own, bundled as the server is.
 */
import type { Measured } from './lookup-process.ts';
import { bundled, runBundled } from './processes.ts';
import { apiJson, measureServer, tokensOf } from './server-process.ts';
import { simulatorOf } from './simulator-process.ts';

const given = process.argv.slice(2).map(Number);
const sizes = given.length > 0 ? given : [1_000, 10_000, 50_000, 100_000];

const number = (value: number, digits = 0): string =>
  value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits });
const table = (head: string[], rows: string[][]): void => {
  for (const row of [head, head.map(() => '---'), ...rows]) console.log(`| ${row.join(' | ')} |`);
  console.log();
};

const empty = await simulatorOf(1);
const base = (await measureServer(empty)).bytes;
empty.stop();

const fills: string[][] = [];
const memory: string[][] = [];
const tokens: string[][] = [];
const timings: { size: number; by: Measured['timings'] }[] = [];
const measure = await bundled('bench/lookup-process.ts');
for (const size of sizes) {
  const simulator = await simulatorOf(size);
  const {
    best,
    timings: by,
    heapBytes,
  } = await runBundled<Measured>(measure, [simulator.url, simulator.key, String(size)]);
  const ratio = (other: number): string => `${number(other, 2)} s (${number(other / best.ours, 2)}×)`;
  fills.push([number(size), `${number(best.ours, 2)} s`, ratio(best.raw), ratio(best.sdk)]);
  timings.push({ size, by });
  const { bytes, text } = await measureServer(simulator);
  memory.push([
    number(size),
    `${number(bytes / 2 ** 20, 1)} MiB`,
    `${number((bytes - base) / size)} B`,
    `${number(heapBytes / size)} B`,
  ]);
  const json = await apiJson(simulator);
  tokens.push([
    number(size),
    number(tokensOf(text)),
    number(tokensOf(json)),
    `${number(tokensOf(json) / tokensOf(text), 1)}×`,
  ]);
  simulator.stop();
}

console.log('## Reading the account cold\n');
table(['contacts', 'this server', 'sequential fetch', 'official SDK'], fills);
console.log('## Questions on a warm book: p50 / p95 in ms\n');
table(
  ['question', ...timings.map(({ size }) => number(size))],
  Object.keys(timings[0]?.by ?? {}).map((name) => [
    name,
    ...timings.map(({ by }) => `${number(by[name]?.p50 ?? 0, 2)} / ${number(by[name]?.p95 ?? 0, 2)}`),
  ]),
);
console.log(
  `## Resident memory of the server (${number(base / 2 ** 20, 1)} MiB with an account of one contact)\n`,
);
table(['contacts', 'resident', 'a contact, resident', 'a contact, live after a collection'], memory);
console.log('## Tokens (o200k) of twenty contacts\n');
table(['contacts', 'text', "the API's JSON", 'ratio'], tokens);
