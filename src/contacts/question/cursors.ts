import { AppError } from '../../errors.ts';
import { createStored, type StoredOptions } from './stored.ts';

/** Remembers where a page ended; a cursor works for 24 hours in every process that shares the state. */
export type Cursors<T> = {
  /**
   * @param shown what this page shows, to be left out of those after it.
   * @param before the cursor of the page before, whose ids count as shown too.
   */
  put(position: T, shown?: readonly string[], before?: string): Promise<string>;
  /**
   * The position, and what all pages up to it have shown.
   * @throws AppError `invalid_input` for a cursor that is made up, of another account or too old.
   */
  take(cursor: string): Promise<{ position: T; shown: readonly string[] }>;
};

/** What is written down of a page: the ids that it shows itself; those before are found by the cursor before. */
type Page<T> = { position: T; ids: readonly string[]; before?: string };

/** @param read checks a position that another process wrote; undefined for what is none. */
export function createCursors<T extends object>(
  options: StoredOptions,
  read: (position: object) => T | undefined,
): Cursors<T> {
  const stored = createStored<Page<T>>({ ...options, log: 'cursors', prefix: '' }, (entry) => {
    const { position, ids, before } = entry as Partial<Page<object>>;
    const known = typeof position === 'object' && position !== null ? read(position) : undefined;
    if (known === undefined || !Array.isArray(ids)) return undefined;
    return { position: known, ids, ...(typeof before === 'string' && { before }) };
  });

  return {
    async put(position, ids = [], before) {
      const { handle, lasts } = stored.put({ position, ids, ...(before !== undefined && { before }) });
      await lasts;
      return handle;
    },
    async take(cursor) {
      const last = await stored.get(cursor);
      const shown: string[] = [];
      for (let page = last; page !== undefined; ) {
        shown.push(...page.ids);
        if (page.before === undefined) return { position: (last as Page<T>).position, shown };
        page = await stored.get(page.before);
      }
      throw new AppError('invalid_input', 'The cursor is unknown or older than a day.', {
        next: 'Make the same call without cursor to begin again.',
      });
    },
  };
}
