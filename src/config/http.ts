import type { RawSetting } from './flags.ts';

/** Where `serve --http` listens, and under which names it may be reached. */
export type HttpSettings = Readonly<{
  host: string;
  /** 0 takes any free port. */
  port: number;
  /** Host names beside those of this machine, in lower case, without ports. */
  names: readonly string[];
  /** Path of the access tokens over the operator's key; undefined where each client brings its own key. */
  tokens: string | undefined;
}>;

/**
 * How a team is served, or undefined over stdio. Two ways: each client brings its own key and the server has none, or the
 * operator's key serves the people named in a file. A key without names would serve everybody who can reach the port.
 */
export function readHttp(
  { address, tokens, names }: { address: RawSetting; tokens: RawSetting; names: RawSetting },
  { demo, hasKey }: { demo: boolean; hasKey: boolean },
  problems: string[],
): HttpSettings | undefined {
  if (address.value === undefined) return undefined;
  const [, host = '127.0.0.1', digits = ''] =
    /^(?:(\[[\da-fA-F:]+\]|[\w.-]+):)?(\d{1,5})$/.exec(address.value) ?? [];
  const port = digits === '' ? Number.NaN : Number(digits);
  if (!(port <= 65_535))
    problems.push(`${address.name} is not [HOST:]PORT, such as 8080, 0.0.0.0:8080 or [::1]:8080.`);
  if (tokens.value !== undefined && !hasKey && !demo) {
    problems.push(
      `${tokens.name} is set and SENT_API_KEY is not: access tokens need the key that they stand for. Set it, or unset ${tokens.name} to let each client bring its own key.`,
    );
  }
  if (tokens.value === undefined && hasKey && !demo) {
    problems.push(
      `SENT_API_KEY is set and ${tokens.name} is not: over HTTP the key would serve everybody who reaches the port. Name a file of access tokens in ${tokens.name}, or unset SENT_API_KEY to let each client bring its own key.`,
    );
  }
  return Object.freeze({
    host: host.replace(/^\[|\]$/g, ''),
    port,
    names: readNames(names, problems),
    tokens: tokens.value,
  });
}

function readNames({ value, name }: RawSetting, problems: string[]): string[] {
  const names = (value ?? '')
    .split(',')
    .map((host) => host.trim().toLowerCase())
    .filter(Boolean);
  if (names.some((host) => !/^[a-z\d.-]+$/.test(host))) {
    problems.push(`${name} is not a comma list of host names, such as mcp.example.com, without ports.`);
  }
  return names;
}
