import { createHash } from 'node:crypto';
import type { Row } from 'postgres';
import type { Clock } from '../../runtime/index.ts';
import {
  type AccountState,
  CAN_BE_ASKED_AGAIN,
  LOGS,
  type LogName,
  type Position,
  type Read,
  type StoredEntry,
} from '../state.ts';
import type { Database } from './database.ts';
import { isDuplicate } from './failure.ts';
import { CHANNEL, type Feed } from './feed.ts';
import { together } from './together.ts';

export type LogOptions = {
  database: Database;
  clock: Pick<Clock, 'now'>;
  newId: () => string;
  feed: Pick<Feed, 'reads'>;
};

/** The longest key that an index takes as it is. */
const keyOf = (key: string): string =>
  key.length <= 300 ? key : `sha256:${createHash('sha256').update(key).digest('hex')}`;
const expiredAt = (log: LogName, now: number): number =>
  LOGS[log] === Number.POSITIVE_INFINITY ? Number.MIN_SAFE_INTEGER : now - LOGS[log];
const stored = ({ value, at }: { value: string; at: string }): StoredEntry => ({
  ...JSON.parse(value),
  at: Number(at),
});

/** A row without a value stands for a log that has none. */
const entriesIn = (rows: readonly Row[]): StoredEntry[] =>
  rows.flatMap(({ at, value }) => (value === null ? [] : [stored({ at, value })]));

/**
 * The time in microseconds, from which the number of an entry is taken where it is above the last one: after a crash of
 * the database no number comes again that was given to an entry which is lost.
 */
const NOW = '(extract(epoch from clock_timestamp()) * 1000000)::bigint';

/** Entries that the database looks at for one part of a log. */
const MAX_ROWS = 5_000;

type Written = { id: string; log: LogName; at: number; value: string };
type Asked = { log: LogName; after: number; since: number };

/** The logs of one account in the database. */
export function createLogs(
  account: string,
  { database, clock, newId, feed }: LogOptions,
): Pick<AccountState, 'append' | 'read' | 'claim'> {
  const append = together(async (entries: readonly Written[]) => {
    const logs = [...new Set(entries.map(({ log }) => log))];
    const told = logs.filter((log) => !CAN_BE_ASKED_AGAIN.has(log));
    await database.run(async (sql) => {
      await sql`
        with account as (
          insert into sent_contacts_mcp.account as a (name, seq)
          values (${account}, ${sql.unsafe(NOW)})
          on conflict (name) do update set seq = greatest(a.seq + ${entries.length}, ${sql.unsafe(NOW)}) returning seq
        ), entry as (
          insert into sent_contacts_mcp.entry (account, seq, log, at, id, value)
          select ${account}, a.seq - ${entries.length} + e.place, e.log, e.at, e.id, e.value from account a,
            rows from (
              json_to_recordset(${JSON.stringify(entries)}::text::json) as (id uuid, log text, at bigint, value text)
            ) with ordinality as e (id, log, at, value, place)
          returning seq
        )
        select ${
          told.length > 0
            ? sql`pg_notify(${CHANNEL}, json_build_array(${account}::text, log, account.seq)::text)
              from account, json_array_elements_text(${JSON.stringify(told)}::text::json) as log`
            : sql`set_config('synchronous_commit', 'off', true)` // Waiting for the disk would be most of what a search costs.
        }
        where exists (select from entry)`.catch((error: unknown) => {
        if (!isDuplicate(error)) throw error; // Else an earlier try had done it.
      });
    });
    return [];
  });

  const read = together(async (asked: readonly Asked[]) => {
    const ended = asked.map(({ log }) => feed.reads(account, log));
    const rows = await database.run(
      (sql) => sql`
        select q.place, a.seq as upto, e.at, e.value
        from rows from (
          json_to_recordset(${JSON.stringify(asked)}::text::json) as (log text, after bigint, since bigint)
        ) with ordinality as q (log, after, since, place)
        join sent_contacts_mcp.account a on a.name = ${account}
        left join lateral (
          select seq, at, value from sent_contacts_mcp.entry
          where account = a.name and log = q.log and seq > q.after and at > q.since order by seq
        ) as e on true
        order by q.place, e.seq`,
    );
    return asked.map(({ after }, index) => {
      const found = rows.filter(({ place }) => Number(place) === index + 1);
      const position = String(found[0]?.upto ?? after) as Position;
      ended[index]?.(position);
      return { entries: entriesIn(found), position };
    });
  });

  /** The first of these entries, of about so many bytes together: one at least, and not more than the database looks at in one go. */
  async function readPart({ log, after, since }: Asked, bytes: number): Promise<Read> {
    const ended = feed.reads(account, log);
    const rows = await database.run(
      (sql) => sql`
        select a.seq as upto, e.seq, e.at, e.value, e.next
        from sent_contacts_mcp.account a
        left join lateral (
          select * from (
            select seq, at, value, lead(seq) over one as next,
              sum(octet_length(value)) over one - octet_length(value) as before
            from (
              select seq, at, value from sent_contacts_mcp.entry
              where account = a.name and log = ${log} and seq > ${after} and at > ${since} order by seq
              limit ${MAX_ROWS}
            ) as entry window one as (order by seq)
          ) as entry where before < ${bytes}
        ) as e on true
        where a.name = ${account} order by e.seq`,
    );
    const last = rows.at(-1);
    const more = (last?.next ?? null) !== null || rows.length === MAX_ROWS;
    const position = String((more ? last?.seq : last?.upto) ?? after) as Position;
    if (!more) ended(position);
    return { entries: entriesIn(rows), position, more };
  }

  return {
    append: (log, entry) => append({ id: newId(), log, at: clock.now(), value: JSON.stringify(entry) }),
    read(log, after, bytes) {
      const asked = { log, after: Number(after ?? 0), since: expiredAt(log, clock.now()) };
      return bytes === undefined ? read(asked) : readPart(asked, bytes);
    },

    claim(log, given, entry) {
      const [id, at, value, key] = [newId(), clock.now(), JSON.stringify(entry), keyOf(given)];
      return database.run(async (sql) => {
        for (;;) {
          const won = await sql`
            with claimed as (
              insert into sent_contacts_mcp.claim as c (account, log, key, id, at)
              values (${account}, ${log}, ${key}, ${id}, ${at})
              on conflict (account, log, key) do update set id = excluded.id, at = excluded.at
                where c.at <= ${expiredAt(log, at)}
              returning id
            ), account as (
              insert into sent_contacts_mcp.account as a (name, seq)
              select ${account}, ${sql.unsafe(NOW)} from claimed
              on conflict (name) do update set seq = greatest(a.seq + 1, ${sql.unsafe(NOW)}) returning seq
            ), entry as (
              insert into sent_contacts_mcp.entry (account, seq, log, at, id, value)
              select ${account}, seq, ${log}, ${at}, ${id}, ${value} from account returning seq
            )
            select pg_notify(${CHANNEL}, json_build_array(${account}::text, ${log}::text, seq)::text) from entry`;
          if (won.length > 0) return { won: true, entry: stored({ value, at: String(at) }) };
          const [winner] = await sql`
            select c.id, e.at, e.value from sent_contacts_mcp.claim c
            join sent_contacts_mcp.entry e on e.id = c.id
            where c.account = ${account} and c.log = ${log} and c.key = ${key}`;
          // The winner may be this very claim, at a try whose answer was lost; none is there after a forget in between.
          if (winner) return { won: winner.id === id, entry: stored({ at: winner.at, value: winner.value }) };
        }
      });
    },
  };
}
