import type { Accounts, Admitted } from '../app/index.ts';
import type { HttpSettings } from '../config.ts';
import type { Clock, Log } from '../runtime/index.ts';
import { createEndpoint, type EndpointOptions } from './endpoint.ts';
import type { Gate } from './keys.ts';
import { createMetrics } from './metrics.ts';
import { alone } from './neighbours.ts';
import { type HttpServer, startServer } from './server.ts';

export { everybody, type Gate, namedTokens, ownKeys } from './keys.ts';
export type { HttpServer } from './server.ts';

/** Serves a team over HTTP until `drain`. @throws where it cannot listen at the address */
export async function serveTeam(options: {
  settings: HttpSettings;
  gate: Gate;
  accounts: Accounts;
  build(services: Admitted['services']): ReturnType<EndpointOptions['build']>;
  clock: Clock;
  log: Log;
}): Promise<HttpServer> {
  const { settings, gate, accounts, build, clock, log } = options;
  const instance = crypto.randomUUID().slice(0, 8);
  const endpoint = createEndpoint({ accounts, clock, log, instance, build });
  const metrics = createMetrics({
    sessions: { help: 'Sessions of the 2025 era.', value: () => endpoint.sessions.count() },
    accounts: { help: 'Accounts in memory.', value: () => accounts.size().accounts },
    contacts: { help: 'Contacts in memory, over all accounts.', value: () => accounts.size().contacts },
    resident_memory_bytes: { help: 'Memory of the process.', value: () => process.memoryUsage.rss() },
  });
  const server = await startServer({
    ...settings,
    gate,
    endpoint,
    neighbours: alone,
    metrics,
    isReady: async () => true,
    clock,
    log,
  });
  return {
    url: server.url,
    async drain() {
      await server.drain();
      accounts.close();
    },
  };
}
