import type { ListingPosition } from './directory/index.ts';
import type { Contact } from './model/index.ts';
import type { SearchInput, Sort } from './question/index.ts';
import { partsIn, type SelectionPart } from './selection-part.ts';

/** What is asked; the same on every page of an answer. */
export type Question = SearchInput & {
  phone_number?: string | undefined;
  selection?: string | undefined;
  sort?: Sort | undefined;
  group_by?: string | undefined;
};
/** @property limit contacts on a page; 0 only counts. */
export type SearchRequest = Question & { limit: number; cursor?: string | undefined };

export type SearchResult = {
  /** All matches, not only those of this page. */
  total: number;
  contacts: readonly Contact[];
  groups?: { value: string; count: number }[];
  /** A handle for all matches; where there are any. */
  selection?: string;
  next_cursor?: string;
  /** False when the account had not been read whole: there may be more matches. */
  complete: boolean;
  /** ISO 8601: the moment as of which the account is known, where that is more than a minute ago. */
  as_of?: string;
  /** How the question was read, in a few words. */
  read_as: string;
  warnings?: string[];
  /** The times that the question is about. */
  times: readonly ('created_at' | 'updated_at')[];
};

/** Where a page ended. `asked` fixes spans of time. */
export type SearchPosition = {
  question: Question;
  parts: readonly SelectionPart[];
  selection?: string | undefined;
  listing?: ListingPosition;
};
/** A position that another process wrote down; undefined for what is none. */
export function positionIn(value: object): SearchPosition | undefined {
  const position = value as SearchPosition;
  return partsIn(position) !== undefined && typeof position.question === 'object' ? position : undefined;
}
