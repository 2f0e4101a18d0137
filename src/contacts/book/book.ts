import type { Contact, Facets } from '../model/index.ts';
import type { Book, Underlay } from './book-type.ts';
import {
  type Columns,
  createFacetsTable,
  createIdColumn,
  createMetadataColumn,
  createNumberColumn,
  createTimestampColumn,
  EMPTY,
  numbersIn,
  widened,
} from './columns/index.ts';
import { countGroups } from './grouped.ts';
import { createMatcher } from './matcher.ts';
import { createRanking } from './ranking.ts';

/** More is only believed when it comes. */
const MAX_RESERVED = 2_000_000;

/** The contacts that it gives are as they were put; what is laid under them is only searched. */
export function createBook(underlay: Underlay = () => undefined): Book {
  const ids = createIdColumn();
  /** Rows that were ever used; those that are free now are used first. */
  let end = 0;
  const free: number[] = [];
  const table = createFacetsTable();
  let facets = new Uint32Array(16);
  let passes = new Uint32Array(16);
  const columns: Columns = {
    rows: () => end,
    facetsOf: (row) => facets[row] ?? EMPTY,
    facets: table.all,
    numbers: createNumberColumn(),
    created: createTimestampColumn('created'),
    updated: createTimestampColumn('updated'),
    metadata: createMetadataColumn(),
  };
  let loads = 0;
  const { numbers, created, updated, metadata } = columns;
  const sortable = {
    isIdBefore: ids.isBefore,
    phone: numbers.text,
    phoneRank: numbers.rank,
    created: created.time,
    updated: updated.time,
  };

  function contactAt(row: number | undefined): Contact | undefined {
    if (row === undefined) return undefined;
    const { region_code, available_channels, default_channel, opt_out } = table.all()[
      facets[row] ?? EMPTY
    ] as Facets;
    return {
      id: ids.text(row),
      phone_number: numbers.text(row),
      region_code,
      available_channels,
      default_channel,
      opt_out,
      metadata: metadata.get(row),
      created_at: created.text(row),
      updated_at: updated.text(row),
    };
  }

  function widen(row: number): void {
    facets = widened(facets, row);
    passes = widened(passes, row);
  }

  function newRow(id: string): number {
    const row = free.pop() ?? end++;
    if (row >= facets.length) widen(row);
    ids.set(row, id);
    passes[row] = 0;
    facets[row] = EMPTY;
    return row;
  }

  function clear(row: number): void {
    ids.clear(row);
    numbers.clear(row);
    facets[row] = EMPTY;
    created.set(row, undefined);
    updated.set(row, undefined);
    metadata.set(row, undefined);
    free.push(row);
  }

  return {
    get size() {
      return end - free.length;
    },
    get: (id) => contactAt(ids.find(id)),
    byPhone: (e164) => contactAt(numbers.find(e164)),
    who({ id, phone = '' }) {
      const row = id === undefined ? numbers.find(phone) : ids.find(id);
      if (row === undefined) return undefined;
      const { region_code, opt_out } = table.all()[facets[row] ?? EMPTY] as Facets;
      return { id: ids.text(row), phone_number: numbers.text(row), region_code, opt_out };
    },
    has: ({ phone }) => numbers.find(phone) !== undefined,
    *phones() {
      for (let row = 0; row < end; row++) if (facets[row] !== EMPTY) yield numbers.text(row);
    },
    put(contact, pass = 0) {
      const row = ids.find(contact.id) ?? newRow(contact.id);
      if (facets[row] === EMPTY || numbers.text(row) !== contact.phone_number)
        numbers.set(row, contact.phone_number);
      facets[row] = table.numberOf(contact);
      created.set(row, contact.created_at);
      updated.set(row, contact.updated_at);
      metadata.set(row, contact.metadata, underlay(contact));
      if (pass === 0) return true;
      const isNew = passes[row] !== pass;
      passes[row] = pass;
      return isNew;
    },
    reserve(contacts) {
      if (contacts > MAX_RESERVED || contacts <= facets.length) return;
      widen(contacts - 1);
      for (const column of [ids, numbers, created, updated, metadata]) column.reserve(contacts);
    },
    remove(id) {
      const row = ids.find(id);
      if (row !== undefined) clear(row);
    },
    layUnder(key) {
      const row = 'id' in key ? ids.find(key.id) : numbers.find(key.phone);
      if (row === undefined) return;
      const contact = { id: ids.text(row), phone_number: numbers.text(row) };
      metadata.set(row, metadata.get(row), underlay(contact));
    },
    get loads() {
      return loads;
    },
    save() {
      const parts = [
        ids.save(end),
        numbers.save(end),
        created.save(end),
        updated.save(end),
        metadata.save(end),
      ];
      return {
        columns: Object.assign({ facets: facets.slice(0, end) }, ...parts.map((part) => part.columns)),
        facts: Object.assign({ rows: end, facets: table.all() }, ...parts.map((part) => part.facts)),
      };
    },
    load(packed) {
      const rows = Number(packed.facts.rows);
      const numberOf = (packed.facts.facets as Facets[]).map(table.numberOf);
      const kept = numbersIn(packed.columns.facets, Uint32Array, Math.max(16, rows));
      facets = kept.map((facet, row) => (row < rows && facet !== EMPTY ? (numberOf[facet] ?? EMPTY) : EMPTY));
      passes = new Uint32Array(facets.length);
      end = rows;
      free.length = 0;
      for (let row = 0; row < rows; row++) if (facets[row] === EMPTY) free.push(row);
      const isEmpty = (row: number) => facets[row] === EMPTY;
      ids.load(packed, rows, isEmpty);
      numbers.load(packed, rows, isEmpty);
      created.load(packed, rows);
      updated.load(packed, rows);
      metadata.load(packed, rows);
      loads++;
    },
    hasMetadata: () => metadata.cells().length > 0,
    isOf(id, pass) {
      const row = ids.find(id);
      return row !== undefined && passes[row] === pass;
    },
    sweep(pass) {
      for (let row = 0; row < end; row++) if (facets[row] !== EMPTY && passes[row] !== pass) clear(row);
    },
    startingWith(typed, most) {
      const digits = typed.replace(/[\s().-]/g, '');
      const plus = digits.startsWith('+') ? digits : `+${digits}`;
      const found: string[] = [];
      for (let row = 0; row < end; row++) {
        if (facets[row] === EMPTY) continue;
        const id = ids.text(row);
        if (id.startsWith(typed) || (plus !== '+' && numbers.text(row).startsWith(plus))) found.push(id);
        if (found.length >= most) break;
      }
      return found;
    },
    search(criteria, sort, limit, without = [], isExcluded) {
      const left = new Uint8Array(end);
      for (const id of without) {
        const row = ids.find(id);
        if (row !== undefined) left[row] = 1;
      }
      const ranking = createRanking(sort, limit, sortable);
      // The API lists the newest first: from the end on, the oldest are soon found, and little changes after.
      let total = 0;
      createMatcher(criteria, columns).each((row, score) => {
        if (isExcluded?.(numbers.text(row))) return;
        total++;
        if (left[row] === 0) ranking.add(row, score);
      }, sort === 'oldest');
      const rows = ranking.rows();
      return {
        total,
        contacts: rows.map((row) => contactAt(row) as Contact),
        more: ranking.given > rows.length,
      };
    },
    group: (criteria, by, isExcluded) => countGroups(criteria, by, columns, isExcluded),
  };
}
