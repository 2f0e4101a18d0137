/** What processes tell each other of changes to contacts. */
import { describe, expect, it } from 'vitest';
import { type Change, createChangeFeed } from '../../src/contacts/directory/change-feed.ts';
import { AppError } from '../../src/errors.ts';
import { createMemoryStore } from '../../src/state/memory.ts';
import type { AccountState } from '../../src/state/state.ts';
import { START } from '../virtual-clock.ts';

type State = Pick<AccountState, 'append' | 'read' | 'isUnchanged'>;
const stateOf = (change: Partial<State> = {}): State => ({
  ...createMemoryStore({ now: () => START }, { lasts: true }).account('a'),
  ...change,
});
const failing = (error: Error) => async () => {
  throw error;
};
const unavailable = new AppError('unavailable', 'The disk is full.');
const removals = (count: number): Change[] => Array.from({ length: count }, (_, n) => ({ removed: `c${n}` }));
const contact = { id: 'c', phone_number: '+34612345678', available_channels: [] };

async function readBy(feed: ReturnType<typeof createChangeFeed>): Promise<unknown[]> {
  const found: unknown[] = [];
  await feed.read((change, at) => void found.push([change, at]));
  return found;
}

describe('the feed of changes', () => {
  it('tells every process each change once, in their order', async () => {
    const state = stateOf();
    const [one, other] = [createChangeFeed(state), createChangeFeed(state)];
    const [first, second, third] = removals(3) as [Change, Change, Change];
    await one.tell(first);
    const both = await Promise.all([readBy(other), readBy(other)]);
    expect(both).toEqual([[[first, START]], []]);
    await Promise.all([other.tell(second), one.tell(third)]);
    expect(await readBy(other)).toEqual([
      [second, START],
      [third, START],
    ]);
    expect(await createChangeFeed(state).all()).toEqual(
      [first, second, third].map((change) => ({ change, at: START })),
    );
  });

  it('is read only where something may have been written since', async () => {
    let isUnchanged = true;
    const asked: unknown[] = [];
    const state = stateOf({
      isUnchanged(...since) {
        asked.push(since);
        return isUnchanged;
      },
    });
    const [first, second] = removals(2) as [Change, Change];
    await state.append('contacts', { changes: [first] });
    const { position } = await state.read('contacts');
    const feed = createChangeFeed(state);
    expect(await readBy(feed)).toEqual([[first, START]]);
    expect(asked).toEqual([]);
    await state.append('contacts', { changes: [second] });
    expect(await readBy(feed)).toEqual([]);
    expect(asked).toEqual([['contacts', position]]);
    isUnchanged = false;
    expect(await readBy(feed)).toEqual([[second, START]]);
  });

  it('writes what comes together as one entry, of 200 at most', async () => {
    const sizes: number[] = [];
    const feed = createChangeFeed(
      stateOf({ append: async (_log, entry) => void sizes.push((entry.changes as unknown[]).length) }),
    );
    await Promise.all(removals(450).map(feed.tell));
    expect(sizes).toEqual([200, 200, 50]);
  });

  it.each<[what: string, entry: object, changes: number]>([
    [
      'a removal, a contact and a moment',
      { changes: [{ removed: 'c' }, { changed: contact }, { kept: 5 }] },
      3,
    ],
    ['no list', { changes: { removed: 'c' } }, 0],
    ['nothing', { changes: [null, {}, 7, { removed: 7 }, { kept: '5' }, { changed: null }] }, 0],
    [
      'no contact',
      {
        changes: [
          { changed: { ...contact, id: 7 } },
          { changed: { ...contact, phone_number: undefined } },
          { changed: { ...contact, available_channels: 'sms' } },
        ],
      },
      0,
    ],
  ])('reads of an entry with %s what it understands', async (_what, entry, changes) => {
    const state = stateOf();
    await state.append('contacts', entry as never);
    expect(await readBy(createChangeFeed(state))).toHaveLength(changes);
  });

  it('that cannot be written or read says why until it can; a mistake of ours is not hidden', async () => {
    let error: Error | undefined = unavailable;
    const state = stateOf();
    const feed = createChangeFeed({
      ...state,
      append: async (...entry) => (error ? failing(error)() : state.append(...entry)),
      read: async (...from) => (error ? failing(error)() : state.read(...from)),
    });
    const [change] = removals(1) as [Change];
    await feed.tell(change);
    expect(feed.problem()).toBe(unavailable);
    expect([await readBy(feed), await feed.all(), feed.problem()]).toEqual([[], undefined, unavailable]);
    error = undefined;
    await feed.tell(change);
    expect(feed.problem()).toBeUndefined();
    expect(await feed.all()).toHaveLength(1);
    error = new TypeError('a mistake of ours');
    await expect(feed.all()).rejects.toBe(error);
  });

  it('is empty where nothing is shared', async () => {
    const feed = createChangeFeed(undefined);
    await feed.tell({ removed: 'c' });
    expect([await readBy(feed), await feed.all(), feed.problem()]).toEqual([[], [], undefined]);
  });
});
