import { openStore } from '../app/index.ts';
import type { StateReport } from '../state/index.ts';
import { type CommandIo, printingErrors, settingsOf } from './command.ts';
import { takeFlags } from './command-flags.ts';

const HELP = `Usage: sent-contacts-mcp forget

Removes all that is kept for every account: notes, sends, plans, history, selections and the copy of the contacts.
Nothing in Sent itself changes. What was removed is said. A server that runs now still holds in memory what it had read:
restart the hosts that use it.
The settings of --help are taken too, such as --state.
`;

/** The names of what is kept, as a person knows them. */
const NAMES: Record<keyof StateReport['entries'], string> = {
  notes: 'notes',
  sends: 'events of sends',
  changes: 'events of bulk changes',
  acts: 'acts of the history',
  contacts: 'changes to contacts',
  selections: 'selections',
  cursors: 'cursors',
};

/** @throws ConfigError as `readSettings` does. @returns the exit code. */
export async function runForget(argv: readonly string[], io: CommandIo): Promise<number> {
  const { own, positionals, settings, wrong } = takeFlags(argv, { help: { type: 'boolean' } });
  if (own.has('help') || wrong !== undefined || positionals.length > 0) {
    (own.has('help') ? io.stdout : io.stderr).write(HELP);
    return own.has('help') ? 0 : 2;
  }
  // What is kept is told from no key, so that none is needed.
  const env = { ...io.env, SENT_API_KEY: io.env.SENT_API_KEY || 'none' };
  return printingErrors(io, async () => {
    const store = openStore(settingsOf(settings, env), io);
    try {
      io.stdout.write(removedText(await store.forget(), store.place));
    } finally {
      await store.close();
    }
    return 0;
  });
}

const STILL_HELD = 'Servers that run now still hold it in memory until they are restarted.\n';

function removedText({ accounts, entries, snapshots, bytes }: StateReport, place: string): string {
  if (accounts === 0) return `Nothing was kept in ${place}.\n`;
  const counts = Object.entries(entries)
    .filter(([, count]) => count > 0)
    .map(([log, count]) => `  ${NAMES[log as keyof typeof NAMES]}: ${count}\n`);
  const copies = snapshots > 0 ? [`  copies of the contacts: ${snapshots}\n`] : [];
  const size = bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
  return `Removed from ${place}, of ${accounts} ${accounts === 1 ? 'account' : 'accounts'}, ${size}:\n${[...counts, ...copies].join('')}${STILL_HELD}`;
}
