import { parseArgs } from 'node:util';
import { HOSTS, type Host, hostNamed, hostsNearest } from '../hosts/index.ts';
import { PACKAGE } from './entry.ts';
import { looksLikeKey } from './key-source.ts';

export type Command = 'install' | 'uninstall';

/** What the arguments ask for: something to do with a host, or with those that are found, or to be told how. */
export type Order =
  | { kind: 'host'; host: Host; demo: boolean; dryRun: boolean; prompt: boolean }
  | { kind: 'choose'; demo: boolean; dryRun: boolean; prompt: boolean }
  | { kind: 'help' }
  | { kind: 'wrong'; message: string };

const usageOf = (command: Command): string =>
  `Usage: ${PACKAGE} ${command} [client]${command === 'install' ? ' [--demo] [--prompt]' : ''} [--dry-run]`;

/** The text of `install --help` and `uninstall --help`. */
export const helpOf = (command: Command): string =>
  `${usageOf(command)}
${
  command === 'install'
    ? `
Writes this server into a host's own configuration file and keeps the rest of it; the file as it was stays beside it.
Without a client it lists those found on this machine. The key comes from SENT_API_KEY or is asked for, never shown.

  --demo      serve the built-in simulator, without an account and without a key
  --prompt    let the host ask for the key and keep it out of the file (VS Code; not all of its agents take that)
  --dry-run   show the change and write nothing
`
    : `
Takes this server out of a host's configuration file and gives the rest back as it was.

  --dry-run   show the change and write nothing
`
}
Clients: ${HOSTS.map(({ id }) => id).join(', ')}
`;

/** For a host that is not known: what most of them take. */
const SNIPPET = JSON.stringify(
  { mcpServers: { sent: { command: 'npx', args: ['-y', PACKAGE], env: { SENT_API_KEY: 'your key' } } } },
  null,
  2,
);

/** Reads the arguments, which are never repeated: one may be a key. */
export function readOrder(
  command: Command,
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Order {
  const usage = usageOf(command);
  const wrong = (message: string): Order => ({ kind: 'wrong', message });
  if (argv.some((argument) => looksLikeKey(argument, env))) {
    return wrong(
      'A key is not accepted on the command line, where process lists and the shell history show it. ' +
        `Set SENT_API_KEY, or leave it out and be asked; a key given here should be replaced.\n${usage}`,
    );
  }
  const parsed = parseFlags(command, argv);
  if (parsed === undefined) return wrong(`An option is unknown or has a value it does not take.\n${usage}`);
  const { clients, help, ...flags } = parsed;
  if (help) return { kind: 'help' };
  if (clients.length === 0) return { kind: 'choose', ...flags };
  const typed = clients.join(' ');
  const host = hostNamed(typed);
  if (host === undefined) {
    if (clients.length > 1) return wrong(`One client at a time.\n${usage}`);
    return wrong(
      `That client is not known. Known, nearest first: ${hostsNearest(typed).join(', ')}.` +
        (command === 'install' ? `\nMost others take this in their MCP settings:\n${SNIPPET}` : ''),
    );
  }
  if (flags.prompt && !host.canPrompt)
    return wrong(`${host.title} does not ask for keys: leave out --prompt.`);
  return { kind: 'host', host, ...flags };
}

function parseFlags(command: Command, argv: readonly string[]) {
  const flag = { type: 'boolean' } as const;
  const more = command === 'install' ? { demo: flag, prompt: flag } : {};
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { ...more, 'dry-run': flag, help: { ...flag, short: 'h' } },
    });
    return {
      clients: positionals,
      demo: values.demo === true,
      prompt: values.prompt === true,
      dryRun: values['dry-run'] === true,
      help: values.help === true,
    };
  } catch {
    return undefined;
  }
}
