import { readMoment } from '../contacts/index.ts';
import { type CommandIo, printingErrors, settingsOf, withAccount } from './command.ts';
import { takeFlags } from './command-flags.ts';
import { table } from './table.ts';

const HELP = `Usage: sent-contacts-mcp history [--since 7d] [--json]

What was done with this account through the tools and by import: when, by which host, which tool, about how many
people, and what came of it. Kept for 90 days, without texts of messages; numbers by their last four digits.

  --since   from a date or time on (2026-11-01), or a span back: 24h, 7d, 3mo
  --json    as a JSON array instead of a table
The settings of --help are taken too, such as --state.
`;

/** @throws ConfigError as `readSettings` does. @returns the exit code. */
export async function runHistory(argv: readonly string[], io: CommandIo): Promise<number> {
  const { own, positionals, settings, wrong } = takeFlags(argv, {
    help: { type: 'boolean' },
    json: { type: 'boolean' },
    since: { type: 'string' },
  });
  if (own.has('help')) {
    io.stdout.write(HELP);
    return 0;
  }
  if (wrong !== undefined || positionals.length > 0) {
    io.stderr.write(HELP);
    return 2;
  }
  const [since] = own.get('since') ?? [];
  return printingErrors(io, async () => {
    const from = since === undefined ? 0 : readMoment(since, io.now(), 'since');
    const read = settingsOf(settings, io.env);
    const acts = await withAccount(read, io, ({ history }) => history.since(from));
    const past = acts.map(({ at, ...act }) => ({ at: new Date(at).toISOString(), ...act }));
    if (own.has('json')) {
      io.stdout.write(`${JSON.stringify(past, null, 2)}\n`);
      return 0;
    }
    if (past.length === 0) {
      const isOff = read.state === 'off';
      io.stdout.write(isOff ? 'Nothing is kept, as SENT_STATE is off.\n' : 'Nothing is written down.\n');
      return 0;
    }
    const rows = past.map(({ at, who, tool, people, numbers = [], outcome, plan }) => [
      at.slice(0, 19).replace('T', ' '),
      [who.person, who.host, who.version].filter((part) => part !== undefined).join(' '),
      tool,
      people === undefined ? '' : String(people),
      outcome,
      [...numbers, ...(plan === undefined ? [] : [plan])].join(' '),
    ]);
    io.stdout.write(table(['When (UTC)', 'Who', 'Tool', 'People', 'What came of it', 'About'], rows));
    return 0;
  });
}
