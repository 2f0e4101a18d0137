import type { Sql } from 'postgres';
import { LOGS, type LogName } from '../state.ts';
import type { Database } from './database.ts';

export const CHANNEL = 'sent_contacts_mcp';
/** Between looks at the counters where nothing is told: behind a pooler, or while the listener is away. */
const POLL_MS = 500;
/** Between looks beside what is told. */
const LOOK_ANYWAY_MS = 10_000;
const LISTEN_AGAIN_MS = 500;

type Changed = (log: LogName) => void;

export type Feed = {
  watch(account: string, changed: Changed): () => void;
  close(): Promise<void>;
};

/**
 * Tells of what other processes wrote: by LISTEN where that is to be had, and by looking at the counters of the accounts
 * that are watched where it is not.
 */
export function createFeed(database: Database, instance: string): Feed {
  const watchers = new Map<string, Set<Changed>>();
  const seen = new Map<string, string>();
  let listener: Sql | undefined;
  /** A note of our own has come back: what is told can be relied on. */
  let isHeard = false;
  let isClosed = false;
  let isRunning = false;
  let wake: (() => void) | undefined;
  let lastLookAt = 0;

  const tell = (account: string, logs: readonly LogName[]): void => {
    for (const changed of watchers.get(account) ?? []) for (const log of logs) changed(log);
  };
  const heard = (payload: string): void => {
    isHeard = true;
    const [by, account, log] = JSON.parse(payload);
    if (by !== instance && Object.hasOwn(LOGS, log)) tell(account, [log]);
  };

  async function listen(): Promise<void> {
    const sql = await database.connect({
      max: 1,
      idle_timeout: null,
      max_lifetime: null,
      onnotify: (_: string, payload: string) => heard(payload),
      onclose: () => {
        isHeard = false;
        listener = undefined;
        void sql.end({ timeout: 0 }).catch(() => {});
      },
    });
    listener = sql;
    await sql.unsafe(`listen ${CHANNEL}`);
    await sql`select pg_notify(${CHANNEL}, ${JSON.stringify([instance, '', ''])})`;
  }

  /** Looks which of the watched accounts have gone on. */
  async function look(): Promise<void> {
    const names = [...watchers.keys()];
    if (names.length === 0) return;
    const rows = await database.run(
      (sql) => sql`select name, seq from sent_contacts_mcp.account where name in ${sql(names)}`,
    );
    for (const { name, seq } of rows) {
      const isNew = seen.has(name) && seen.get(name) !== seq;
      seen.set(name, seq);
      if (isNew) tell(name, Object.keys(LOGS) as LogName[]);
    }
  }

  async function run(): Promise<void> {
    isRunning = true;
    while (!isClosed && watchers.size > 0) {
      if (listener === undefined) await listen().catch(() => {});
      const now = performance.now();
      if (!isHeard || now - lastLookAt > LOOK_ANYWAY_MS) {
        lastLookAt = now;
        await look().catch(() => {});
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, isHeard ? LISTEN_AGAIN_MS : POLL_MS).unref();
      });
    }
    isRunning = false;
  }

  return {
    watch(account, changed) {
      const those = watchers.get(account) ?? new Set();
      watchers.set(account, those.add(changed));
      if (!isRunning) void run();
      return () => {
        those.delete(changed);
        if (those.size > 0) return;
        watchers.delete(account);
        seen.delete(account);
      };
    },
    async close() {
      isClosed = true;
      wake?.();
      await listener?.end({ timeout: 1 }).catch(() => {});
    },
  };
}
