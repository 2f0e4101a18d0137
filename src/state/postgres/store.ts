import type { Clock } from '../../runtime/index.ts';
import { LOGS, type LogName, type StateReport, type StateStore } from '../state.ts';
import { createDatabase, type Database } from './database.ts';
import { createFeed } from './feed.ts';
import { createHold } from './hold.ts';
import { createLogs } from './log.ts';
import { createSharedValues } from './shared-value.ts';
import { createSnapshots } from './snapshot.ts';

/** So often a process looks for what has expired. */
const SWEEP_MS = 3_600_000;
/** No snapshot takes longer to write. */
const DAY_MS = 24 * SWEEP_MS;

/**
 * Keeps everything in PostgreSQL, for any number of processes on any number of machines. The schema
 * `sent_contacts_mcp` is its own; nothing is opened before the first use.
 * @param address `postgres://user:password@host:port/database`; neither user nor password is ever told.
 */
export function createPostgresStore(
  address: string,
  { clock, newId }: { clock: Pick<Clock, 'now'>; newId: () => string },
): StateStore {
  const database = createDatabase(address);
  const feed = createFeed(database, newId());
  let sweptAt = Number.NEGATIVE_INFINITY;

  /** Beside a write, once in an hour; whatever fails is done by the next. */
  const sweep = (): void => {
    if (performance.now() - sweptAt < SWEEP_MS) return;
    sweptAt = performance.now();
    void removeExpired(database, clock.now()).catch(() => {});
  };

  return {
    kind: 'postgres',
    place: withoutSecrets(address),
    lasts: true,
    account(account) {
      const { append, read, claim } = createLogs(account, { database, clock, newId, feed });
      return {
        lasts: true,
        async append(log, entry) {
          await append(log, entry);
          sweep();
        },
        read,
        claim,
        hold: createHold(database, account, newId),
        ...createSnapshots(database, account, { clock, newId }),
        isUnchanged: (log, since) => feed.isUnchanged(account, log, since),
      };
    },
    update: createSharedValues(database, newId),
    report: () => database.run((sql) => reportOf(sql, clock.now())),
    async forget() {
      const removed = await database.run((sql) => reportOf(sql, clock.now()));
      await database.run(
        (sql) =>
          sql`truncate sent_contacts_mcp.account, sent_contacts_mcp.entry, sent_contacts_mcp.claim,
            sent_contacts_mcp.hold, sent_contacts_mcp.shared_value, sent_contacts_mcp.snapshot,
            sent_contacts_mcp.snapshot_part`,
      );
      return removed;
    },
    async close() {
      await feed.close();
      await database.close();
    },
  };
}

type Sql = Parameters<Parameters<Database['run']>[0]>[0];

async function reportOf(sql: Sql, now: number): Promise<StateReport> {
  const [count] = await sql`
    select (select count(*) from (
        select name from sent_contacts_mcp.account union select account from sent_contacts_mcp.snapshot
      ) as names) as accounts,
      (select count(*) from sent_contacts_mcp.snapshot) as snapshots,
      (select coalesce(sum(size), 0) from sent_contacts_mcp.snapshot)
        + (select coalesce(sum(octet_length(value)), 0) from sent_contacts_mcp.entry) as bytes`;
  const entries: Partial<Record<LogName, number>> = {};
  for (const log of Object.keys(LOGS) as LogName[]) {
    const since = Number.isFinite(LOGS[log]) ? now - LOGS[log] : 0;
    const [row] = await sql`
      select count(*) as found from sent_contacts_mcp.entry where log = ${log} and at > ${since}`;
    if (Number(row?.found) > 0) entries[log] = Number(row?.found);
  }
  return {
    accounts: Number(count?.accounts),
    entries,
    snapshots: Number(count?.snapshots),
    bytes: Number(count?.bytes),
    damaged: [],
  };
}

async function removeExpired(database: Database, now: number): Promise<void> {
  for (const [log, lifeMs] of Object.entries(LOGS)) {
    if (!Number.isFinite(lifeMs)) continue;
    await database.run(
      (sql) => sql`delete from sent_contacts_mcp.entry where log = ${log} and at <= ${now - lifeMs}`,
    );
    await database.run(
      (sql) => sql`delete from sent_contacts_mcp.claim where log = ${log} and at <= ${now - lifeMs}`,
    );
  }
  await database.run(
    (sql) => sql`delete from sent_contacts_mcp.hold where until < clock_timestamp() - interval '1 day'`,
  );
  await database.run(
    (sql) => sql`
      delete from sent_contacts_mcp.snapshot_part as part where at <= ${now - DAY_MS}
        and not exists (select from sent_contacts_mcp.snapshot as kept where kept.version = part.version)`,
  );
}

function withoutSecrets(address: string): string {
  const { protocol, host, pathname } = new URL(address);
  return `${protocol}//${host}${pathname}`;
}
