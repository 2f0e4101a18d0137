import type { Finding } from './finding.ts';

type Env = Readonly<Record<string, string | undefined>>;
type Cause = { code?: unknown; cause?: Cause; errors?: Cause[]; name?: unknown };

/** What the system says, by its code, in words for a person; the address is put in front. */
const CAUSES: readonly [codes: RegExp, found: string, next: string][] = [
  [
    /^(ENOTFOUND|EAI_AGAIN|EAI_NODATA)$/,
    'the name cannot be resolved (DNS)',
    'Check how the address is spelt, and whether this machine is online.',
  ],
  [
    /^ECONNREFUSED$/,
    'nothing listens there (connection refused)',
    'Check the port, and whether the program is running.',
  ],
  [
    /^(E(HOST|NET)UNREACH|ENETDOWN|EADDRNOTAVAIL)$/,
    'there is no way to it from this network',
    'Check the network, a VPN and the firewall.',
  ],
  [
    /TIMEDOUT|TIMEOUT|^TimeoutError$/,
    'it does not answer in time',
    'Check the network and the firewall; a proxy may be needed.',
  ],
  [
    /CERT|TLS|SSL|SIGNATURE|^DEPTH_ZERO|^HOSTNAME_MISMATCH/,
    'its certificate is not trusted (TLS)',
    'If your company inspects traffic, name its certificate in NODE_EXTRA_CA_CERTS; check the clock of this machine.',
  ],
  [
    /^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/,
    'the connection was cut off',
    'Check the firewall and the network; if it lasts, ask Sent.',
  ],
];

/**
 * Why the API cannot be reached, asked of the address once more and by itself, without the key. Undefined where it
 * answers: then what is wrong is in the answer.
 */
export async function connectionFinding(
  { baseUrl, timeoutMs }: { baseUrl: string; timeoutMs: number },
  env: Env,
  fetch: typeof globalThis.fetch,
): Promise<Finding | undefined> {
  const name = 'connection';
  const proxy = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].find((variable) => env[variable]);
  // Node's fetch leaves these variables alone, so that whoever needs the proxy gets no further.
  const unused =
    proxy !== undefined && env.NODE_USE_ENV_PROXY !== '1'
      ? ` ${proxy} is set, and Node leaves it alone: use Node 24 and set NODE_USE_ENV_PROXY=1.`
      : '';
  try {
    const response = await fetch(baseUrl, { redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
    await response.body?.cancel();
    if (response.status === 407) {
      return {
        name,
        ok: false,
        found: `${baseUrl}: the proxy asks for a name and password (407)`,
        next: `Put them into ${proxy ?? 'HTTPS_PROXY'}.`,
      };
    }
    return undefined;
  } catch (error) {
    const codes = codesOf(error as Cause);
    const known = CAUSES.find(([pattern]) => codes.some((code) => pattern.test(code)));
    const [, found, next] = known ?? [
      undefined,
      `it cannot be reached (${codes[0] ?? 'no reason given'})`,
      'Check the network and the address.',
    ];
    return { name, ok: false, found: `${baseUrl}: ${found}`, next: `${next}${unused}` };
  }
}

/** The codes of an error, of its causes and of those it stands for. */
function codesOf(error: Cause | undefined): string[] {
  if (error === undefined || error === null) return [];
  const own = [error.code, error.name].filter((code): code is string => typeof code === 'string');
  return [
    ...(error.errors ?? []).flatMap(codesOf),
    ...codesOf(error.cause),
    ...own.filter((code) => !/^(TypeError|Error|AggregateError)$/.test(code)),
  ];
}
