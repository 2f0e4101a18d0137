import type { Contact, Who } from '../model/index.ts';
import type { Criteria, GroupBy, Sort } from '../question/index.ts';
import type { Packed } from './columns/index.ts';
import type { Grouped } from './grouped.ts';

export type Found = {
  /** All that fit, those that were left out too. */
  total: number;
  contacts: Contact[];
  /** Whether more fit than are given and left out. */
  more: boolean;
};

/** Metadata that is searched as if the contact had it, under its own; undefined for none. */
export type Underlay = (
  contact: Pick<Contact, 'id' | 'phone_number'>,
) => Readonly<Record<string, unknown>> | undefined;

/**
 * Contacts in memory, found by id, by number and by question. Kept as columns of numbers and shared values, about a
 * third of what objects take; a contact is put together again, the same to the letter, when it is asked for.
 */
export type Book = {
  readonly size: number;
  get(id: string): Contact | undefined;
  byPhone(e164: string): Contact | undefined;
  /** Of whoever has this id or number no more than sending to them takes: for thousands at once. */
  who(key: { id?: string | undefined; phone?: string | undefined }): Who | undefined;
  has(key: { phone: string }): boolean;
  /** The numbers of all contacts, in no order. */
  phones(): Iterable<string>;
  /**
   * Adds a contact or replaces the one of its id.
   * @param pass the reading that brings it; false is given back where the same reading had brought it already.
   */
  put(contact: Contact, pass?: number): boolean;
  /** Makes room for so many contacts at once: columns that grow step by step leave as much behind as they take. */
  reserve(contacts: number): void;
  remove(id: string): void;
  /** Asks anew what is laid under this contact, by its id or number; nothing where it is not here. */
  layUnder(key: { id: string } | { phone: string }): void;
  /** All contacts as bytes, without what is laid under them. */
  save(): Packed;
  /** Replaces all contacts by those that were kept; what is laid under them has to be asked anew. */
  load(packed: Packed): void;
  /** Counts how often all contacts were replaced. */
  readonly loads: number;
  /** Whether anybody has metadata, of their own or laid under it. */
  hasMetadata(): boolean;
  /** Whether this contact was brought by that reading. */
  isOf(id: string, pass: number): boolean;
  /** Removes what a reading has not brought. */
  sweep(pass: number): void;
  /** Ids that begin so, or whose number does, with or without its `+`. */
  startingWith(typed: string, most: number): string[];
  /**
   * Counts all that fit and gives the best of them.
   * @param without ids that are left out, since they were given before.
   * @param isExcluded tells numbers that are not even counted.
   */
  search(
    criteria: Criteria,
    sort: Sort,
    limit: number,
    without?: Iterable<string>,
    isExcluded?: (phone: string) => boolean,
  ): Found;
  /** Counts what fits by group, most first. */
  group(criteria: Criteria, by: GroupBy, isExcluded?: (phone: string) => boolean): Grouped;
};
