import { describe, expect, test } from 'vitest';
import { createBook } from '../../src/contacts/book/book.ts';
import type { Contact } from '../../src/contacts/model/contact.ts';
import { createNotes } from '../../src/contacts/people/notes.ts';
import { createOverlay } from '../../src/contacts/people/overlay.ts';
import { readCriteria } from '../../src/contacts/question/criteria.ts';
import { readGroupBy } from '../../src/contacts/question/grouping.ts';
import type { Position, StoredEntry } from '../../src/state/index.ts';

/** A log that several readers share. */
function log() {
  const entries: StoredEntry[] = [];
  return {
    entries,
    isUnchanged: () => false,
    append: async (_: string, entry: object) => void entries.push({ ...entry, at: 0 }),
    read: async (_: string, after?: Position) => ({
      entries: entries.slice(Number(after ?? 0)),
      position: String(entries.length) as Position,
    }),
  };
}
const person = (id: string, phone_number: string, metadata?: Record<string, unknown>): Contact => ({
  id,
  phone_number,
  region_code: 'ES',
  available_channels: ['sms'],
  default_channel: undefined,
  opt_out: false,
  metadata,
  created_at: undefined,
  updated_at: undefined,
});

describe('notes', () => {
  test('two changes at once lose neither, in every process; null removes a key', async () => {
    const state = log();
    const [one, other] = [createNotes(state), createNotes(state)];
    await Promise.all([one.set('c1', { a: 2 }), other.set('c1', { b: 2 }), one.set('c2', { vip: true })]);
    expect(await one.of('c1')).toEqual({ a: 2, b: 2 });
    expect(await other.of('c1')).toEqual({ a: 2, b: 2 });
    await other.set('c1', { a: null });
    expect(await one.of('c1')).toEqual({ b: 2 });
    expect(Object.keys(state.entries.at(-1) ?? {})).toEqual(['contact_id', 'changes', 'at']);
    await one.removeContact('c1');
    expect([...(await other.all())]).toEqual([['c2', { vip: true }]]);
  });

  test('are caught up only where something may have been written; of one contact, and after a change, always', async () => {
    const state = log();
    let isUnchanged = false;
    const notes = createNotes({ ...state, isUnchanged: () => isUnchanged });
    await notes.catchUp();
    isUnchanged = true;
    const other = createNotes(state);
    await other.set('c1', { a: 1 });
    await notes.catchUp();
    expect(notes.known('c1')).toBeUndefined();
    expect(await notes.of('c1')).toEqual({ a: 1 });
    await other.set('c1', { a: 2 });
    await notes.set('c2', { a: 3 });
    expect(notes.known('c1')).toEqual({ a: 2 });
    await other.set('c1', { a: 4 });
    isUnchanged = false;
    await notes.catchUp();
    expect(notes.known('c1')).toEqual({ a: 4 });
  });

  test('a torn or foreign entry costs only itself', async () => {
    const state = log();
    state.entries.push({ at: 0, other: 1 }, { at: 0, contact_id: 'c1', changes: null });
    const notes = createNotes(state);
    await notes.set('c1', { __proto__x: 1 });
    expect(await notes.of('c1')).toEqual({ __proto__x: 1 });
  });

  test('what cannot be written was not noted, and what cannot be read is asked for again', async () => {
    const state = log();
    let broken = true;
    const notes = createNotes({
      ...state,
      append: (name, entry) => (broken ? Promise.reject(new Error('full')) : state.append(name, entry)),
    });
    await expect(notes.set('c1', { a: 1 })).rejects.toThrow('full');
    expect(await notes.of('c1')).toEqual({});
    broken = false;
    await notes.set('c1', { a: 1 });
    expect(await notes.of('c1')).toEqual({ a: 1 });
  });
});

test("the API's own metadata stands over notes, and notes over the address book", async () => {
  const notes = createNotes(log());
  const addressBook = {
    fieldsOf: (e164: string) =>
      e164 === '+34612345678' ? { name: 'Ana', city: 'Sevilla', tier: 'c' } : undefined,
  };
  const overlay = createOverlay({ addressBook, notes });
  const book = createBook(overlay.metadataUnder);
  const ana = person('c1', '+34612345678', { name: 'Anna', plan: 'pro' });
  book.put(ana);
  book.put(person('c2', '+34612345679'));
  await notes.set('c1', { tier: 'gold', name: 'Nobody', plan: 'free' });
  await notes.set('c2', { tier: 'gold' });
  for (const id of notes.takeChanged()) book.layUnder({ id });

  expect(overlay.enrich(ana)).toEqual({
    ...ana,
    metadata: { name: 'Anna', plan: 'pro', tier: 'gold', city: 'Sevilla' },
    from_address_book: ['city'],
    kept_here: ['tier'],
  });
  expect(book.get('c1')).toEqual(ana); // As it was put.
  const found = (query: object) =>
    book.search(readCriteria(query, 0), 'phone_number', 10).contacts.map(({ id }) => id);
  expect(found({ query: 'sevilla gold' })).toEqual(['c1']);
  expect(found({ metadata: { tier: 'gold' } })).toEqual(['c1', 'c2']);
  expect(found({ query: 'nobody' })).toEqual([]);
  expect(found({ metadata: { plan: 'free' } })).toEqual([]);
  expect(book.group(readCriteria({}, 0), readGroupBy('metadata.tier')).groups).toEqual([
    { value: 'gold', count: 2 },
  ]);

  await notes.removeContact('c2');
  for (const id of notes.takeChanged()) book.layUnder({ id });
  expect(found({ query: 'gold' })).toEqual(['c1']);
});
