import { createClient, demoApi, networkApi } from '../../app/index.ts';
import type { Settings } from '../../config/index.ts';
import { type Account, readAccount } from '../../contacts/index.ts';
import { toAppError } from '../../errors.ts';
import { inline } from '../../mcp/index.ts';
import type { SentClient } from '../../sent/index.ts';
import { stepForPerson } from '../command.ts';
import { connectionFinding } from './connection.ts';
import type { DoctorIo } from './doctor-io.ts';
import type { Finding } from './finding.ts';

/** Slower than this, a conversation drags. */
const SLOW_MS = 2_000;

/** What the API says of the account, by two reads; or why it says nothing, with the address. */
export async function accountFindings(settings: Settings, io: DoctorIo): Promise<Finding[]> {
  const client = createClient(settings, settings.demo ? await demoApi() : networkApi(settings), () => {});
  const signal = AbortSignal.timeout(settings.timeoutMs);
  const startedAt = io.monotonic();
  let account: Account;
  try {
    account = await readAccount(client, io.now, signal);
  } catch (error) {
    const { code } = toAppError(error);
    if (code !== 'unavailable') return [failure(error, 'key', settings.baseUrl)];
    return [
      (await connectionFinding(settings, io.env, io.fetch)) ?? failure(error, 'address', settings.baseUrl),
    ];
  }
  const tookMs = Math.round(io.monotonic() - startedAt);
  return [
    { name: 'key', ok: true, found: settings.demo ? 'not needed' : `accepted by ${settings.baseUrl}` },
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

function failure(error: unknown, name: string, address?: string): Finding {
  const { code, message, next, sentCode, requestId } = toAppError(error);
  const marks = [code, sentCode, requestId].filter((mark) => mark !== undefined).join(', ');
  const where = address === undefined ? '' : `${address}: `;
  return { name, ok: false, found: `${where}${message} [${marks}]`, next: stepForPerson(next) };
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
