import { version } from '../../../package.json';
import { expandHome, readDefaultCountry, readListFile } from '../../app/index.ts';
import { readSettings, type Settings } from '../../config/index.ts';
import {
  alreadyThere,
  oneCountry,
  previewOf,
  type RowOutcome,
  resultOf,
  runImport,
  withDoubtful,
} from '../../contacts/index.ts';
import { openList, type ValidatedRows, validateRows } from '../../contacts/lists/index.ts';
import { AppError, errorText } from '../../errors.ts';
import { inline, TOOLS } from '../../mcp/index.ts';
import { type Act, systemClock } from '../../runtime/index.ts';
import { type CommandIo, withAccount } from '../command.ts';
import { FileProblem } from '../files/index.ts';
import { IMPORT_USAGE, readImportArguments } from './arguments.ts';
import { previewText } from './preview.ts';
import { createProgress } from './progress.ts';
import { accountMark, createReport, type Outcomes, readReport } from './report.ts';

export type ImportIo = CommandIo & { stderr: { isTTY?: boolean } };

/**
 * Imports a CSV, vCard or spreadsheet file of any length: validates all rows, then makes a contact of each number under
 * the account's rate limit. A run that was stopped in any way is finished by the next one, from the report beside the
 * file.
 * @returns 0 when every valid number is a contact, 1 when some failed or remain, 2 for wrong usage.
 * @throws ConfigError as `readSettings` does.
 */
export async function runImportCommand(argv: readonly string[], io: ImportIo): Promise<number> {
  if (argv.includes('--help') || argv.includes('-h')) {
    io.stdout.write(IMPORT_USAGE);
    return 0;
  }
  const given = readImportArguments(argv);
  if (given === undefined) {
    io.stderr.write(IMPORT_USAGE);
    return 2;
  }
  const settings = readSettings(given.settings, io.env, TOOLS);
  try {
    const countries = {
      explicit: given.country === undefined ? undefined : oneCountry(given.country),
      fallback: readDefaultCountry(settings).country,
    };
    const bytes = await readListFile(given.file);
    const list = await openList(bytes, { ...countries, columns: given.columns }).catch(naming(given.file));
    const validated = await validateRows(list.rows, countries).catch(naming(given.file));
    const rows = given.doubtful ? withDoubtful(validated) : validated;
    const warnings = [...(list.readInCharset ? [list.readInCharset] : []), ...list.warnings];
    for (const warning of given.preview ? [] : warnings) io.stderr.write(`${warning}\n`);
    if (given.preview) {
      io.stdout.write(previewText(previewOf({ ...list, warnings }, rows), given.file));
      return 0;
    }
    const report = expandHome(given.report ?? `${given.file}.report.csv`);
    return await importAll(rows, settings, report, io);
  } catch (error) {
    if (error instanceof AppError) io.stderr.write(`${errorText(error)}\n`);
    else if (error instanceof FileProblem) io.stderr.write(`${error.message}\n`);
    else throw error;
    return 1;
  }
}

/** Says of which file an error speaks. */
const naming =
  (file: string) =>
  (error: unknown): never => {
    if (!(error instanceof AppError)) throw error;
    throw error.with({ message: `${inline(file, 200)}: ${error.message}` });
  };

async function importAll(
  rows: ValidatedRows,
  settings: Settings,
  path: string,
  io: ImportIo,
): Promise<number> {
  const account = accountMark(settings);
  // A dry run leaves no report: the real import would take its rows for done.
  const earlier = settings.sandbox ? undefined : readReport(path, account, io.now());
  const outcomes: Outcomes = earlier ?? new Map();
  const report = settings.sandbox ? undefined : createReport(path, account, rows, outcomes);
  const numbers = rows.valid.map(({ e164 }) => e164);
  if (earlier) io.stderr.write(`Going on with the import of ${path}.\n`);

  const stop = new AbortController();
  const interrupted = () => stop.abort();
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const progress = createProgress(numbers.length, io.stderr, io.now);
  const settled: Parameters<typeof runImport>[1]['settled'] = (e164, outcome) => {
    if (report) report.settled(e164, outcome);
    else outcomes.set(e164, outcome);
    progress.show(outcomes.size);
  };
  progress.show(outcomes.size);
  try {
    const before = new Set(outcomes.keys());
    const stopped = await withAccount(settings, io, async ({ client, record }) => {
      if (!earlier) {
        for (const e164 of await alreadyThere(numbers, client, { clock: systemClock, signal: stop.signal }))
          settled(e164, { outcome: 'existing' });
      }
      const end = await runImport(
        numbers.filter((e164) => !outcomes.has(e164)),
        {
          client,
          clock: systemClock,
          onCreated: () => {},
          invalidate: () => {},
          dryRun: settings.sandbox,
          resumed: earlier !== undefined,
          signal: stop.signal,
          settled,
        },
      );
      const now = [...outcomes].filter(([e164]) => !before.has(e164));
      await record(actOf(now, settings.sandbox));
      return end.stopped;
    });
    progress.end();
    report?.close();
    return say(rows, outcomes, { dryRun: settings.sandbox, stopped, report: report && path }, io);
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
  }
}

/** What this run did, for the history; what an earlier one did is an act of its own. */
function actOf(settled: readonly (readonly [string, RowOutcome])[], dryRun: boolean): Act {
  const count = (outcome: RowOutcome['outcome']) =>
    settled.filter(([, { outcome: is }]) => is === outcome).length;
  return {
    who: { host: 'sent-contacts-mcp', version },
    tool: 'import',
    outcome: dryRun
      ? 'dry_run'
      : `created ${count('created')}, existing ${count('existing')}, failed ${count('failed')}`,
    people: settled.length,
    numbers: settled.map(([e164]) => e164),
  };
}

function say(
  rows: ValidatedRows,
  outcomes: Outcomes,
  how: { dryRun: boolean; stopped: AppError | undefined; report: string | undefined },
  io: ImportIo,
): number {
  const { created, existing, failed, remaining, warnings = [], doubtful = [] } = resultOf(rows, outcomes);
  const left = failed.length + remaining;
  const lines = [
    `${how.dryRun ? 'Would be created' : 'Created'}: ${created}. Existed already: ${existing}. ` +
      `Invalid rows: ${rows.invalid.length}. Duplicates: ${rows.duplicates}. Failed: ${failed.length}. To go: ${remaining}.`,
    ...(doubtful.length > 0
      ? [
          `Doubtful and not imported: ${doubtful.length}; look at them with --preview, import them with --doubtful.`,
        ]
      : []),
    ...(rows.setAside.length > 0
      ? [`Not taken, such as fax and second numbers: ${rows.setAside.length}.`]
      : []),
    ...warnings,
    ...(how.stopped ? [errorText(how.stopped)] : []),
    ...(how.report ? [`Report: ${how.report}`] : []),
    ...(left > 0 ? ['Run the same command again to go on.'] : []),
  ];
  io.stdout.write(`${lines.join('\n')}\n`);
  return left > 0 ? 1 : 0;
}
