import { describe, expect, it } from 'vitest';
import { type Freshness, freshnessOf, isDoubtful } from '../../src/contacts/directory/sync/freshness.ts';
import { createPendingWrites } from '../../src/contacts/directory/sync/pending-writes.ts';
import { createSightings } from '../../src/contacts/directory/sync/sightings.ts';
import { createVirtualClock, START } from '../virtual-clock.ts';

const MINUTE = 60_000;
const SECOND = 1_000;

describe('how fresh what is known is', () => {
  it.each<[string, Partial<Parameters<typeof freshnessOf>[0]>, Freshness]>([
    ['a small account, just read', { contacts: 300, ageMs: 4_999 }, 'fresh'],
    ['a small account after five seconds', { contacts: 300, ageMs: 5_000 }, 'too old'],
    ['a larger one after five seconds', { contacts: 301, ageMs: 5_000 }, 'fresh'],
    ['up to a minute', { ageMs: MINUTE - 1 }, 'fresh'],
    ['from a minute on', { ageMs: MINUTE }, 'stale'],
    ['longer where reading takes long', { ageMs: 2 * MINUTE, tookMs: 41 * SECOND }, 'fresh'],
    ['until three readings are over', { ageMs: 2 * MINUTE, tookMs: 40 * SECOND }, 'stale'],
    ['up to a quarter of an hour', { ageMs: 15 * MINUTE - 1 }, 'stale'],
    ['from a quarter of an hour on', { ageMs: 15 * MINUTE }, 'too old'],
    ['later where reading takes very long', { ageMs: 20 * MINUTE, tookMs: 4 * MINUTE }, 'stale'],
    ['until six readings are over', { ageMs: 24 * MINUTE, tookMs: 4 * MINUTE }, 'too old'],
    ['declared old', { ageMs: 0, expired: true }, 'too old'],
    ['restored just now, however old', { ageMs: 9_000 * MINUTE, restoredMs: 0 }, 'stale'],
    ['restored a quarter of an hour ago', { ageMs: 9_000 * MINUTE, restoredMs: 15 * MINUTE }, 'too old'],
    ['restored and declared old', { ageMs: MINUTE, restoredMs: 0, expired: true }, 'too old'],
    ['restored, of a small account', { contacts: 10, ageMs: MINUTE, restoredMs: 0 }, 'too old'],
    ['restored, and young', { ageMs: 10 * SECOND, restoredMs: SECOND }, 'fresh'],
  ])('%s', (_what, knowledge, expected) => {
    const usual = { ageMs: 0, tookMs: 0, contacts: 1000, expired: false, restoredMs: undefined };
    expect(freshnessOf({ ...usual, ...knowledge })).toBe(expected);
  });

  it.each<[number, number | undefined, boolean]>([
    [0, undefined, true],
    [0, 1, true],
    [0, 0, false],
    [1, undefined, false],
    [49, 100, true],
    [50, 100, false],
    [100, 50, false],
  ])('%i found where there were %j: doubted is %j', (found, before, expected) => {
    expect(isDoubtful(found, before)).toBe(expected);
  });
});

describe('changes while pages are under way', () => {
  it('a page asked for before a change says nothing of it, one asked for after it does', () => {
    const writes = createPendingWrites();
    const before = writes.ask();
    writes.changed('a');
    const after = writes.ask();
    expect([before.mayJoin('a'), before.mayJoin('b'), after.mayJoin('a')]).toEqual([false, true, true]);
    writes.changed('a');
    expect(after.mayJoin('a')).toBe(false);
    before.answered();
    expect(after.mayJoin('a')).toBe(false);
  });

  it('nothing is kept where nobody waits', () => {
    const writes = createPendingWrites();
    writes.changed('a');
    writes.seen('b');
    expect([...writes.ids()]).toEqual([]);
    const page = writes.ask();
    writes.changed('c');
    writes.seen('d');
    expect([...writes.ids()]).toEqual(['c']);
    page.answered();
    expect([...writes.ids()]).toEqual([]);
  });

  it('a reading keeps all until it is over, and what was only seen bars no page', () => {
    const writes = createPendingWrites();
    const reading = writes.hold();
    const page = writes.ask();
    writes.seen('a');
    writes.changed('b');
    writes.seen('b');
    expect([page.mayJoin('a'), page.mayJoin('b')]).toEqual([true, false]);
    page.answered();
    expect([...writes.ids()]).toEqual(['a', 'b']);
    reading.release();
    expect([...writes.ids()]).toEqual([]);
  });
});

describe('when single contacts were seen', () => {
  it('is known for a quarter of an hour, from the last time on', async () => {
    const clock = createVirtualClock(START);
    const sightings = createSightings(clock);
    sightings.add('a');
    await clock.sleep(MINUTE);
    sightings.add('b');
    await clock.sleep(14 * MINUTE);
    sightings.add('a');
    await clock.sleep(MINUTE);
    sightings.add('c');
    expect(sightings.of('b')?.wall).toBe(START + MINUTE);
    await clock.sleep(1);
    sightings.add('c');
    expect(sightings.of('b')).toBeUndefined();
    expect(sightings.of('a')?.wall).toBe(START + 15 * MINUTE);
    sightings.clear();
    expect(sightings.of('c')).toBeUndefined();
  });

  it('is known of the last 20,000', () => {
    const sightings = createSightings(createVirtualClock(START));
    for (let n = 0; n <= 20_000; n++) sightings.add(`c${n}`);
    expect([sightings.of('c0'), sightings.of('c1')]).toEqual([undefined, expect.anything()]);
  });
});
