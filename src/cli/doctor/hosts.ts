import { FileProblem, FORMATS, readConfig } from '../files/index.ts';
import { HOSTS, type Host, hostsOn, type Launch } from '../hosts/index.ts';
import { collectionsOf, ENTRY, keyOf, machineOf, presentEntry, presentLaunch } from '../install/index.ts';
import type { DoctorIo } from './doctor-io.ts';
import type { Finding } from './finding.ts';
import { type Started, startServer } from './start-server.ts';

/** What a host's file says of this server. */
export type HostEntry = { host: Host; path: string; text: string; launch: Launch };

/** The entries of the hosts asked for, and what is wrong with files that have none. */
export async function readHosts(
  only: Host | undefined,
  io: DoctorIo,
): Promise<{ entries: HostEntry[]; findings: Finding[] }> {
  const machine = machineOf(io);
  const entries: HostEntry[] = [];
  const findings: Finding[] = [];
  for (const host of only ? [only] : HOSTS) {
    const path = host.file(machine);
    try {
      const { text } = await readConfig(path);
      const data = FORMATS[host.format].read(text, collectionsOf(host));
      const launch = presentLaunch(host, data);
      if (launch) entries.push({ host, path, text, launch });
      else if (presentEntry(host, data) !== undefined)
        findings.push(
          wrong(
            host,
            `${path}${lineOf(text, ENTRY)}: "${ENTRY}" starts no program`,
            `Run install ${host.id}.`,
          ),
        );
      else if (only) findings.push(wrong(host, `${path} has no "${ENTRY}"`, `Run install ${host.id}.`));
    } catch (error) {
      if (!(error instanceof FileProblem)) throw error;
      const { line, column } = error.position ?? {};
      const place = line === undefined ? '' : `:${line}:${column}`;
      findings.push(
        wrong(host, `${path}${place}: ${error.message}`, 'Correct it there; the host cannot read it either.'),
      );
    }
  }
  if (!only && entries.length === 0 && findings.length === 0) {
    const found = hostsOn(machine).map(({ id }) => id);
    const which =
      found.length === 0
        ? 'install lists the clients that are known'
        : `install adds it, to one of: ${found.join(', ')}`;
    findings.push({ name: 'clients', ok: true, found: `none starts this server yet; ${which}` });
  }
  return { entries, findings };
}

/** Starts the server as the entry says, and tells what a person would see in the host. */
export async function startFinding({ host, path, text, launch }: HostEntry, io: DoctorIo): Promise<Finding> {
  if (launch.rest.disabled === true || launch.rest.enabled === false) {
    const word = launch.rest.disabled === true ? 'disabled' : 'enabled';
    return wrong(
      host,
      `${path}${lineOf(text, word)}: it is switched off there`,
      `Switch it on, then ${host.next}.`,
    );
  }
  const started = await startServer(fillIn(launch, io), {
    cwd: io.home,
    inherited: io.env,
    now: io.monotonic,
  });
  return startedFinding(started, { host, path, text, launch });
}

/** With a key in the place of one that the host asks for: starting does not try it. */
function fillIn(launch: Launch, { env }: DoctorIo): Launch {
  const filled = Object.entries(launch.env).map(([name, value]) =>
    /^\$\{input:/.test(String(value)) ? [name, env.SENT_API_KEY ?? 'asked-for-by-the-host'] : [name, value],
  );
  return { ...launch, env: Object.fromEntries(filled) };
}

function startedFinding(started: Started, { host, path, text, launch }: HostEntry): Finding {
  const name = host.title;
  if (started.kind === 'serves')
    return {
      name,
      ok: started.tools > 0,
      found: `${path}: it starts, ${started.tools} tools in ${started.tookMs} ms`,
    };
  if (started.kind === 'not_found') {
    const next = /^npx|^node/.test(launch.command)
      ? `Install Node from https://nodejs.org, or write the whole path of ${launch.command}.`
      : `Run install ${host.id}.`;
    return wrong(
      host,
      `${path}${lineOf(text, 'command')}: the program "${launch.command}" is not found`,
      next,
    );
  }
  const key = keyOf(launch);
  const told = key === undefined ? started.stderr : started.stderr.replaceAll(key, '••••');
  if (started.kind === 'silent')
    return wrong(
      host,
      `${path}${lineOf(text, 'command')}: it starts and says nothing for a minute`,
      'Run the command by hand and look.',
    );
  // Our own words name the variable or the flag; those of others (npm, node) are shown from their first line that says something.
  const lines = told.split('\n').filter((line) => line.trim() !== '');
  const problem =
    lines.find((line) => line.startsWith('- '))?.slice(2) ??
    lines.find((line) => /error/i.test(line)) ??
    lines[0];
  const word = /SENT\w*_\w+|--[a-z-]+/.exec(problem ?? '')?.[0];
  const wordThere = word !== undefined && text.includes(word) ? word : word === undefined ? 'args' : ENTRY;
  return wrong(
    host,
    `${path}${lineOf(text, wordThere)}: it ends at once (code ${started.code ?? 'none'}): ${problem?.trim() ?? 'without a word'}`,
    `Correct that line, or run install ${host.id}; then ${host.next}.`,
  );
}

const wrong = (host: Host, found: string, next: string): Finding => ({
  name: host.title,
  ok: false,
  found,
  next,
});

/** `:12`, the line of the word in our entry; the entry's own where it is not there. */
function lineOf(text: string, word: string): string {
  const entry = Math.max(
    text.search(new RegExp(`["']?${ENTRY}["']?\\s*:|\\.${ENTRY}\\]|\\b${ENTRY}\\s*=`)),
    0,
  );
  const at = text.indexOf(word, entry);
  return `:${text.slice(0, at < 0 ? entry : at).split('\n').length}`;
}
