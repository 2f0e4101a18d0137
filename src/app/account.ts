import { version } from '../../package.json';
import type { Settings } from '../config/index.ts';
import {
  createAddressBook,
  createContacts,
  createRefreshThrottle,
  type RefreshThrottle,
} from '../contacts/index.ts';
import { createMessages } from '../messages/index.ts';
import { type Clock, type Log, placeOf, systemClock } from '../runtime/index.ts';
import { createSentClient, type SentClient } from '../sent/index.ts';
import type { StateStore } from '../state/index.ts';
import { addressBookFile } from './address-book-file.ts';
import { readDefaultCountry } from './default-country.ts';
import { DEMO_ADDRESS_BOOK } from './demo-address-book.ts';
import { giveBackMemory, giveBackMemorySoon } from './give-back-memory.ts';
import { createHistory } from './history.ts';
import { stateOfAccount } from './state.ts';

/** What the process gives: time, chance and memory. Tests give their own. */
export type Runtime = {
  clock: Clock;
  newKey: () => string;
  random: () => number;
  afterReading?: () => void;
  afterLargeSend?: () => void;
  refreshThrottle?: RefreshThrottle;
};
const REAL: Runtime = {
  clock: systemClock,
  newKey: () => crypto.randomUUID(),
  random: Math.random,
  afterReading: giveBackMemory,
  afterLargeSend: giveBackMemorySoon,
  refreshThrottle: createRefreshThrottle(systemClock),
};

/** Where requests go: the network, or the embedded simulator; nothing else differs between them. */
export type Api = { fetch: typeof globalThis.fetch; apiKey: string };

export const networkApi = (settings: Settings): Api => ({
  fetch: globalThis.fetch,
  apiKey: settings.apiKey ?? '',
});

export async function demoApi(): Promise<Api> {
  const { createSimulator } = await import('../simulator/index.ts');
  const simulator = createSimulator({ requestsKept: 0 });
  return { fetch: simulator.fetch, apiKey: simulator.key };
}

export function createClient(settings: Settings, api: Api, log: Log, runtime: Runtime = REAL): SentClient {
  return createSentClient({
    apiKey: api.apiKey,
    baseUrl: settings.baseUrl,
    profileId: settings.demo ? undefined : settings.profileId,
    sandbox: settings.sandbox,
    timeoutMs: settings.timeoutMs,
    userAgent: `sent-contacts-mcp/${version}`,
    fetch: api.fetch,
    log,
    ...runtime,
  });
}

/** Longest that the end of the process waits for a message that is under way. */
const CLOSE_WITHIN_MS = 5_000;

/** One account composed: what the tools use, from settings to rooms. The store may be shared with other accounts. */
export function openAccount(
  settings: Settings,
  api: Api,
  log: Log,
  store: StateStore,
  runtime: Runtime = REAL,
) {
  const client = createClient(settings, api, log, runtime);
  const state = stateOfAccount(store, client, settings);
  const { sandbox, confirm } = settings;
  const { country: defaultCountry, mistake } = readDefaultCountry(settings);
  const file = settings.addressBook === undefined ? undefined : addressBookFile(settings.addressBook);
  const source = file ?? (settings.demo ? DEMO_ADDRESS_BOOK : undefined);
  const addressBook =
    source === undefined
      ? undefined
      : createAddressBook(source, {
          defaultCountry,
          clock: runtime.clock,
          onRead: (facts) => log(facts.failed ? 'error' : 'info', 'address_book', facts),
        });
  const contacts = createContacts(client, { ...runtime, state, defaultCountry, sandbox, addressBook });
  const messages = createMessages(client, contacts, { ...runtime, state, defaultCountry, sandbox });
  const history = createHistory(state, runtime.clock, log);
  return {
    client,
    contacts,
    messages,
    state,
    confirm,
    notices: [...settings.mistakes, ...(mistake ? [mistake] : [])],
    record: history.record,
    history,
    failed: (tool: string, error: unknown) => log('error', 'failed', { tool, at: placeOf(error) }),
    /**
     * Ends its work: no message is begun after this, the one under way is heard to its end, and what is left stays
     * written down. Nothing of it stays in memory.
     */
    async close(): Promise<void> {
      contacts.close();
      await messages.close(CLOSE_WITHIN_MS);
      await client.close();
    },
  };
}
export type OpenAccount = ReturnType<typeof openAccount>;
