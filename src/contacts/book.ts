import { isDeepStrictEqual } from 'node:util';
import type { Contact } from './contact.ts';
import { type Criteria, fits, type Sort } from './criteria.ts';
import { scoreNumber } from './text-query.ts';
import { createVocabulary, type Vocabulary } from './vocabulary.ts';

/** Where a page ended, in the order of its sort. */
export type Position = { key: number | string; tie: number; id: string };
/** `next` is the position to go on after, where more is to come. */
export type Found = { total: number; contacts: Contact[]; next: Position | undefined };

/**
 * Contacts in memory, found by id, by number and by question. Rows are never changed: a changed contact gets a new
 * row, and its old one is left empty until the next clean-up, so that the words of the text search stay true.
 */
export type Book = {
  readonly size: number;
  get(id: string): Contact | undefined;
  byPhone(e164: string): Contact | undefined;
  put(contact: Contact): void;
  remove(id: string): void;
  all(): IterableIterator<Contact>;
  /** Counts all that fits; gives the best `limit` after a position, each exactly once over all pages. */
  search(criteria: Criteria, sort: Sort, limit: number, after?: Position): Found;
  /** Counts what fits by group, most first. */
  group(criteria: Criteria, groupsOf: (contact: Contact) => readonly string[]): Grouped;
};
export type Grouped = { total: number; groups: { value: string; count: number }[] };

export function createBook(): Book {
  const rowById = new Map<string, number>();
  const rowByPhone = new Map<string, number>();
  const share = createSharing();
  let rows: (Contact | undefined)[] = [];
  let created = new Float64Array(1024);
  let updated = new Float64Array(1024);
  let vocabulary: Vocabulary = createVocabulary();

  const append = (contact: Contact): void => {
    const row = rows.length;
    if (row === created.length) {
      created = grown(created);
      updated = grown(updated);
    }
    rows.push(contact);
    created[row] = timeOf(contact.created_at);
    updated[row] = timeOf(contact.updated_at);
    rowById.set(contact.id, row);
    rowByPhone.set(contact.phone_number, row);
    vocabulary.add(row, contact);
  };
  const empty = (row: number): void => {
    const contact = rows[row];
    if (contact === undefined) return;
    rows[row] = undefined;
    rowById.delete(contact.id);
    if (rowByPhone.get(contact.phone_number) === row) rowByPhone.delete(contact.phone_number);
  };
  const cleanUp = (): void => {
    const kept = rows.filter((contact) => contact !== undefined);
    rows = [];
    vocabulary = createVocabulary();
    for (const contact of kept) append(contact);
  };

  /** How well a contact fits a text: the sum over its parts, or -1 where a part is not found. */
  const scorer = (text: Criteria['text']): ((row: number, contact: Contact) => number) => {
    if (text === undefined) return () => 0;
    const regions = new Set<string>();
    for (const contact of rows) if (contact?.region_code !== undefined) regions.add(contact.region_code);
    const words = text.words.map((word) => vocabulary.find(word, rows.length, regions));
    const numbers = text.numbers.map((part) => ({
      part,
      words: part.words.map((word) => vocabulary.find(word, rows.length, [])),
    }));
    return (row, contact) => {
      let score = 0;
      for (const hits of words) {
        const fit = Math.max(hits.rows[row] ?? 0, hits.regions.get(contact.region_code ?? '') ?? 0);
        if (fit === 0) return -1;
        score += fit;
      }
      for (const { part, words } of numbers) {
        const inMetadata = words.every((hits) => (hits.rows[row] ?? 0) > 0) ? NUMBER_IN_METADATA : 0;
        const fit = Math.max(scoreNumber(contact.phone_number, part), inMetadata);
        if (fit === 0) return -1;
        score += fit;
      }
      return score;
    };
  };

  /** Calls `use` for each contact that fits. */
  const scan = (criteria: Criteria, use: (row: number, contact: Contact, score: number) => void): void => {
    const scoreOf = scorer(criteria.text);
    for (let row = 0; row < rows.length; row++) {
      const contact = rows[row];
      if (
        contact === undefined ||
        !fits(criteria, contact, created[row] ?? Number.NaN, updated[row] ?? Number.NaN)
      ) {
        continue;
      }
      const score = scoreOf(row, contact);
      if (score >= 0) use(row, contact, score);
    }
  };

  return {
    get size() {
      return rowById.size;
    },
    get: (id) => rows[rowById.get(id) ?? -1],
    byPhone: (e164) => rows[rowByPhone.get(e164) ?? -1],
    *all() {
      for (const contact of rows) if (contact !== undefined) yield contact;
    },
    put(contact) {
      const old = rowById.get(contact.id);
      if (old !== undefined) {
        if (sameContact(rows[old], contact)) return;
        empty(old);
      }
      append(share(contact));
      if (rows.length > 1000 && rows.length > 1.25 * rowById.size) cleanUp();
    },
    remove(id) {
      const row = rowById.get(id);
      if (row !== undefined) empty(row);
    },
    search(criteria, sort, limit, after) {
      const rank = RANKS[sort];
      const best: { contact: Contact; at: Position }[] = [];
      let total = 0;
      let ahead = 0;
      scan(criteria, (row, contact, score) => {
        total++;
        const key = rank(contact, score, created[row] ?? Number.NaN, updated[row] ?? Number.NaN);
        const at: Position = { key, tie: -orLast(created[row]), id: contact.id };
        if (after && compare(at, after) <= 0) return;
        ahead++;
        const worst = best[best.length - 1];
        if (worst && best.length === limit && compare(at, worst.at) >= 0) return;
        let place = best.length;
        while (place > 0 && compare(at, (best[place - 1] as { at: Position }).at) < 0) place--;
        best.splice(place, 0, { contact, at });
        if (best.length > limit) best.pop();
      });
      const next = ahead > best.length ? best[best.length - 1]?.at : undefined;
      return { total, contacts: best.map(({ contact }) => contact), next };
    },
    group(criteria, groupsOf) {
      const counts = new Map<string, number>();
      let total = 0;
      scan(criteria, (_row, contact) => {
        total++;
        for (const value of groupsOf(contact)) counts.set(value, (counts.get(value) ?? 0) + 1);
      });
      const groups = [...counts].map(([value, count]) => ({ value, count }));
      groups.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
      return { total, groups };
    },
  };
}

