import type { Sql } from 'postgres';
import { AppError } from '../../errors.ts';

/** A number of our own, so that only servers of this kind wait for each other. */
const MIGRATION_LOCK = 7_365_019_242;

/**
 * What leads from each version of the schema to the next; what is written here once is never changed.
 *
 * `account.seq` numbers the entries of an account in the order in which they are committed, since the row stays locked
 * until then; an identity column would not: a later number may be committed first, and whoever reads on from there
 * never sees the earlier one. It is the time in microseconds or more, so that an account made anew goes on above, and so
 * does one that lost its last entries in a crash.
 */
const MIGRATIONS = [
  `create table sent_contacts_mcp.account (name text primary key, seq bigint not null);
   create table sent_contacts_mcp.entry (
     account text not null, seq bigint not null, log text not null, at bigint not null,
     id uuid not null unique, value text not null, primary key (account, seq)
   );
   create index on sent_contacts_mcp.entry (account, log, seq);
   create index on sent_contacts_mcp.entry (log, at);
   create table sent_contacts_mcp.claim (
     account text not null, log text not null, key text not null, id uuid not null, at bigint not null,
     primary key (account, log, key)
   );
   create table sent_contacts_mcp.hold (
     account text not null, name text not null, id uuid not null, until timestamptz not null,
     primary key (account, name)
   );
   create table sent_contacts_mcp.snapshot (
     account text not null, name text not null, version uuid not null, saved_at bigint not null,
     size bigint not null, primary key (account, name)
   );
   create table sent_contacts_mcp.snapshot_part (
     version uuid not null, part int not null, bytes bytea not null, primary key (version, part)
   );
   alter table sent_contacts_mcp.snapshot_part alter column bytes set storage external;`,

  // Written before each request and worth nothing after a crash: without the log of the database, and in place.
  `create unlogged table sent_contacts_mcp.shared_value (
     account text not null, name text not null, version uuid not null, value text not null,
     primary key (account, name)
   ) with (fillfactor = 30);`,

  // Parts that belong to no snapshot, since whoever wrote them did not come to its end, are removed by their age.
  `alter table sent_contacts_mcp.snapshot_part add column at bigint not null default 0;`,
];

/** One message, and so one transaction: the driver's own ends the process where the connection fails in the middle. */
const BRING_UP_TO_DATE = `
  select pg_advisory_xact_lock(${MIGRATION_LOCK});
  create schema if not exists sent_contacts_mcp;
  create table if not exists sent_contacts_mcp.version (number int not null);
  do $all$
    declare version int := coalesce((select number from sent_contacts_mcp.version), 0);
    begin
      ${MIGRATIONS.map((migration, at) => `if version <= ${at} then ${migration} end if;`).join('\n')}
      if version < ${MIGRATIONS.length} then
        delete from sent_contacts_mcp.version;
        insert into sent_contacts_mcp.version values (${MIGRATIONS.length});
      end if;
    end
  $all$`;

/**
 * Makes the schema, or brings it up to date; of many servers at once one does, and the others wait.
 * @throws AppError `unavailable` where a later version of this server has changed it.
 */
export async function migrate(sql: Sql): Promise<void> {
  const [found] = await sql`select to_regclass('sent_contacts_mcp.version') is not null as is_made`;
  if (!found?.is_made || (await versionIn(sql)) < MIGRATIONS.length) await sql.unsafe(BRING_UP_TO_DATE);
  if ((await versionIn(sql)) > MIGRATIONS.length) {
    throw new AppError(
      'unavailable',
      'The database for what lasts belongs to a later version of this server.',
      { next: 'Ask the user to update sent-contacts-mcp everywhere, and to restart it.' },
    );
  }
}

async function versionIn(sql: Sql): Promise<number> {
  const [row] = await sql`select number from sent_contacts_mcp.version`;
  return row?.number ?? 0;
}
