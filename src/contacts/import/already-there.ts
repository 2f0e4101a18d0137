import type { Clock } from '../../runtime/index.ts';
import { MAX_PAGE_SIZE, type SentClient } from '../../sent/index.ts';
import { createDirectory } from '../directory/index.ts';

/**
 * The numbers of a list that are contacts already, from reading the account at 100 a page. Where that would take
 * more requests than asking for each number, and where the account cannot be read, none.
 */
export async function alreadyThere(
  numbers: readonly string[],
  client: SentClient,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<ReadonlySet<string>> {
  const there = new Set<string>();
  const directory = createDirectory(client, { clock });
  try {
    const { pagination } = await client.listContacts({ page: 1, pageSize: 1 }, { signal });
    const total = pagination?.total_count ?? Number.POSITIVE_INFINITY;
    if (total / MAX_PAGE_SIZE >= numbers.length) return there;
    const caller = { signal, progress: () => {} };
    while (!signal.aborted && !(await directory.ready(caller)).complete);
    if (!signal.aborted)
      for (const e164 of numbers) if (directory.book.byPhone(e164) !== undefined) there.add(e164);
  } catch {
    // What keeps the account from being read will be said of the import itself.
  } finally {
    directory.close();
  }
  return there;
}
