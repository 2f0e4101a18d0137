import type { Settings } from '../config/index.ts';
import { AppError } from '../errors.ts';
import { type Log, systemClock } from '../runtime/index.ts';
import type { StateStore } from '../state/index.ts';
import { type Api, createClient, openAccount } from './account.ts';
import { type Accounts, createAccounts } from './registry.ts';

/** About 500 bytes each with some metadata (docs/team.md), so that directories take at most 500 MB. */
const MAX_CONTACTS = 1_000_000;
const MAX_ACCOUNTS = 1_000;

/** The accounts of a team, each by the keys that its clients bring. */
export function openAccounts(settings: Settings, fetch: Api['fetch'], log: Log, store: StateStore): Accounts {
  // The address book is the operator's own: it serves those who work under the operator's key, and no other account.
  const isOperators = settings.apiKey !== undefined || settings.demo;
  const own = isOperators ? settings : { ...settings, addressBook: undefined };
  return createAccounts({
    clock: systemClock,
    fetch,
    open: (api) => openAccount(own, api, log, store),
    async identify(apiKey, signal) {
      const { id } = await createClient(settings, { fetch, apiKey }, log).me({ signal });
      if (id !== undefined) return id;
      throw new AppError('unavailable', 'Sent does not say whose key this is.');
    },
    maxContacts: MAX_CONTACTS,
    maxAccounts: MAX_ACCOUNTS,
  });
}
