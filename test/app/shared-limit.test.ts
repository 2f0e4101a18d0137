import { afterEach, expect, inject, test } from 'vitest';
import { createClient } from '../../src/app/account.ts';
import { openStore, stateOfAccount } from '../../src/app/state.ts';
import { readSettings } from '../../src/config/index.ts';
import { createSimulator } from '../../src/simulator/index.ts';
import type { StateStore } from '../../src/state/index.ts';

const PLACE = { platform: 'linux', env: {}, home: '/nowhere' };
const stores: StateStore[] = [];
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
});

/** Three processes' clients read 150 pages of one account, together; how many requests the API refused. */
async function readTogether(state: string): Promise<number> {
  const rateLimit = { perMinute: 1_200, burst: 50 };
  const simulator = createSimulator({ contacts: 1_000, latencyMs: 100, rateLimit });
  const settings = readSettings([], { SENT_API_KEY: simulator.key, SENT_STATE: state }, []);
  const clients = await Promise.all(
    [1, 2, 3].map(async () => {
      const store = openStore(settings, PLACE);
      stores.push(store);
      const client = createClient(settings, { fetch: simulator.fetch, apiKey: simulator.key }, () => {});
      await stateOfAccount(store, client, settings).read('notes');
      return client;
    }),
  );
  let pages = 0;
  const read = async (client: (typeof clients)[number]) => {
    while (pages++ < 150)
      await client.listContacts({ page: 1, pageSize: 10 }, { background: true, onThrottled: () => {} });
  };
  await Promise.all(clients.flatMap((client) => Array.from({ length: 20 }, () => read(client))));
  await Promise.all(clients.map((client) => client.close()));
  return simulator.requests.filter(({ status }) => status === 429).length;
}

test('instances over PostgreSQL keep to the limit of their account together; each for itself they would not', {
  timeout: 60_000,
}, async () => {
  expect(await readTogether(inject('postgres'))).toBe(0);
  expect(await readTogether('off')).toBeGreaterThan(0);
});
