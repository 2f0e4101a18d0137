import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { createClient, demoApi, networkApi, readDefaultCountry } from '../app/index.ts';
import { readSettings, SETTINGS, type Settings } from '../config.ts';
import {
  alreadyThere,
  type Judged,
  judge,
  oneCountry,
  readList,
  resultOf,
  runImport,
  textOfBytes,
} from '../contacts/index.ts';
import { AppError, errorText } from '../errors.ts';
import { TOOLS } from '../mcp/index.ts';
import { systemClock } from '../runtime/index.ts';
import { FileProblem } from './files/index.ts';
import { createProgress } from './import-progress.ts';
import { accountMark, createReport, type Outcomes, readReport } from './import-report.ts';
import { createLog } from './log.ts';

type Output = { write(text: string): unknown; isTTY?: boolean };
export type ImportIo = {
  env: Readonly<Record<string, string | undefined>>;
  now(): number;
  stdout: Output;
  stderr: Output;
};

const USAGE =
  'Usage: sent-contacts-mcp import FILE [--country US] [--preview] [--report FILE], and the settings of --help.\n';
const OWN = {
  country: { type: 'string' },
  preview: { type: 'boolean' },
  report: { type: 'string' },
} as const;
const MOST_SHOWN = 20;

/**
 * Imports a CSV or vCard file of any length: judges all rows, then makes a contact of each number under the account's
 * rate limit. A run that was stopped in any way is finished by the next one, from the report beside the file.
 * @returns 0 when every valid number is a contact, 1 when some failed or remain, 2 for wrong usage.
 * @throws ConfigError as `readSettings` does.
 */
export async function runImportCommand(argv: readonly string[], io: ImportIo): Promise<number> {
  const given = readArguments(argv);
  if (given === undefined) {
    io.stderr.write(USAGE);
    return 2;
  }
  const settings = readSettings(
    given.settings,
    io.env,
    TOOLS.map(({ name }) => name),
  );
  try {
    const country =
      given.country === undefined ? readDefaultCountry(settings).country : oneCountry(given.country);
    const bytes = await readFile(given.file).catch(() => {
      throw new FileProblem('The file cannot be read.');
    });
    const judged = judge(readList(textOfBytes(bytes)), country);
    if (given.preview) {
      io.stdout.write(previewText(judged));
      return 0;
    }
    return await importAll(judged, settings, given.report ?? `${given.file}.report.csv`, io);
  } catch (error) {
    if (error instanceof AppError) io.stderr.write(`${errorText(error)}\n`);
    else if (error instanceof FileProblem) io.stderr.write(`${error.message}\n`);
    else throw error;
    return 1;
  }
}

async function importAll(judged: Judged, settings: Settings, path: string, io: ImportIo): Promise<number> {
  const account = accountMark(settings);
  // A dry run leaves no report: the real import would take its rows for done.
  const earlier = settings.sandbox ? undefined : readReport(path, account, io.now());
  const outcomes: Outcomes = earlier ?? new Map();
  const report = settings.sandbox ? undefined : createReport(path, account, judged, outcomes);
  const numbers = judged.valid.map(({ e164 }) => e164);
  if (earlier) io.stderr.write(`Going on with the import of ${path}.\n`);

  const log = createLog(settings.log, (text) => io.stderr.write(text), io.now);
  const client = createClient(settings, settings.demo ? await demoApi() : networkApi(settings), log);
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
  if (!earlier) {
    for (const e164 of await alreadyThere(numbers, client, { clock: systemClock, signal: stop.signal }))
      settled(e164, { outcome: 'existing' });
  }
  const stopped = await runImport(
    numbers.filter((e164) => !outcomes.has(e164)),
    {
      client,
      wrote: () => {},
      expire: () => {},
      dryRun: settings.sandbox,
      resumed: earlier !== undefined,
      signal: stop.signal,
      settled,
    },
  );
  progress.end();
  report?.close();
  process.off('SIGINT', interrupted).off('SIGTERM', interrupted);

  const { created, existing, failed, remaining, warnings = [] } = resultOf(judged, outcomes);
  const left = failed.length + remaining;
  io.stdout.write(
    [
      `${settings.sandbox ? 'Would be created' : 'Created'}: ${created}. Existed already: ${existing}. ` +
        `Invalid rows: ${judged.invalid.length}. Doubles: ${judged.doubles}. Failed: ${failed.length}. To go: ${remaining}.`,
      ...warnings,
      ...(stopped ? [errorText(stopped)] : []),
      ...(report ? [`Report: ${path}`] : []),
      ...(left > 0 ? ['Run the same command again to go on.'] : []),
      '',
    ].join('\n'),
  );
  return left > 0 ? 1 : 0;
}

type Arguments = {
  file: string;
  country: string | undefined;
  preview: boolean;
  report: string | undefined;
  /** The flags of the settings, as they came. */
  settings: string[];
};

function readArguments(argv: readonly string[]): Arguments | undefined {
  const flags = Object.values(SETTINGS).flatMap((setting) =>
    'flag' in setting
      ? [[setting.flag, { type: 'boolean' in setting ? 'boolean' : 'string' } as const] as const]
      : [],
  );
  const { positionals, tokens, values } = parseArgs({
    args: [...argv],
    options: { ...Object.fromEntries(flags), demo: { type: 'boolean' }, ...OWN },
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const [file, ...others] = positionals;
  const { country, preview, report } = values;
  const wrong = [country, report].some((value) => value !== undefined && typeof value !== 'string');
  if (file === undefined || others.length > 0 || wrong) return undefined;
  const settings = tokens.flatMap((token) => {
    if (token.kind !== 'option' || token.name in OWN) return [];
    return [token.value === undefined ? token.rawName : `${token.rawName}=${token.value}`];
  });
  return { file, country: text(country), preview: preview === true, report: text(report), settings };
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function previewText({ valid, invalid, doubles }: Judged): string {
  const shown = invalid
    .slice(0, MOST_SHOWN)
    .map(({ row, value, reason }) => `row ${row}: ${value} ${reason}\n`);
  const more = invalid.length - shown.length;
  return `Preview, nothing done. Valid numbers: ${valid.length}. Invalid rows: ${invalid.length}. Doubles: ${doubles}.\n${shown.join('')}${more > 0 ? `… and ${more} more\n` : ''}`;
}
