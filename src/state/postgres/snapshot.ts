import type { Clock } from '../../runtime/index.ts';
import type { AccountState } from '../state.ts';
import type { Database } from './database.ts';

/** A value goes over in parts, each in its own time, since a row is held in memory several times over. */
const PART_BYTES = 4_000_000;

export function createSnapshots(
  database: Database,
  account: string,
  { clock, newId }: { clock: Pick<Clock, 'now'>; newId: () => string },
): Pick<AccountState, 'saveSnapshot' | 'loadSnapshot'> {
  return {
    async saveSnapshot(name, bytes) {
      const [version, savedAt] = [newId(), clock.now()];
      for (let part = 0; part * PART_BYTES < bytes.length; part++) {
        const some = Buffer.from(bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES));
        await database.run(
          (sql) => sql`
            insert into sent_contacts_mcp.snapshot_part (version, part, bytes, at)
            values (${version}, ${part}, ${some}, ${savedAt}) on conflict do nothing`,
        );
      }
      await database.run(
        (sql) => sql`
          with before as materialized (
            select version from sent_contacts_mcp.snapshot where account = ${account} and name = ${name} for update
          ), head as (
            insert into sent_contacts_mcp.snapshot (account, name, version, saved_at, size)
            select ${account}, ${name}, ${version}, ${savedAt}, ${bytes.length} from (select count(*) from before) as locked
            on conflict (account, name) do update
              set version = excluded.version, saved_at = excluded.saved_at, size = excluded.size
          )
          delete from sent_contacts_mcp.snapshot_part
          where version in (select version from before where version <> ${version})`,
      );
    },

    async loadSnapshot(name) {
      for (;;) {
        const [head] = await database.run(
          (sql) => sql`
            select version, saved_at, size from sent_contacts_mcp.snapshot
            where account = ${account} and name = ${name}`,
        );
        if (head === undefined) return undefined;
        const bytes = Buffer.allocUnsafe(Number(head.size));
        let filled = 0;
        for (let part = 0; filled < bytes.length; part++) {
          const [row] = await database.run(
            (sql) => sql`
              select bytes from sent_contacts_mcp.snapshot_part where version = ${head.version} and part = ${part}`,
          );
          if (row === undefined) break; // It was replaced while it was read.
          filled += (row.bytes as Buffer).copy(bytes, filled);
        }
        if (filled === bytes.length) return { bytes, savedAt: Number(head.saved_at) };
      }
    },
  };
}
