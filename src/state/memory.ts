import type { Clock } from '../runtime/index.ts';
import {
  type AccountState,
  type Entry,
  LOGS,
  type LogName,
  type Position,
  type StateReport,
  type StateStore,
  type StoredEntry,
} from './state.ts';

/** `first` is the number that the first entry kept has among all that were ever written. */
type Kept = { first: number; entries: StoredEntry[]; claims: Map<string, StoredEntry> };

type Account = {
  /** Tells the positions of this account from those before a `forget`. */
  id: number;
  logs: Map<LogName, Kept>;
  held: Set<string>;
  snapshots: Map<string, { bytes: Uint8Array; savedAt: number }>;
};

/**
 * Keeps everything in this process and nothing beyond it: for `SENT_STATE=off`, the demo and tests. States of one store
 * with the same account share what they keep, as processes do in other stores.
 * @param lasts what is told by `AccountState.lasts`; tests stand for a store that lasts.
 */
export function createMemoryStore(clock: Pick<Clock, 'now'>, { lasts }: { lasts: boolean }): StateStore {
  const accounts = new Map<string, Account>();
  let made = 0;

  const report = (): StateReport => {
    const entries: Partial<Record<LogName, number>> = {};
    let snapshots = 0;
    let bytes = 0;
    for (const account of accounts.values()) {
      for (const [log, kept] of account.logs) entries[log] = (entries[log] ?? 0) + kept.entries.length;
      snapshots += account.snapshots.size;
      for (const snapshot of account.snapshots.values()) bytes += snapshot.bytes.length;
    }
    return { accounts: accounts.size, entries, snapshots, bytes, damaged: [] };
  };

  return {
    kind: 'memory',
    place: 'the memory of this process',
    lasts,
    account: (name) => {
      const create = (): Account => {
        const account: Account = {
          id: ++made,
          logs: new Map(),
          held: new Set(),
          snapshots: new Map(),
        };
        accounts.set(name, account);
        return account;
      };
      return stateOf(() => accounts.get(name) ?? create(), clock, lasts);
    },
    report: async () => report(),
    async forget() {
      const removed = report();
      accounts.clear();
      return removed;
    },
    close: async () => {},
  };
}

function stateOf(account: () => Account, clock: Pick<Clock, 'now'>, lasts: boolean): AccountState {
  const isLive = (log: LogName, entry: StoredEntry): boolean => clock.now() - entry.at < LOGS[log];
  const keptOf = (log: LogName): Kept =>
    account().logs.get(log) ?? { first: 0, entries: [], claims: new Map() };

  const dropExpired = (log: LogName, kept: Kept): void => {
    const expired = kept.entries.findIndex((entry) => isLive(log, entry));
    if (expired <= 0) return;
    kept.first += kept.entries.splice(0, expired).length;
    for (const [key, entry] of kept.claims) if (!isLive(log, entry)) kept.claims.delete(key);
  };

  const write = (log: LogName, entry: Entry): StoredEntry => {
    const kept = keptOf(log);
    account().logs.set(log, kept);
    dropExpired(log, kept);
    // As on a disk: what is written is a copy, and only what JSON can say.
    const stored = { ...JSON.parse(JSON.stringify(entry)), at: clock.now() } as StoredEntry;
    kept.entries.push(stored);
    return stored;
  };

  const state: AccountState = {
    lasts,
    async append(log, entry) {
      write(log, entry);
    },
    async read(log, after) {
      const { id } = account();
      const { first, entries } = keptOf(log);
      const [from, number] = (after ?? '').split(':').map(Number);
      const since = from === id ? entries.slice(Math.max(0, (number ?? 0) - first)) : entries;
      return {
        entries: since.filter((entry) => isLive(log, entry)),
        position: `${id}:${first + entries.length}` as Position,
      };
    },
    async claim(log, key, entry) {
      const winner = keptOf(log).claims.get(key);
      if (winner && isLive(log, winner)) return { won: false, entry: winner };
      const stored = write(log, entry);
      keptOf(log).claims.set(key, stored);
      return { won: true, entry: stored };
    },
    async hold(name) {
      const { held } = account();
      if (held.has(name)) return undefined;
      held.add(name);
      let isReleased = false;
      return {
        async release() {
          if (!isReleased) held.delete(name);
          isReleased = true;
        },
      };
    },
    async saveSnapshot(name, bytes) {
      account().snapshots.set(name, { bytes: bytes.slice(), savedAt: clock.now() });
    },
    async loadSnapshot(name) {
      return account().snapshots.get(name);
    },
    isUnchanged: () => false, // Reading costs no more.
  };
  return state;
}
