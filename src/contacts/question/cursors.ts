import { AppError } from '../../errors.ts';
import type { Stored } from './stored.ts';

/** Where a page ended, as it is written down: what this page showed, and the cursor of the page before it. */
export type CursorEntry<T> = { place: T; ids: readonly string[]; before?: string };

/** Remembers where a page ended; a cursor works for 24 hours in every process that shares the state. */
export type Cursors<T> = {
  /** @param before the cursor of the page before, whose ids count as shown too. */
  put(place: T, ids: readonly string[], before: string | undefined): Promise<string>;
  /**
   * The place and the ids of all pages up to it.
   * @throws AppError `invalid_input` for a cursor that is made up, of another account or too old.
   */
  take(cursor: string): Promise<{ place: T; shown: readonly string[] }>;
};

export const createCursors = <T>(stored: Stored<CursorEntry<T>>): Cursors<T> => ({
  async put(place, ids, before) {
    const { handle } = await stored.put({ place, ids, ...(before !== undefined && { before }) });
    return handle;
  },
  async take(cursor) {
    const last = await stored.get(cursor);
    const shown: string[] = [];
    for (let page = last; page !== undefined; ) {
      shown.push(...page.ids);
      if (page.before === undefined) return { place: (last as CursorEntry<T>).place, shown };
      page = await stored.get(page.before);
    }
    throw new AppError('invalid_input', 'The cursor is unknown or older than a day.', {
      next: 'Make the same call without cursor to begin again.',
    });
  },
});
