/**
 * Mutation testing: changes the source in small ways and counts how many of the changes a test notices.
 * `npm run test:mutation -- retry limiter`: these rooms; without a name all of them, which takes hours. Not part of CI.
 */
import { Stryker } from '@stryker-mutator/core';

type Room = { mutate: string[]; tests: string[] };

const ROOMS: Record<string, Room> = {
  retry: {
    mutate: ['retry', 'http', 'attempt', 'reply', 'body'].map((file) => `src/sent/${file}.ts`),
    tests: ['retry', 'http', 'bounds', 'lookup', 'clocks', 'failure'].map(
      (file) => `test/sent/${file}.test.ts`,
    ),
  },
  limiter: {
    mutate: ['src/sent/rate-limiter.ts', 'src/sent/rate-row.ts'],
    tests: ['test/sent/rate-limiter.test.ts', 'test/sent/clocks.test.ts'],
  },
  directory: {
    mutate: ['src/contacts/directory/**/*.ts'],
    tests: ['test/contacts/directory*.test.ts', 'test/contacts/directory/*.test.ts'],
  },
  sends: {
    mutate: ['src/messages/send/*.ts'],
    tests: ['test/messages/*.test.ts'],
  },
  search: {
    mutate: [
      'src/contacts/search.ts',
      'src/contacts/question/*.ts',
      'src/contacts/book/{matcher,ranking}.ts',
    ],
    tests: ['test/contacts/book.test.ts', 'test/contacts/questions.test.ts', 'test/contacts/columns.test.ts'],
  },
};

/** Words that a person or a model reads are held by snapshots and not worth a mutant each. */
const EXCLUDED = ['StringLiteral'];

const names = process.argv.slice(2).filter((name) => name in ROOMS);
for (const name of names.length > 0 ? names : Object.keys(ROOMS)) {
  const { mutate, tests } = ROOMS[name] as Room;
  process.env.MUTATION_TESTS = tests.join(',');
  const results = await new Stryker({
    mutate,
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'scripts/vitest.mutation.ts', related: false },
    coverageAnalysis: 'perTest',
    concurrency: 1,
    timeoutMS: 20_000,
    mutator: { excludedMutations: EXCLUDED },
    ignorePatterns: ['dist', 'bench', 'conformance', 'assets', '.git', '*.mcpb'],
    reporters: ['progress-append-only'],
    logLevel: 'error' as never,
    tempDirName: `.stryker-tmp-${name}`,
    allowEmpty: false,
  } as never).runMutationTest();
  const counted = results.filter(({ status }) => status !== 'Ignored' && status !== 'CompileError');
  const killed = counted.filter(({ status }) => status === 'Killed' || status === 'Timeout');
  const share = ((killed.length / counted.length) * 100).toFixed(1);
  console.log(`\n${name}: ${killed.length} of ${counted.length} killed, ${share} %`);
  for (const { fileName, location, mutatorName, replacement, status } of counted) {
    if (status === 'Killed' || status === 'Timeout') continue;
    const place = `${fileName.replace(/^.*\/(?=src\/)/, '')}:${location.start.line}`;
    console.log(
      `  ${place} ${mutatorName} → ${(replacement ?? '').replace(/\s+/g, ' ').slice(0, 80)} (${status})`,
    );
  }
}
