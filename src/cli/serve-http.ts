import { networkInterfaces } from 'node:os';
import { version } from '../../package.json';
import { demoApi, networkApi, openAccounts, openStore, shareAmongInstances } from '../app/index.ts';
import { ConfigError, type HttpSettings, type Settings } from '../config/index.ts';
import { type Authenticator, everybody, namedTokens, ownKeys, serveTeam } from '../http/index.ts';
import { createQuestionSeal, createServer } from '../mcp/index.ts';
import { type Log, systemClock } from '../runtime/index.ts';
import type { UserPlace } from '../state/index.ts';
import { createLog } from './log.ts';
import { publishedTools } from './serve.ts';

/**
 * Serves MCP over HTTP until SIGTERM or SIGINT; then no new calls are taken, and those under way end.
 * Says on standard output where it is reached.
 * @throws ConfigError for an address or a file of tokens that cannot be used
 */
export async function serveHttp(settings: Settings, http: HttpSettings, place: UserPlace): Promise<number> {
  const log = createLog(settings.log, (line) => process.stderr.write(line), Date.now);
  const api = settings.demo ? await demoApi() : networkApi(settings);
  const authenticator = await authenticatorFor(settings, http, api.apiKey, log);
  const store = openStore(settings, place);
  const shared = shareAmongInstances(store, (bytes) => crypto.getRandomValues(new Uint8Array(bytes)));
  const seal = createQuestionSeal(shared.secret);
  const tools = publishedTools(settings);
  const server = await serveTeam({
    settings: http,
    machine: addressOfMachine(),
    authenticator,
    shared,
    accounts: openAccounts(settings, api.fetch, log, store),
    build: (services) => createServer({ version, tools, services, seal }),
    clock: systemClock,
    log,
  }).catch((error: { code?: string }) => {
    throw new ConfigError([
      `--http: cannot listen at ${http.host}, port ${http.port} (${error.code ?? 'failed'}).`,
    ]);
  });
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  process.stdout.write(`sent-contacts-mcp ${version} serves MCP at ${server.url}\n`);
  log('info', 'serving', { version, tools: tools.length, demo: settings.demo });
  process.on('unhandledRejection', (reason) => log('error', 'failed', { kind: kindOf(reason) }));
  await new Promise<void>((resolve) => process.once('SIGTERM', resolve).once('SIGINT', resolve));
  process.once('SIGINT', () => process.exit(1)); // Whoever asks twice does not want to wait.
  await server.drain();
  await store.close();
  return 0;
}

async function authenticatorFor(
  settings: Settings,
  { tokens }: HttpSettings,
  key: string,
  log: Log,
): Promise<Authenticator> {
  if (tokens === undefined) return settings.demo ? everybody(key) : ownKeys();
  return namedTokens(tokens, key, log).catch((): never => {
    throw new ConfigError([
      'SENT_HTTP_TOKENS names a file that cannot be read or holds no line `name token`.',
    ]);
  });
}

/** The first address of this machine that is not its own loopback; other instances reach it there. */
const addressOfMachine = (): string =>
  Object.values(networkInterfaces())
    .flat()
    .find((one) => one && !one.internal && one.family === 'IPv4')?.address ?? '127.0.0.1';

const kindOf = (reason: unknown): string => (reason instanceof Error ? reason.name : typeof reason);
