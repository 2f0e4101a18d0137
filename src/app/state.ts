import { resolve } from 'node:path';
import type { Settings } from '../config/index.ts';
import { AppError } from '../errors.ts';
import { type Clock, systemClock } from '../runtime/index.ts';
import type { SentClient } from '../sent/index.ts';
import {
  type AccountState,
  createFolderStore,
  createMemoryStore,
  createPostgresStore,
  defaultFolder,
  type StateStore,
  type UserPlace,
} from '../state/index.ts';

/** The rows of the account's limits; another shape of it takes another name, so that versions of this server can meet. */
const RATE = { requests: 'rate-1', sends: 'send-rate-1' };

/** The store that the settings name: for the demo the memory of the process, which its account does not outlive. */
export function openStore(
  { state, demo }: Pick<Settings, 'state' | 'demo'>,
  place: UserPlace,
  clock: Pick<Clock, 'now'> = systemClock,
): StateStore {
  if (demo || state === 'off') return createMemoryStore(clock, { lasts: demo });
  const options = { clock, newId: () => crypto.randomUUID() };
  if (/^postgres(ql)?:\/\//i.test(state ?? '')) return createPostgresStore(state ?? '', options);
  const folder = state?.replace(/^~(?=[\\/]|$)/, place.home) ?? defaultFolder(place);
  return createFolderStore(resolve(folder), options);
}

/**
 * What lasts for the account behind the client. Which account that is, is asked of the API (`GET /v3/me`) once, when it
 * is first needed; a failure is not kept. From then on the client's limits are one with those of other processes. The key has no part in it, so that a new key of the account finds the same.
 * @throws AppError of the API, or `unavailable` where it names no account: accounts are never mixed.
 */
export function stateOfAccount(
  store: StateStore,
  client: Pick<SentClient, 'me' | 'shareRate'>,
  { baseUrl, profileId }: Pick<Settings, 'baseUrl' | 'profileId'>,
): AccountState {
  let asked: Promise<AccountState> | undefined;
  let known: AccountState | undefined;

  const ask = async (): Promise<AccountState> => {
    const { id } = await client.me().catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error;
      throw error.with({ message: `${error.message} ${WHY}` });
    });
    if (id === undefined)
      throw new AppError('unavailable', `Sent does not say whose key this is. ${WHY}`, { next: NEXT });
    const account = [new URL(baseUrl).host, id, profileId ?? ''].map(encodeURIComponent).join('/');
    const { update } = store;
    if (update) client.shareRate((limit) => ({ update: (change) => update(account, RATE[limit], change) }));
    known = store.account(account);
    return known;
  };
  const opened = (): Promise<AccountState> => {
    asked ??= ask().catch((error: unknown) => {
      asked = undefined;
      throw error;
    });
    return asked;
  };

  return {
    lasts: store.lasts,
    append: async (log, entry) => (await opened()).append(log, entry),
    read: async (log, after, bytes) => (await opened()).read(log, after, bytes),
    claim: async (log, key, entry) => (await opened()).claim(log, key, entry),
    hold: async (name) => (await opened()).hold(name),
    saveSnapshot: async (name, bytes) => (await opened()).saveSnapshot(name, bytes),
    loadSnapshot: async (name) => (await opened()).loadSnapshot(name),
    isUnchanged: (log, since) => known?.isUnchanged(log, since) ?? false,
  };
}

const WHY = 'The account has to be known before anything is kept for it.';
const NEXT =
  'Ask the user to look at the account in the Sent dashboard; without it nothing can be kept, so that nothing is sent.';
