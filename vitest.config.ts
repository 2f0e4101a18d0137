import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .map((path) => `test/${path.replaceAll('\\', '/')}`)
  .filter((path) => path.endsWith('.test.ts'));
const withText = (text: RegExp): string[] => files.filter((path) => text.test(readFileSync(path, 'utf8')));

/** Drive the executable, as `built`, or the file that a test is given. */
const ofTheProcess = withText(/inject\('executable'\)/);
const ofTheBuild = withText(/dist\/sent-contacts-mcp\.cjs|EXECUTABLE|'npm'/).filter(
  (path) => !ofTheProcess.includes(path),
);
/** Share one real PostgreSQL. */
const ofPostgres = withText(/inject\('postgres'\)|startPostgres/);
/** Take their time: faults, a browser, a team's server, processes that are killed, long lists, sends to thousands. */
const ofTheirOwn = [...ofTheProcess, ...ofTheBuild, ...ofPostgres];
const thorough = files.filter(
  (path) =>
    /^test\/(faults|views|http)\/|processes|bulk|tasks|messages\/(latest|turns)|address-book|import-lists|lists\/anything/.test(
      path,
    ) && !ofTheirOwn.includes(path),
);
const slow = [...ofTheirOwn, ...thorough];

export default defineConfig({
  test: {
    testTimeout: 20_000,
    setupFiles: ['test/no-warnings.ts'],
    sequence: { groupOrder: 1 },
    // What has not changed since the last run is not translated again.
    experimental: { fsModuleCache: true },
    projects: [
      // What `npm run test:fast` and `npm run test:watch` run: no build, no faults.
      // The modules are loaded once for all of its files, on each processor.
      {
        extends: true,
        test: {
          name: 'fast',
          include: files.filter((path) => !slow.includes(path)),
          isolate: false,
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
        },
      },
      { extends: true, test: { name: 'thorough', include: thorough } },
      {
        extends: true,
        test: { name: 'postgres', include: ofPostgres, globalSetup: ['test/build.ts', 'test/postgres.ts'] },
      },
      // What is shipped behaves like what is written: the same tests drive the executable and the plain source.
      {
        extends: true,
        test: {
          name: 'built',
          include: [...ofTheProcess, ...ofTheBuild],
          globalSetup: ['test/build.ts'],
        },
      },
      {
        extends: true,
        test: { name: 'source', include: ofTheProcess, globalSetup: ['test/build-source.ts'] },
      },
    ],
  },
});
