import { version } from '../../../package.json';
import type { Settings } from '../../config/index.ts';
import type { DoctorIo } from './doctor-io.ts';

/** A number of a fiction's range, for dry runs: nobody has it. */
const NOBODY = '+12025550142';
const HEADERS = [
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
  'x-sandbox',
  'idempotent-replayed',
];

type Answer = {
  status: number;
  code: string;
  headers: string[];
  confirmed: boolean;
  replayed: boolean;
  data: unknown;
};

/**
 * Asks the API what its documents leave open (docs/api-contract.md, "Still open"), by reading and by dry runs alone, and
 * tells it in counts, status codes, names of fields and headers. No number, name, id or key is in the report.
 */
export async function probeReport(
  { baseUrl, apiKey, profileId, timeoutMs }: Settings,
  io: DoctorIo,
): Promise<string> {
  const ask = async (method: string, path: string, body?: object, key?: string): Promise<Answer> => {
    const response = await io.fetch(`${baseUrl}${path}`, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        'x-api-key': apiKey ?? '',
        ...(profileId && { 'x-profile-id': profileId }),
        ...(body && { 'content-type': 'application/json' }),
        ...(key && { 'idempotency-key': key }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const json = (await response.json().catch(() => ({}))) as { data?: unknown; error?: { code?: unknown } };
    const code = /^[A-Z]+_\d{3}$/.exec(String(json?.error?.code))?.[0] ?? '';
    return {
      status: response.status,
      code,
      headers: HEADERS.filter((name) => response.headers.has(name)),
      confirmed: ['x-sandbox', 'x-test-mode'].some((name) => response.headers.get(name) === 'true'),
      replayed: response.headers.get('idempotent-replayed') === 'true',
      data: json?.data,
    };
  };
  const lines: string[] = [];
  const note = async (question: string, find: () => Promise<string>): Promise<void> => {
    // Not the error's words, which may hold the address of a contact.
    lines.push(`- ${question}: ${await find().catch(() => 'no answer')}`);
  };
  const list = (query: string) => ask('GET', `/v3/contacts${query}`);

  await note('page and page_size', async () => listWords(await list('?page=1&page_size=2')));
  await note('pageSize alone', async () => listWords(await list('?page=1&pageSize=2')));
  await note('neither page nor size', async () => listWords(await list('')));
  await note('page_size=101', async () => listWords(await list('?page=1&page_size=101')));
  await note(
    'headers of a success',
    async () => (await list('?page=1&page_size=1')).headers.join(', ') || 'none of them',
  );
  await note('fields of a contact', async () => namesIn(rowsOf((await list('?page=1&page_size=1')).data)[0]));
  await note('search', async () => {
    const [first] = rowsOf((await list('?page=1&page_size=1')).data);
    if (first === undefined) return 'there is no contact to search for';
    const hits = async (text: unknown): Promise<string> => {
      if (typeof text !== 'string' || text === '') return 'not given';
      const { data, status } = await list(`?page=1&page_size=100&search=${encodeURIComponent(text)}`);
      return status !== 200
        ? String(status)
        : rowsOf(data).some((row) => row.id === first.id)
          ? 'finds'
          : 'misses';
    };
    const e164 = String(first.format_e164 ?? first.phone_number ?? '');
    const found = [
      ['international', await hits(first.format_international)],
      ['national', await hits(first.format_national)],
      ['E.164', await hits(e164)],
      ['digits', await hits(e164.slice(1))],
      ['last four', await hits(e164.slice(-4))],
    ];
    return found.map(([form, hit]) => `${form} ${hit}`).join(', ');
  });

  const dry = { phone_number: NOBODY, sandbox: true };
  const key = `probe-${crypto.randomUUID()}`;
  const first = await ask('POST', '/v3/contacts', dry, key).catch(() => undefined);
  lines.push(`- dry run of a creation: ${first ? dryWords(first) : 'no answer'}`);
  if (first?.confirmed) {
    await note('the same idempotency key again', async () => {
      const again = await ask('POST', '/v3/contacts', dry, key);
      return `${dryWords(again)}, ${again.replayed ? 'replayed' : 'not replayed'}`;
    });
    await note('unknown fields in a dry run', async () =>
      dryWords(await ask('POST', '/v3/contacts', { ...dry, metadata: { probe: '1' }, unknown_field: '1' })),
    );
    await note('a key after a refusal', async () => {
      const bad = `probe-${crypto.randomUUID()}`;
      const refused = await ask('POST', '/v3/contacts', { phone_number: 'none', sandbox: true }, bad);
      const after = await ask('POST', '/v3/contacts', dry, bad);
      return `${dryWords(refused)}, then ${dryWords(after)}, ${after.replayed ? 'replayed' : 'not replayed'}`;
    });
  } else lines.push('- further dry runs: left out, since the first one was not confirmed as one');
  lines.push('- deleting without a body, a key on a deletion: not asked, since no dry run can');

  return `# What the Sent API does\n\nsent-contacts-mcp ${version}, Node ${io.nodeVersion}, ${new URL(baseUrl).host}, ${new Date(io.now()).toISOString().slice(0, 10)}\n\n${lines.join('\n')}\n`;
}

function rowsOf(data: unknown): Record<string, unknown>[] {
  const rows = Array.isArray(data) ? data : (data as { contacts?: unknown } | null | undefined)?.contacts;
  return Array.isArray(rows) ? rows : [];
}

const marked = ({ status, code }: Answer): string => `${status}${code && ` ${code}`}`;

function listWords(answer: Answer): string {
  const { pagination } = (answer.data ?? {}) as { pagination?: { page_size?: unknown } };
  const size = Number(pagination?.page_size);
  return `${marked(answer)}, ${rowsOf(answer.data).length} rows${Number.isNaN(size) ? '' : `, page_size ${size}`}`;
}

const dryWords = (answer: Answer): string =>
  `${marked(answer)}, ${answer.confirmed ? 'confirmed' : 'not confirmed'}, fields: ${namesIn(answer.data)}`;

/** Names alone, and only such as an API gives. */
const namesIn = (value: unknown): string =>
  Object.keys(value ?? {})
    .filter((name) => /^[a-z][a-z0-9_]{0,40}$/i.test(name))
    .join(' ') || 'none';
