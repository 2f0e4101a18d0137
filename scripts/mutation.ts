/**
 * Mutation testing: changes the source in small ways and counts how many of the changes a test notices.
 * `npm run test:mutation -- retry src/messages/send/plan/decide.ts`: these rooms or files; without a name all of them, which
 * takes hours. A few files at a time, kept in `.mutation/` when they are done, so that a run that was cut off goes on
 * where it was, and what has not changed is not tried again. `--every 3` tries every third change. Not part of CI.
 */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';

type Room = { mutate: string[]; tests: string[] };

const inFolder = (folder: string, names: string): string[] =>
  names.split(' ').map((name) => `${folder}/${name}.ts`);
const allOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('index.ts'))
    .map((name) => `${folder}/${name}`);

const SENDING = [
  ...inFolder(
    'test/messages',
    'record.test result.test near-repeat.test while-open.test preview.test decide.test latest.test fill.test once.test',
  ),
  ...inFolder('test/messages', 'turns.test send.test in-parts.test dry-runs.test price.test schedule.test'),
  ...inFolder('test/mcp', 'confirm.test'),
];
const SEARCHING = [
  ...inFolder(
    'test/contacts',
    'matches.test questions.test search.test criteria.test columns.test book.test',
  ),
  ...inFolder('test/mcp', 'find.test selections.test'),
];

const ROOMS: Record<string, Room> = {
  retry: {
    mutate: inFolder('src/sent', 'retry http attempt reply body'),
    tests: inFolder(
      'test/sent',
      'retry.test reply.test failure.test http.test bounds.test lookup.test turns.test clocks.test',
    ),
  },
  limiter: {
    mutate: inFolder('src/sent', 'rate-limiter rate-row'),
    tests: inFolder('test/sent', 'rate-row.test rate-limiter.test clocks.test'),
  },
  directory: {
    mutate: allOf('src/contacts/directory'),
    tests: [
      ...inFolder(
        'test/contacts',
        'freshness.test wait-policy.test reading.test listing.test change-feed.test finder.test resolve.test snapshot.test',
      ),
      ...inFolder('test/contacts', 'directory.test mutations.test'),
      ...inFolder('test/mcp', 'find.test'),
    ],
  },
  record: {
    mutate: allOf('src/messages/record'),
    tests: inFolder('test/messages', 'record.test once.test send.test follow-up.test'),
  },
  send: { mutate: allOf('src/messages/send'), tests: SENDING },
  search: { mutate: ['src/contacts/search.ts', ...allOf('src/contacts/question')], tests: SEARCHING },
  matching: {
    mutate: inFolder('src/contacts/book', 'matcher ranking grouped columns/word-index columns/facets'),
    tests: SEARCHING,
  },
};

const roomOf = (file: string): string =>
  Object.keys(ROOMS).find((name) => ROOMS[name]?.mutate.includes(file)) ?? 'retry';

const { values, positionals: asked } = parseArgs({
  options: { every: { type: 'string', default: '1' } },
  allowPositionals: true,
});
const every = Number(values.every);
process.env.MUTATION_EVERY = values.every;

/** So many lines of source share the first run of the tests, which finds out who covers what. */
const LINES_AT_ONCE = 500 * every;

function batchesOf(files: string[]): string[][] {
  const batches: string[][] = [];
  let lines = LINES_AT_ONCE;
  for (const file of files) {
    if (lines >= LINES_AT_ONCE) {
      batches.push([]);
      lines = 0;
    }
    batches.at(-1)?.push(file);
    lines += readFileSync(file, 'utf8').split('\n').length;
  }
  return batches;
}

type Count = { noticed: number; tried: number };

async function changeEach(name: string, files: string[], tests: string[]): Promise<Count> {
  process.env.MUTATION_TESTS = tests.join(',');
  const results = await new Stryker({
    mutate: files,
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner', './scripts/mutation-sample.mjs'],
    checkers: every > 1 ? ['sample'] : [],
    vitest: { configFile: 'scripts/vitest.mutation.ts', related: false },
    coverageAnalysis: 'perTest',
    ignoreStatic: true,
    incremental: true,
    incrementalFile: `.mutation/${name}${every > 1 ? `-every-${every}` : ''}.json`,
    concurrency: 1,
    timeoutMS: 10_000,
    dryRunTimeoutMinutes: 20,
    // Words that a person or a model reads are held by snapshots, and not worth a change each.
    mutator: { excludedMutations: ['StringLiteral'] },
    ignorePatterns: ['dist', 'bench', 'conformance', 'assets', 'docs', '.git', '*.mcpb'],
    reporters: ['progress-append-only'],
    logLevel: 'error' as never,
    tempDirName: `.stryker-tmp-${name}`,
  } as never).runMutationTest();
  // As Stryker counts: one that could not be tried, or broke the run beside the tests, says nothing.
  const tried = results.filter(({ status }) => !/Ignored|Error/.test(status));
  const survived = tried.filter(({ status }) => status !== 'Killed' && status !== 'Timeout');
  for (const { fileName, location, mutatorName, replacement, status } of survived) {
    const place = `${fileName.replace(/^.*\/(?=src\/)/, '')}:${location.start.line}:${location.start.column}`;
    const change = (replacement ?? '').replace(/\s+/g, ' ').slice(0, 80);
    console.log(`  ${place} ${mutatorName} → ${change} (${status})`);
  }
  return { noticed: tried.length - survived.length, tried: tried.length };
}

const share = ({ noticed, tried }: Count): string =>
  `${noticed} of ${tried} noticed, ${((noticed / Math.max(tried, 1)) * 100).toFixed(1)} %`;

mkdirSync('.mutation', { recursive: true });
for (const name of asked.length > 0 ? asked : Object.keys(ROOMS)) {
  const isFile = name.endsWith('.ts');
  const { mutate, tests } = ROOMS[isFile ? roomOf(name) : name] as Room;
  const total: Count = { noticed: 0, tried: 0 };
  for (const [index, files] of batchesOf(isFile ? [name] : mutate).entries()) {
    const count = await changeEach(isFile ? name.replaceAll('/', '-') : `${name}-${index + 1}`, files, tests);
    total.noticed += count.noticed;
    total.tried += count.tried;
  }
  console.log(`\n${name}: ${share(total)}\n`);
}
