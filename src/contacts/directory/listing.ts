import type { Contact } from '../model/index.ts';
import type { Directory } from './directory.ts';

/** The page of the API that comes next, of the same size through a whole run, and the count that the last one told. */
export type ListingPosition = { page: number; pageSize: number; total: number };
export type ListingPage = { contacts: Contact[]; total: number; next: ListingPosition | undefined };

/**
 * Pages of the account in the API's own order, one request each. Rows that moved meanwhile are neither shown twice nor
 * missed: what was shown is left out, and where contacts have gone, so that others moved up, the page before is
 * looked at again.
 * Gives undefined where the API does not keep to pages.
 */
export function createListing(directory: Directory) {
  return async (
    position: ListingPosition | undefined,
    shown: readonly string[],
    limit: number,
    signal: AbortSignal,
  ): Promise<ListingPage | undefined> => {
    const { page, pageSize, total: before } = position ?? { page: 1, pageSize: limit, total: 0 };
    const read = async (number: number) => {
      const { contacts, pagination } = await directory.list({ page: number, pageSize }, signal);
      const total = pagination?.total_count;
      if (total === undefined || contacts.length > pageSize) return undefined;
      return { contacts, total, more: pagination?.has_more ?? number * pageSize < total };
    };

    const here = await read(page);
    if (here === undefined) return undefined;
    const missed = here.total < before ? await read(page - 1) : undefined;
    const known = new Set(shown);
    const fresh = [...(missed?.contacts ?? []), ...here.contacts].filter(({ id }) => {
      const isNew = !known.has(id);
      known.add(id);
      return isNew;
    });
    const contacts = fresh.slice(0, limit);
    // What does not fit is shown with the page again; the same count says that the page before needs no third look.
    const isLeft = fresh.length > contacts.length;
    const goesOn = isLeft || (here.more && here.contacts.length > 0);
    const next = { page: isLeft ? page : page + 1, pageSize, total: here.total };
    return { contacts, total: here.total, next: goesOn ? next : undefined };
  };
}
