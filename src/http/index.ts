import { type Accounts, type Admitted, giveBackMemory, type SharedByInstances } from '../app/index.ts';
import type { HttpSettings } from '../config/index.ts';
import type { Clock, Log } from '../runtime/index.ts';
import { createEndpoint, type EndpointOptions } from './endpoint.ts';
import type { Authenticator } from './keys.ts';
import { createMetrics } from './metrics.ts';
import { createPeers } from './peers.ts';
import { type HttpServer, isEverywhere, listen, serve } from './server.ts';

export { type Authenticator, everybody, namedTokens, ownKeys } from './keys.ts';
export type { HttpServer } from './server.ts';

/** So many beginnings leave some 20 MB of garbage, which a server at rest would keep. */
const SESSIONS_TO_COLLECT_AFTER = 100;

/** Serves a team over HTTP until `drain`. @throws where it cannot listen at the address */
export async function serveTeam(options: {
  settings: HttpSettings;
  /** The address of this machine that other instances reach, where it listens at all of its addresses. */
  machine: string;
  authenticator: Authenticator;
  accounts: Accounts;
  shared: SharedByInstances;
  build(services: Admitted['services']): ReturnType<EndpointOptions['build']>;
  clock: Clock;
  log: Log;
}): Promise<HttpServer> {
  const { settings, authenticator, accounts, shared, build, clock, log } = options;
  const listener = await listen(settings);
  const host = isEverywhere(listener.host) ? options.machine : listener.host;
  const peers = createPeers({
    url: `http://${host}:${listener.port}/mcp`,
    shared,
    clock,
    log,
  });
  let begun = 0;
  const newSessionId = (): string => {
    void peers.register();
    if (++begun % SESSIONS_TO_COLLECT_AFTER === 0) void giveBackMemory();
    return `${peers.instance}.${crypto.randomUUID()}`;
  };
  const endpoint = createEndpoint({ accounts, clock, log, newSessionId, build });
  const metrics = createMetrics({
    sessions: { help: 'Sessions of the 2025 era.', value: () => endpoint.sessions.count() },
    accounts: { help: 'Accounts in memory.', value: () => accounts.size().accounts },
    contacts: { help: 'Contacts in memory, over all accounts.', value: () => accounts.size().contacts },
    resident_memory_bytes: { help: 'Memory of the process.', value: () => process.memoryUsage.rss() },
  });
  const server = serve(listener, {
    names: [...settings.names, host],
    authenticator,
    endpoint,
    peers,
    metrics,
    isReady: async () => {
      await shared.find(peers.instance);
      return true;
    },
    clock,
    log,
  });
  await peers.register();
  return {
    url: server.url,
    async drain() {
      await server.drain();
      await accounts.close();
    },
  };
}
