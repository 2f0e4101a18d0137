import { renameSync, writeFileSync } from 'node:fs';
import { type Contacts, csvOf, type Question, type SelectedPeople } from '../contacts/index.ts';
import { AppError } from '../errors.ts';
import type { Caller } from '../runtime/index.ts';
import { type CommandIo, printingErrors, settingsOf, withAccount } from './command.ts';
import { type CommandFlags, takeFlags } from './command-flags.ts';

const HELP = `Usage: sent-contacts-mcp export [FILE] [filters]

Writes contacts as CSV (UTF-8) into FILE, or to standard output without one. Cells that a spreadsheet would run are made
harmless. All filters must hold; without any, everybody is written. They mean what they mean in search_contacts:

  --query "maria"          part of a number, a country's name or words of the metadata
  --phone-number +1415…    one number
  --country BR             a code, +55 or Brazil; may be given several times
  --channel, --only-channel, --default-channel   sms, whatsapp or rcs
  --opt-out true           or false
  --metadata city=Porto    may be given several times
  --created-after, --created-before, --updated-after, --updated-before   2026-11-01, or a span back: 24h, 7d, 3mo
  --selection sel_…        everybody whom a search found in the last 24 hours
The settings of --help are taken too.
`;

const FLAGS = {
  query: { type: 'string' },
  'phone-number': { type: 'string' },
  country: { type: 'string', multiple: true },
  channel: { type: 'string' },
  'only-channel': { type: 'string' },
  'default-channel': { type: 'string' },
  'opt-out': { type: 'string' },
  metadata: { type: 'string', multiple: true },
  'created-after': { type: 'string' },
  'created-before': { type: 'string' },
  'updated-after': { type: 'string' },
  'updated-before': { type: 'string' },
  selection: { type: 'string' },
  help: { type: 'boolean' },
} as const;
const CHANNELS = ['sms', 'whatsapp', 'rcs'];

/** @throws ConfigError as `readSettings` does. @returns the exit code. */
export async function runExport(argv: readonly string[], io: CommandIo): Promise<number> {
  const { own, positionals, settings, wrong } = takeFlags(argv, FLAGS);
  if (own.has('help')) {
    io.stdout.write(HELP);
    return 0;
  }
  if (wrong !== undefined || positionals.length > 1) {
    io.stderr.write(wrong === undefined ? HELP : `${wrong} has no value, or is given twice.\n${HELP}`);
    return 2;
  }
  const [file] = positionals;
  return printingErrors(io, async () => {
    const question = questionIn(own);
    const stop = new AbortController();
    const interrupted = () => stop.abort();
    process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
    const people = await withAccount(settingsOf(settings, io.env), io, ({ contacts }) =>
      everybody(contacts, question, {
        signal: stop.signal,
        canAsk: false,
        progress: () => {},
        confirm: async () => {},
      }),
    ).finally(() => process.off('SIGINT', interrupted).off('SIGTERM', interrupted));
    const csv = csvOf(people.contacts);
    const found = people.contacts.length;
    if (file === undefined || file === '-') io.stdout.write(csv);
    else write(file, csv);
    io.stderr.write(`${found} ${found === 1 ? 'contact' : 'contacts'}: ${people.readAs}.\n`);
    for (const warning of people.warnings) io.stderr.write(`${warning}\n`);
    return 0;
  });
}

/** Everybody who fits; a command has the time to wait until the account is read whole. */
async function everybody(contacts: Contacts, question: Question, caller: Caller): Promise<People> {
  // An exact number is looked up by itself and needs no selection, and neither does nobody.
  const { selection, ...found } = await contacts.search({ ...question, limit: 1 }, caller);
  if (selection === undefined)
    return { contacts: found.contacts, readAs: found.read_as, warnings: found.warnings ?? [] };
  for (;;) {
    const people = await contacts.selections.people(selection, caller);
    if (people.complete) return people;
    if (caller.signal.aborted)
      throw new AppError('cancelled', 'The export was stopped, and nothing was written.');
  }
}
type People = Pick<SelectedPeople, 'contacts' | 'readAs' | 'warnings'>;

function questionIn(own: CommandFlags['own']): Question {
  const one = (name: keyof typeof FLAGS): string | undefined => own.get(name)?.[0];
  const channel = (name: 'channel' | 'only-channel' | 'default-channel'): string | undefined => {
    const value = one(name)?.toLowerCase();
    if (value !== undefined && !CHANNELS.includes(value))
      throw new AppError('invalid_input', `--${name} is none of ${CHANNELS.join(', ')}.`);
    return value;
  };
  const optOut = one('opt-out')?.toLowerCase();
  if (optOut !== undefined && !/^(true|false|yes|no)$/.test(optOut))
    throw new AppError('invalid_input', '--opt-out is neither true nor false.');
  const metadata = (own.get('metadata') ?? []).map((pair): [string, string] => {
    const at = pair.indexOf('=');
    if (at < 1) throw new AppError('invalid_input', '--metadata is not written as key=value.');
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  return {
    query: one('query'),
    phone_number: one('phone-number'),
    country: own.get('country'),
    channel: channel('channel'),
    only_channel: channel('only-channel'),
    default_channel: channel('default-channel'),
    opt_out: optOut === undefined ? undefined : /^(true|yes)$/.test(optOut),
    metadata: metadata.length > 0 ? Object.fromEntries(metadata) : undefined,
    created_after: one('created-after'),
    created_before: one('created-before'),
    updated_after: one('updated-after'),
    updated_before: one('updated-before'),
    selection: one('selection'),
  };
}

/** The whole file or none of it, for this user alone. */
function write(file: string, csv: string): void {
  const beside = `${file}.${process.pid}.new`;
  try {
    writeFileSync(beside, csv, { mode: 0o600 });
    renameSync(beside, file);
  } catch {
    throw new AppError('invalid_input', 'The file cannot be written.', {
      next: 'Name a file in a folder that exists and that you may write to.',
    });
  }
}
