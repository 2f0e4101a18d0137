import { AsyncLocalStorage } from 'node:async_hooks';
import { AppError, toAppError } from '../errors.ts';
import type { Clock } from '../runtime/index.ts';
import type { Api, OpenAccount } from './account.ts';

/** How long the API's word on whose key it is holds; a key that was taken back works no longer than this. */
const KEY_HOLDS_MS = 5 * 60_000;
/** How long a refused key is refused without asking again: Sent locks a key after ten failed tries. */
const REFUSED_FOR_MS = 30_000;
/** A key that was good stays good for so long while the API cannot be asked. */
const KEPT_WITHOUT_API_MS = 3_600_000;
/** Longest wait for the API's word. */
const ASKED_FOR_MS = 15_000;
/** Keys remembered; the least used is forgotten. */
const MAX_KEYS = 10_000;

export type Accounts = {
  /**
   * The account that a key opens, as the API says; the same one for each of its keys.
   * @throws AppError as `GET /v3/me` fails: `unauthorized` for a key that is none.
   */
  admit(key: string): Promise<Admitted>;
  /** How much is in memory now. */
  size(): { accounts: number; contacts: number };
  /** Ends the work of all; what is under way is heard to its end. */
  close(): Promise<void>;
};

/** The account of a key. */
export type Admitted = {
  /** Opaque, and the same for each key of the account. */
  id: string;
  /** Its rooms. They may be given back between calls and are opened again by the next: ask at each use, and keep none. */
  services(): OpenAccount;
  /** Does work for the holder of the key: requests to the API that come of it carry this key, and no other of the account. */
  enter<T>(work: () => T): T;
  /** Keeps the account in memory while a call is under way; the function returned ends that. */
  hold(): () => void;
};

export type AccountsOptions = {
  clock: Clock;
  /** Composes an account; `api.fetch` sends each request under the key of whoever it is made for. */
  open(api: Api): OpenAccount;
  /** Whose key it is. @throws AppError as the API fails */
  identify(key: string, signal: AbortSignal): Promise<string>;
  fetch: typeof globalThis.fetch;
  /** Contacts that may be in memory at once, over all accounts; those of calls under way come on top. */
  maxContacts: number;
  /** Accounts that may be open at once, likewise. */
  maxAccounts: number;
};

/** `key`: the one that its rooms are opened with. */
type Open = { key: string; rooms: OpenAccount | undefined; calls: number };
type Known = { id: string; since: number; askedAt: number } | { refused: AppError; since: number };

/** Many accounts in one process: each composed once, the least used given back when memory is short. */
export function createAccounts(options: AccountsOptions): Accounts {
  const { clock } = options;
  /** Whose work it is, where that is not the key of the rooms: up to Node 22 every promise costs more once this is used. */
  const otherKey = new AsyncLocalStorage<string>();
  /** The one used last is last. */
  const accounts = new Map<string, Open>();
  const keys = new Map<string, Known>();
  const asking = new Map<string, Promise<string>>();

  const fetchInName: typeof globalThis.fetch = (input, init) => {
    const key = otherKey.getStore();
    if (key === undefined) return options.fetch(input, init);
    const request = new Request(input, init);
    request.headers.set('x-api-key', key);
    return options.fetch(request);
  };

  function account(id: string, key: string): Open {
    const found = accounts.get(id) ?? { key, rooms: undefined, calls: 0 };
    accounts.delete(id);
    accounts.set(id, found);
    return found;
  }
  const roomsOf = (id: string, key: string): OpenAccount => {
    const found = account(id, key);
    found.rooms ??= options.open({ fetch: fetchInName, apiKey: found.key });
    return found.rooms;
  };

  const contactsIn = ({ rooms }: Open): number => rooms?.contacts.inMemory() ?? 0;
  const size = () => {
    let open = 0;
    let contacts = 0;
    for (const one of accounts.values()) {
      if (one.rooms) open++;
      contacts += contactsIn(one);
    }
    return { accounts: open, contacts };
  };
  function giveBack(): void {
    let { accounts: open, contacts } = size();
    for (const [id, one] of accounts) {
      if (open <= options.maxAccounts && contacts <= options.maxContacts) return;
      if (one.calls > 0 || open <= 1) continue;
      contacts -= contactsIn(one);
      open--;
      void one.rooms?.close();
      accounts.delete(id);
    }
  }

  const remember = (key: string, known: Known): void => {
    keys.delete(key);
    keys.set(key, known);
    if (keys.size > MAX_KEYS) keys.delete(keys.keys().next().value as string);
  };

  async function ask(key: string): Promise<string> {
    const known = keys.get(key);
    const now = clock.monotonic();
    const tooLong = new AbortController();
    const stop = new AbortController();
    void clock.sleep(ASKED_FOR_MS, stop.signal).then(() => tooLong.abort());
    try {
      const id = await options.identify(key, tooLong.signal);
      remember(key, { id, since: now, askedAt: now });
      return id;
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.isAboutKey) {
        remember(key, { refused: error, since: now });
        throw error;
      }
      if (known && 'id' in known && now - known.since < KEPT_WITHOUT_API_MS) {
        remember(key, { ...known, askedAt: now });
        return known.id;
      }
      throw error.code === 'cancelled'
        ? new AppError('unavailable', 'Sent did not say in time whose key this is.')
        : error;
    } finally {
      stop.abort();
    }
  }

  async function idOf(key: string): Promise<string> {
    const known = keys.get(key);
    const now = clock.monotonic();
    if (known && 'refused' in known && now - known.since < REFUSED_FOR_MS) throw known.refused;
    if (known && 'id' in known && now - known.askedAt < KEY_HOLDS_MS) return known.id;
    const answer =
      asking.get(key) ??
      ask(key).finally(() => {
        asking.delete(key);
      });
    asking.set(key, answer);
    return answer;
  }

  return {
    async admit(key) {
      const id = await idOf(key);
      return {
        id,
        services: () => roomsOf(id, key),
        enter: (work) =>
          (otherKey.getStore() ?? accounts.get(id)?.key ?? key) === key ? work() : otherKey.run(key, work),
        hold() {
          const held = account(id, key);
          held.calls++;
          let isHeld = true;
          return () => {
            if (!isHeld) return;
            isHeld = false;
            held.calls--;
            if (held.calls === 0 && held.rooms === undefined) accounts.delete(id); // Nothing was asked of it.
            giveBack();
          };
        },
      };
    },
    size,
    async close() {
      const open = [...accounts.values()];
      accounts.clear();
      await Promise.all(open.map(({ rooms }) => rooms?.close()));
    },
  };
}
