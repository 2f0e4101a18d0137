import { createClient, demoApi, networkApi, readDefaultCountry } from '../app/index.ts';
import { ConfigError, readSettings, type Settings } from '../config.ts';
import { type Account, readAccount } from '../contacts/index.ts';
import { toAppError } from '../errors.ts';
import { inline, TOOLS } from '../mcp/index.ts';
import type { SentClient } from '../sent/index.ts';
import { addressBookFindings } from './doctor-address-book.ts';
import type { Finding } from './finding.ts';

export type DoctorIo = {
  env: Readonly<Record<string, string | undefined>>;
  /** `v20.1.0`, as `process.version`. */
  nodeVersion: string;
  /** Milliseconds; measures how long the API takes. */
  now: () => number;
  stdout: { write: (text: string) => unknown };
};

const OLDEST_NODE = 20;
const CORRECT_IT = 'Correct it and run this again.';
/** Slower than this, a conversation drags. */
const SLOW_MS = 2_000;

/**
 * Looks at everything that the server needs and prints one line for each, or a JSON document with `--json`. Changes
 * nothing: two reads of the API. The key is never printed.
 * @param argv what follows the command: `--json` and any flag of the server.
 * @returns the exit code: 0 all is well, 1 something is not, 2 the configuration is wrong.
 */
export async function runDoctor(argv: readonly string[], io: DoctorIo): Promise<number> {
  const flags = argv.filter((argument) => argument !== '--json');
  const findings = [nodeFinding(io.nodeVersion)];
  try {
    const settings = readSettings(
      flags,
      io.env,
      TOOLS.map(({ name }) => name),
    );
    findings.push(...settingsFindings(settings));
    findings.push(...(await addressBookFindings(settings)));
    findings.push(...(await accountFindings(settings, io)));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) {
      findings.push({
        name: 'configuration',
        ok: false,
        found: problem,
        next: CORRECT_IT,
      });
    }
  }
  const ok = findings.every((finding) => finding.ok);
  io.stdout.write(
    flags.length < argv.length ? `${JSON.stringify({ ok, findings }, null, 2)}\n` : asText(findings),
  );
  const misconfigured = findings.some((finding) => finding.name === 'configuration' && !finding.ok);
  return misconfigured ? 2 : ok ? 0 : 1;
}

function settingsFindings(settings: Settings): Finding[] {
  const { mistake } = readDefaultCountry(settings);
  const mistakes = [...settings.mistakes, ...(mistake ? [mistake] : [])];
  if (mistakes.length === 0)
    return [{ name: 'configuration', ok: true, found: settings.demo ? 'fine, demo mode' : 'fine' }];
  return mistakes.map((found) => ({ name: 'configuration', ok: false, found, next: CORRECT_IT }));
}

function nodeFinding(version: string): Finding {
  const ok = Number(/^v(\d+)/.exec(version)?.[1]) >= OLDEST_NODE;
  const next = `Install Node ${OLDEST_NODE} or later (https://nodejs.org).`;
  return { name: 'Node', ok, found: version, ...(ok ? {} : { next }) };
}

async function accountFindings(settings: Settings, io: DoctorIo): Promise<Finding[]> {
  const client = createClient(settings, settings.demo ? await demoApi() : networkApi(settings), () => {});
  const signal = AbortSignal.timeout(settings.timeoutMs);
  const startedAt = io.now();
  let account: Account;
  try {
    account = await readAccount(client, () => startedAt, signal);
  } catch (error) {
    return [failure(error, 'key and connection')];
  }
  const tookMs = Math.round(io.now() - startedAt);
  return [
    { name: 'key', ok: true, found: settings.demo ? 'not needed' : 'accepted by Sent' },
    accountFinding(account),
    channelsFinding(account),
    await contactsFinding(client, signal),
    rateFinding(client),
    {
      name: 'response time',
      ok: tookMs <= SLOW_MS,
      found: `${tookMs} ms`,
      ...(tookMs > SLOW_MS && { next: 'Check the network; the first call of a day may be slow.' }),
    },
  ];
}

function failure(error: unknown, name: string): Finding {
  const { code, message, next, sentCode, requestId } = toAppError(error);
  const marks = [code, sentCode, requestId].filter((mark) => mark !== undefined).join(', ');
  // Elsewhere these steps are told to a model.
  const step = next.replace(/ask the user to /gi, '').replace(/^./, (first) => first.toUpperCase());
  return { name, ok: false, found: `${message} [${marks}]`, next: step };
}

function accountFinding({ type, name, status, profiles }: Account): Finding {
  const kind = inline(type ?? 'of an unknown type');
  const named = name === undefined ? '' : ` ${inline(name)}`;
  const state = status === undefined ? '' : `, ${inline(status)}`;
  const profile = profiles.length === 0 ? '' : `, profiles: ${profiles.length}`;
  return { name: 'account', ok: true, found: `${kind}${named}${state}${profile}` };
}

function channelsFinding({ channels }: Account): Finding {
  const ready = channels.filter(({ configured }) => configured).map(({ channel }) => inline(channel));
  return ready.length > 0
    ? { name: 'channels', ok: true, found: ready.join(', ') }
    : {
        name: 'channels',
        ok: false,
        found: 'none is set up',
        next: 'Set up a channel in the Sent dashboard.',
      };
}

async function contactsFinding(client: SentClient, signal: AbortSignal): Promise<Finding> {
  try {
    const { rows, pagination } = await client.listContacts({ page: 1, pageSize: 1 }, { signal });
    const found = pagination?.total_count ?? (rows.length > 0 ? 'some' : 'none');
    return { name: 'contacts', ok: true, found: String(found) };
  } catch (error) {
    return failure(error, 'contacts');
  }
}

function rateFinding(client: SentClient): Finding {
  const { limit, remaining } = client.rate();
  if (remaining === undefined) return { name: 'rate limit', ok: true, found: 'not told by the API' };
  const ok = remaining > 0;
  const found = `${remaining}${limit === undefined ? '' : ` of ${limit}`} requests left`;
  return { name: 'rate limit', ok, found, ...(!ok && { next: 'Wait a minute.' }) };
}

const asText = (findings: readonly Finding[]): string =>
  findings
    .map(({ name, ok, found, next }) => {
      const line = `${ok ? 'ok  ' : 'FAIL'} ${name}: ${found}\n`;
      return next === undefined ? line : `${line}     Next: ${next}\n`;
    })
    .join('');
