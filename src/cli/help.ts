import { SETTINGS } from '../config/index.ts';
import { TOOLS } from '../mcp/index.ts';
import { closest } from '../text/index.ts';

const COMMANDS = [
  ...[
    'serve',
    'doctor',
    'install',
    'uninstall',
    'import',
    'export',
    'history',
    'forget',
    'simulator',
    'help',
  ],
];

/** For a first word that is no command. It is not repeated: it may be a key. */
export function unknownCommand(word: string): string {
  const [nearest] = closest(word.toLowerCase(), COMMANDS, 1);
  const guess = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
  return `There is no such command.${guess} sent-contacts-mcp --help lists them.\n`;
}

/** The text of `--help`. */
export function helpText(): string {
  const settings = Object.values(SETTINGS).map((setting) => {
    const flag = 'flag' in setting ? `, --${setting.flag}` : '';
    return `  ${setting.variables.join(' or ')}${flag}\n      ${setting.meaning}`;
  });
  return `sent-contacts-mcp: find, keep and message the contacts of a Sent account from an AI assistant (MCP over stdio).

  sent-contacts-mcp                    serve the account of SENT_API_KEY; a host starts it so
  sent-contacts-mcp --demo             the same over a built-in simulator, without an account
  sent-contacts-mcp serve --http PORT  serve a team over HTTP
  sent-contacts-mcp doctor [client]    is the set-up right, and does the client start it?
  sent-contacts-mcp install [client]   write the configuration of a host; uninstall takes it out
  sent-contacts-mcp import FILE        make contacts of the numbers in a CSV or vCard file
  sent-contacts-mcp export [FILE]      contacts as CSV
  sent-contacts-mcp history            what was done with it
  sent-contacts-mcp forget             remove all that it keeps on this machine
  sent-contacts-mcp simulator          serve the simulator for other programs
  sent-contacts-mcp --help, --version

Each command has a --help of its own.

Settings, by environment or flag; a flag wins:
${settings.join('\n')}

Tools: ${TOOLS.map(({ name }) => name).join(', ')}
`;
}
