import type { Sql } from 'postgres';
import { databaseFailure, isPassing, isPooler } from './failure.ts';
import { migrate } from './schema.ts';

/** Connections of one process, beside the one that listens. */
const MAX_CONNECTIONS = 6;
/** An answer that takes longer is given up, and the connections with it: the network may swallow everything. */
const ATTEMPT_MS = 5_000;
/** A database that is known to be away is asked this shortly, so that nobody waits for it. */
const ATTEMPT_WHILE_AWAY_MS = 1_000;
/** For so long a call is tried again: a restart of the database passes unnoticed. */
const RETRY_MS = 4_000;
const PAUSE_MS = 150;

export type Database = {
  /**
   * Runs queries, again where the connection fails: they must be such that a repeat changes nothing. A transaction is one
   * query: where the connection of a `begin` fails, the driver ends the process (porsager/postgres#1208).
   * @throws AppError `unavailable`
   */
  run<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Connections of the caller's own, with the same address; the caller ends them. */
  connect(options: object): Promise<Sql>;
  /** Whether the last call found the database. */
  isAway(): boolean;
  close(): Promise<void>;
};

/** Opened with the first use, and again after it was away. The schema is made or brought up to date first. */
export function createDatabase(address: string): Database {
  let client: Promise<Sql> | undefined;
  let migrated: Promise<void> | undefined;
  let isAway = false;
  let isClosed = false;
  let prepare = true;

  const connect = async (options: object): Promise<Sql> => {
    const { default: postgres } = await import('postgres');
    return postgres(plainAddress(address), {
      connect_timeout: 3,
      backoff: (retries: number) => Math.min(0.05 * 2 ** retries, 1),
      fetch_types: false,
      onnotice: () => {},
      connection: { application_name: 'sent-contacts-mcp' },
      ...sslOf(address),
      ...(prepare ? {} : { prepare }),
      ...options,
    });
  };
  const opened = (): Promise<Sql> => {
    client ??= connect({ max: MAX_CONNECTIONS, idle_timeout: 60 });
    return client;
  };
  /** Nothing that was given up may still be done later. */
  const discard = (sql: Promise<Sql>): void => {
    if (client === sql) client = undefined;
    void sql.then((opened) => opened.end({ timeout: 0 })).catch(() => {});
  };

  async function attempt<T>(work: (sql: Sql) => Promise<T>, limitMs: number): Promise<T> {
    const opening = opened();
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        discard(opening);
        reject(Object.assign(new Error('no answer'), { code: 'TIMED_OUT' }));
      }, limitMs);
    });
    const done = async (): Promise<T> => {
      const sql = await opening;
      migrated ??= migrate(sql);
      await migrated.catch((error: unknown) => {
        migrated = undefined;
        throw error;
      });
      return work(sql);
    };
    try {
      return await Promise.race([done(), tooLate]);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    isAway: () => isAway,
    connect,
    async run(work) {
      const until = performance.now() + (isAway ? 0 : RETRY_MS);
      for (;;) {
        try {
          const result = await attempt(work, isAway ? ATTEMPT_WHILE_AWAY_MS : ATTEMPT_MS);
          isAway = false;
          return result;
        } catch (error) {
          const isFirstOfPooler = prepare && isPooler(error);
          if (isFirstOfPooler) {
            prepare = false;
            discard(opened());
          } else if (!isPassing(error) || isClosed) throw databaseFailure(error);
          else if (performance.now() > until) {
            isAway = true;
            throw databaseFailure(error);
          }
          await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
        }
      }
    },
    async close() {
      isClosed = true;
      const closing = client;
      client = undefined;
      await closing?.then((sql) => sql.end({ timeout: 2 }));
    },
  };
}

/** Without what other drivers understand and the server would refuse. */
function plainAddress(address: string): string {
  const url = new URL(address);
  for (const name of ['channel_binding', 'gssencmode', 'connect_timeout']) url.searchParams.delete(name);
  return url.href;
}

/** Encrypted wherever the server can, unless the address says otherwise; `sslmode=verify-full` checks who it is. */
function sslOf(address: string): { ssl?: 'prefer' } {
  const { hostname, searchParams } = new URL(address);
  const isHere = /^(localhost|127(\.\d+){3}|\[::1\]|)$/.test(hostname);
  return isHere || searchParams.has('sslmode') || searchParams.has('ssl') ? {} : { ssl: 'prefer' };
}
