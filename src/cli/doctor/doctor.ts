import { parseArgs } from 'node:util';
import { readDefaultCountry } from '../../app/index.ts';
import { ConfigError, readSettings, SETTINGS, type Settings } from '../../config/index.ts';
import { TOOLS } from '../../mcp/index.ts';
import { type Host, hostNamed, hostsNearest } from '../hosts/index.ts';
import { keyOf, keyOfEnvironment } from '../install/index.ts';
import { accountFindings } from './account.ts';
import { addressBookFindings } from './address-book.ts';
import type { DoctorIo } from './doctor-io.ts';
import type { Finding } from './finding.ts';
import { type HostEntry, readHosts, startFinding } from './hosts.ts';
import { probeReport } from './probe.ts';
import { stateFindings } from './state.ts';

const OLDEST_NODE = 20;
const CORRECT_IT = 'Correct it and run this again.';
const HELP = `Usage: sent-contacts-mcp doctor [client] [--json] [--probe]

Looks at everything that the server needs: Node, the settings, the address book, what is kept, the Sent API, and the
file of every client, whose entry it starts exactly as the client does. Changes nothing; the key is never printed.

  client    look at this one alone
  --json    the same as data
  --probe   ask the API what its documents leave open, by reading and dry runs, and print a report without a number,
            a name or a key, fit for a bug report

The settings of --help are taken too; those that the environment lacks are taken from the entry of a client.
`;

/**
 * Looks at everything that the server needs and prints one line for each. Changes nothing: two reads of the API, and
 * the server started as each host starts it. The key is never printed.
 * @param argv what follows the command: a client, `--json`, `--probe`, `--help` and any flag of the server.
 * @returns the exit code: 0 all is well, 1 something is not, 2 the configuration or the usage is wrong.
 */
export async function runDoctor(argv: readonly string[], io: DoctorIo): Promise<number> {
  const { words, json, probe, help, flags } = readArguments(argv);
  if (help) {
    io.stdout.write(HELP);
    return 0;
  }
  const only = words.length === 0 ? undefined : hostNamed(words.join(' '));
  if (words.length > 0 && only === undefined) {
    io.stderr.write(
      `That client is not known. Known, nearest first: ${hostsNearest(words.join(' ')).join(', ')}.\n`,
    );
    return 2;
  }
  const hosts = await readHosts(only, io);
  const settings = settingsFrom(flags, io, hosts.entries, only);
  if (probe) return runProbe(settings, io);

  const findings = [nodeFinding(io.nodeVersion), ...settings.findings];
  if (settings.settings) {
    findings.push(...(await addressBookFindings(settings.settings)));
    findings.push(...(await stateFindings(settings.settings, io)));
    findings.push(...(await accountFindings(settings.settings, io)));
  }
  for (const entry of hosts.entries) findings.push(await startFinding(entry, io));
  findings.push(...hosts.findings);

  const ok = findings.every((finding) => finding.ok);
  io.stdout.write(json ? `${JSON.stringify({ ok, findings }, null, 2)}\n` : asText(findings));
  const misconfigured = findings.some((finding) => finding.name === 'configuration' && !finding.ok);
  return misconfigured ? 2 : ok ? 0 : 1;
}

/** Takes what is the command's own out of the arguments. */
function readArguments(argv: readonly string[]) {
  const ofSettings = Object.values(SETTINGS).flatMap((setting) =>
    'flag' in setting ? [[setting.flag, { type: 'boolean' in setting ? 'boolean' : 'string' } as const]] : [],
  );
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(ofSettings),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const own = ['json', 'probe', 'help', 'h'];
  const named = (name: string): boolean =>
    tokens.some((token) => token.kind === 'option' && token.name === name);
  return {
    words: tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : [])),
    json: named('json'),
    probe: named('probe'),
    help: named('help') || named('h'),
    flags: tokens.flatMap((token) => {
      if (token.kind !== 'option' || own.includes(token.name)) return [];
      return [token.value === undefined ? token.rawName : `${token.rawName}=${token.value}`];
    }),
  };
}

type Found = { settings: Settings | undefined; findings: Finding[] };

/** The settings of the environment; without a key in it, those of the first client that has one. */
function settingsFrom(
  flags: readonly string[],
  io: DoctorIo,
  entries: readonly HostEntry[],
  only: Host | undefined,
): Found {
  const name = 'configuration';
  const entry =
    only !== undefined || keyOfEnvironment(io.env) === undefined
      ? entries.find(({ launch }) => keyOf(launch) !== undefined || launch.args.includes('--demo'))
      : undefined;
  const own =
    entry === undefined
      ? {}
      : Object.fromEntries(Object.entries(entry.launch.env).map(([key, value]) => [key, String(value)]));
  const ownFlags = entry?.launch.args.filter((word) => /^--[a-z]/.test(word)) ?? [];
  const from = entry === undefined ? '' : `, as ${entry.host.title} has it`;
  try {
    const settings = readSettings(flags.length > 0 ? flags : ownFlags, { ...io.env, ...own }, TOOLS);
    const { mistake } = readDefaultCountry(settings);
    const mistakes = [...settings.mistakes, ...(mistake ? [mistake] : [])];
    const wrong = mistakes.map((found) => ({ name, ok: false, found: `${found}${from}`, next: CORRECT_IT }));
    const fine = { name, ok: true, found: `fine${settings.demo ? ', demo mode' : ''}${from}` };
    return { settings, findings: wrong.length > 0 ? wrong : [fine] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const findings = error.problems.map((found) => ({ name, ok: false, found, next: CORRECT_IT }));
    return { settings: undefined, findings };
  }
}

async function runProbe({ settings, findings }: Found, io: DoctorIo): Promise<number> {
  if (settings === undefined || settings.demo) {
    io.stderr.write(
      settings === undefined ? asText(findings) : 'The demo has nothing to find out: set SENT_API_KEY.\n',
    );
    return 2;
  }
  // Without an account that answers there is nothing to find out.
  const [account] = await accountFindings(settings, io);
  if (account && !account.ok) {
    io.stderr.write(asText([account]));
    return 1;
  }
  io.stdout.write(await probeReport(settings, io));
  return 0;
}

function nodeFinding(version: string): Finding {
  const ok = Number(/^v(\d+)/.exec(version)?.[1]) >= OLDEST_NODE;
  const next = `Install Node ${OLDEST_NODE} or later (https://nodejs.org).`;
  return { name: 'Node', ok, found: version, ...(ok ? {} : { next }) };
}

const asText = (findings: readonly Finding[]): string =>
  findings
    .map(({ name, ok, found, next }) => {
      const line = `${ok ? 'ok  ' : 'FAIL'} ${name}: ${found}\n`;
      return next === undefined ? line : `${line}     Next: ${next}\n`;
    })
    .join('');