/** The score of digits found as words of the metadata, below any place in the number. */
const NUMBER_IN_METADATA = 2;

/** Smaller comes first. What has no time comes last. */
const RANKS: Record<
  Sort,
  (contact: Contact, score: number, created: number, updated: number) => number | string
> = {
  relevance: (_contact, score) => -score,
  newest: (_contact, _score, created) => -orLast(created),
  oldest: (_contact, _score, created) => (Number.isNaN(created) ? Number.POSITIVE_INFINITY : created),
  recently_updated: (_contact, _score, _created, updated) => -orLast(updated),
  phone_number: (contact) => contact.phone_number,
};
const orLast = (moment: number | undefined): number =>
  moment === undefined || Number.isNaN(moment) ? Number.NEGATIVE_INFINITY : moment;

function compare(a: Position, b: Position): number {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  if (a.tie !== b.tie) return a.tie < b.tie ? -1 : 1;
  return a.id < b.id ? -1 : a.id === b.id ? 0 : 1;
}

const timeOf = (iso: string | undefined): number => (iso === undefined ? Number.NaN : Date.parse(iso));

function grown(column: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(column.length * 2);
  larger.set(column);
  return larger;
}

/** Lets contacts share the values that repeat, so that a large book stays small. */
function createSharing(): (contact: Contact) => Contact {
  const texts = new Map<string, string>();
  const lists = new Map<string, readonly string[]>();
  const text = <T>(value: T): T => {
    if (typeof value !== 'string' || value.length > 40) return value;
    const known = texts.get(value);
    if (known === undefined && texts.size < 10_000) texts.set(value, value);
    return (known as T | undefined) ?? value;
  };
  return (contact) => {
    const channels = contact.available_channels.join();
    if (!lists.has(channels)) lists.set(channels, contact.available_channels);
    const metadata =
      contact.metadata && Object.fromEntries(Object.entries(contact.metadata).map(([k, v]) => [k, text(v)]));
    return {
      ...contact,
      region_code: text(contact.region_code),
      default_channel: text(contact.default_channel),
      available_channels: lists.get(channels) ?? contact.available_channels,
      metadata,
    };
  };
}

const sameContact = (a: Contact | undefined, b: Contact): boolean =>
  a !== undefined &&
  a.phone_number === b.phone_number &&
  a.region_code === b.region_code &&
  a.default_channel === b.default_channel &&
  a.opt_out === b.opt_out &&
  a.created_at === b.created_at &&
  a.updated_at === b.updated_at &&
  a.available_channels.join() === b.available_channels.join() &&
  isDeepStrictEqual(a.metadata, b.metadata);
