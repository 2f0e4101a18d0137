import type { StateStore } from '../state.ts';
import type { Database } from './database.ts';

/**
 * Values that all processes share. A change is written only over what it was made from, and made again where another
 * process was first: so no lock is ever held while a process thinks, is killed or is cut off.
 */
export function createSharedValues(
  database: Database,
  newId: () => string,
): NonNullable<StateStore['update']> {
  return (account, name, change) =>
    database.run(async (sql) => {
      for (;;) {
        const [found] = await sql`
          select version, value, extract(epoch from clock_timestamp()) * 1000 as now
          from (values (1)) as always
          left join sent_contacts_mcp.shared_value on account = ${account} and name = ${name}`;
        const before = found?.version ?? undefined;
        const changed = change(before && JSON.parse(found?.value), Number(found?.now));
        const [version, value] = [newId(), JSON.stringify(changed)];
        const done = before
          ? await sql`
              update sent_contacts_mcp.shared_value set version = ${version}, value = ${value}
              where account = ${account} and name = ${name} and version = ${before} returning 1`
          : await sql`
              insert into sent_contacts_mcp.shared_value (account, name, version, value)
              values (${account}, ${name}, ${version}, ${value}) on conflict do nothing returning 1`;
        if (done.length > 0) return changed;
      }
    });
}
