import type { Sql } from 'postgres';
import type { LogName, Position } from '../state.ts';
import type { Database } from './database.ts';

/** What is written to a log is told here: the account, the log and the number of its last entry. */
export const CHANNEL = 'sent_contacts_mcp';
/** Nothing that was written longer ago than this is missed. */
const KNOWN_WITHIN_MS = 1_000;
const BEAT_EVERY_MS = 300;
/** A beat that does not come back: the connection is dead, or a pooler lets nothing through. */
const LOST_AFTER_MS = 3_000;
const TRY_AGAIN_AFTER_MS = 30_000;
/** Listening costs a connection and its beats: that is worth it from so many questions a second on. */
const WORTH_FROM = 5;
const UNUSED_AFTER_MS = 30_000;
/** Logs of which it is known whether they have changed; more are begun anew. */
const MAX_LOGS = 20_000;

/**
 * What other processes write, by LISTEN: so that nobody has to ask the database before each answer. PostgreSQL tells in
 * the order of the commits, so when a beat of our own comes back, all that was written before it has been told.
 */
export type Feed = {
  /**
   * Whether nobody has written to the log since this position, but perhaps in the last second; false where that is not
   * known, as it never is behind a pooler.
   */
  isUnchanged(account: string, log: LogName, position: Position): boolean;
  /** A log is about to be read; to be told where that ended. */
  reads(account: string, log: LogName): (position: Position) => void;
  close(): Promise<void>;
};

/** All that was written after `from` has been told, the last of it as `told`. */
type Known = { from: number; told: number };

/** @param instance tells the beats of this process from those of others. */
export function createFeed(database: Database, instance: string): Feed {
  const beats = `${CHANNEL}_${instance.replaceAll('-', '_')}`;
  const logs = new Map<string, Known>();
  let listener: Sql | undefined;
  /** When the last beat that came back was sent. */
  let heardAt = Number.NEGATIVE_INFINITY;
  let isRunning = false;
  let isClosed = false;
  let askedAt = 0;
  const lately = { since: 0, questions: 0 };

  const keyOf = (account: string, log: LogName): string => `${log} ${account}`;

  function heard(channel: string, payload: string): void {
    if (channel === beats) {
      heardAt = Math.max(heardAt, Number(payload));
      return;
    }
    const [account, log, seq] = JSON.parse(payload);
    const known = logs.get(keyOf(account, log));
    if (known) known.told = Math.max(known.told, seq);
  }

  function stop(sql: Sql): void {
    if (listener === sql) {
      listener = undefined;
      heardAt = Number.NEGATIVE_INFINITY;
      logs.clear();
    }
    void sql.end({ timeout: 0 }).catch(() => {});
  }

  async function listen(): Promise<Sql> {
    const sql: Sql = await database.connect({
      max: 1,
      idle_timeout: null,
      max_lifetime: null,
      onnotify: heard,
      onclose: () => stop(sql),
    });
    await sql.unsafe(`listen ${CHANNEL}; listen "${beats}"`).catch((error: unknown) => {
      stop(sql);
      throw error;
    });
    return sql;
  }

  /** Listens for as long as that is used and can be relied on. @throws where nothing is heard */
  async function run(): Promise<void> {
    const sql = await listen();
    listener = sql;
    const startedAt = performance.now();
    const isAlive = () => performance.now() - Math.max(heardAt, startedAt) < LOST_AFTER_MS;
    const isUsed = () => performance.now() - askedAt < UNUSED_AFTER_MS;
    let wasHeard = false;
    while (listener === sql && !isClosed && isAlive() && isUsed()) {
      void sql`select pg_notify(${beats}, ${String(performance.now())})`.catch(() => {});
      await rest(BEAT_EVERY_MS);
      wasHeard ||= heardAt > startedAt;
    }
    stop(sql);
    if (!wasHeard) throw new Error('not heard');
  }
  function start(): void {
    isRunning = true;
    void run()
      .catch(() => rest(TRY_AGAIN_AFTER_MS))
      .finally(() => {
        isRunning = false;
      });
  }

  return {
    isUnchanged(account, log, position) {
      askedAt = performance.now();
      if (askedAt - lately.since > 1_000) Object.assign(lately, { since: askedAt, questions: 0 });
      if (++lately.questions >= WORTH_FROM && !isRunning && !isClosed) start();
      const known = logs.get(keyOf(account, log));
      if (known === undefined || askedAt - heardAt > KNOWN_WITHIN_MS) return false;
      return known.from <= Number(position) && known.told <= Number(position);
    },
    reads(account, log) {
      if (listener === undefined) return () => {};
      if (logs.size >= MAX_LOGS) logs.clear();
      const key = keyOf(account, log);
      const known = logs.get(key) ?? { from: Number.POSITIVE_INFINITY, told: 0 };
      logs.set(key, known);
      return (position) => {
        known.from = Math.min(known.from, Number(position));
      };
    },
    async close() {
      isClosed = true;
      if (listener) stop(listener);
    },
  };
}

const rest = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
