import { createHash, timingSafeEqual } from 'node:crypto';
import { unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import type { Log } from '../runtime/index.ts';

/** Whoever sent a request, by what it carries. */
export type Client = {
  /** The key of the Sent API that their calls go out under. */
  key: string;
  /** A digest of what they brought: it tells one client from another and gives nothing away. */
  credential: string;
  /** The name of their access token. */
  person?: string;
};

export type Authenticator = {
  /** Undefined for one who brings nothing, or nothing that opens. */
  authenticate(headers: IncomingHttpHeaders): Client | undefined;
  /** Calls when credentials have stopped to open, so that what was begun with them can be ended. */
  onRevoked(ended: (isValid: (credential: string) => boolean) => void): void;
  close(): void;
};

/** Clients who came lately, so that their keys need no digest each time. */
const MAX_LATELY = 1_000;
/** How often the file of access tokens is looked at. */
const LOOK_EVERY_MS = 1_000;

/** What a request brings: `Authorization: Bearer …`, else `x-api-key`. */
function credentialIn(headers: IncomingHttpHeaders): string | undefined {
  const [, bearer] = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '') ?? [];
  const credential = bearer ?? headers['x-api-key']?.toString().trim();
  return credential && /^[\x21-\x7e]{1,512}$/.test(credential) ? credential : undefined;
}
const digestOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** Each client brings its own key of the Sent API. */
export function ownKeys(): Authenticator {
  const lately = new Map<string, Client>();
  return {
    authenticate(headers) {
      const key = credentialIn(headers);
      if (key === undefined) return undefined;
      const known = lately.get(key);
      if (known) return known;
      if (lately.size >= MAX_LATELY) lately.clear();
      const client = { key, credential: digestOf(key).toString('base64url') };
      lately.set(key, client);
      return client;
    },
    onRevoked: () => {},
    close: () => {},
  };
}

/** Everybody who reaches the server, under one key: for the demo alone. */
export const everybody = (key: string): Authenticator => ({
  authenticate: () => ({ key, credential: 'everybody' }),
  onRevoked: () => {},
  close: () => {},
});

type Token = { person: string; digest: Buffer };

/**
 * Named people under the operator's key. The file has `name token` a line and comments after `#`; it is read again when it
 * changes, and while it cannot be read nobody is let in.
 * @throws where it cannot be read now or names nobody
 */
export async function namedTokens(path: string, key: string, log: Log): Promise<Authenticator> {
  let tokens = parseTokens(await readFile(path, 'utf8'));
  if (tokens.length === 0) throw new Error('no tokens');
  let revoked: (isValid: (credential: string) => boolean) => void = () => {};

  const read = async (): Promise<void> => {
    try {
      tokens = parseTokens(await readFile(path, 'utf8'));
      log('info', 'access_tokens', { people: tokens.length });
    } catch {
      tokens = [];
      log('error', 'access_tokens', { failed: true });
    }
    const valid = new Set(tokens.map(({ digest }) => digest.toString('base64url')));
    revoked((credential) => valid.has(credential));
  };
  const look = () => void read();
  watchFile(path, { persistent: false, interval: LOOK_EVERY_MS }, look);

  return {
    authenticate(headers) {
      const credential = credentialIn(headers);
      if (credential === undefined) return undefined;
      const digest = digestOf(credential);
      // Every token is compared, and each in the same time, whichever it is.
      const [found] = tokens.filter((token) => timingSafeEqual(token.digest, digest));
      return found && { key, credential: digest.toString('base64url'), person: found.person };
    },
    onRevoked(ended) {
      revoked = ended;
    },
    close: () => unwatchFile(path, look),
  };
}

/** Lines that are no `name token` are left out. */
export const parseTokens = (text: string): Token[] =>
  text
    .split(/\r?\n/)
    .map((line) => /^\s*([^#\s].*?)\s+(\S+)\s*$/.exec(line))
    .flatMap((match) => (match?.[1] && match[2] ? [{ person: match[1], digest: digestOf(match[2]) }] : []));
