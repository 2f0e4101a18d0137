import type { Hold } from '../state.ts';
import type { Database } from './database.ts';

/** A holder that has not renewed its hold for so long is gone. */
const LEASE_SECONDS = 8;
const RENEW_MS = 2_000;

/**
 * A hold is a row that its holder renews; it needs no connection of its own, so that it works behind a pooler. After a
 * restart of the database nobody takes over a hold before its holder had the time to renew it.
 */
export function createHold(database: Database, account: string, newId: () => string) {
  return async (name: string): Promise<Hold | undefined> => {
    const id = newId();
    const taken = await database.run(
      (sql) => sql`
        insert into sent_contacts_mcp.hold as h (account, name, id, until)
        values (${account}, ${name}, ${id}, clock_timestamp() + make_interval(secs => ${LEASE_SECONDS}))
        on conflict (account, name) do update set id = excluded.id, until = excluded.until
          where h.id = excluded.id or (h.until < clock_timestamp()
            and pg_postmaster_start_time() < clock_timestamp() - make_interval(secs => ${LEASE_SECONDS}))
        returning id`,
    );
    if (taken.length === 0) return undefined;

    const renew = () =>
      database.run(
        (sql) => sql`
          update sent_contacts_mcp.hold set until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
          where account = ${account} and name = ${name} and id = ${id}`,
      );
    const renewing = setInterval(() => void renew().catch(() => {}), RENEW_MS).unref();
    return {
      async release() {
        clearInterval(renewing);
        // Where the database is away, the hold ends by itself.
        await database
          .run((sql) => sql`delete from sent_contacts_mcp.hold where account = ${account} and id = ${id}`)
          .catch(() => {});
      },
    };
  };
}
