import { expect, test } from 'vitest';
import { createMemoryStore } from '../../src/state/index.ts';
import { connect, START } from '../harness.ts';

test('what Sent does not keep is found by everything that reads metadata, in every process of the state', async () => {
  const store = createMemoryStore({ now: () => START }, { lasts: true });
  const one = await connect({ contacts: 5, metadata: 'ignored', store });
  const [first, second] = one.simulator.book.page(1, 2, {}).contacts.map(({ e164 }) => e164);
  await one.call('update_contact', { phone_number: first, metadata: { name: 'Zoë Noël', tier: 'gold' } });
  const other = await connect({ contacts: 5, metadata: 'ignored', store, fetch: one.simulator.fetch });

  for (const { call } of [one, other]) {
    for (const question of [{ query: 'zoe noel' }, { metadata: { tier: 'gold' } }]) {
      const { data } = await call('search_contacts', question);
      expect(data).toMatchObject({
        total: 1,
        contacts: [{ phone_number: first, metadata: { tier: 'gold' } }],
      });
    }
    const { data } = await call('search_contacts', { group_by: 'metadata.tier' });
    expect(data.groups).toEqual([
      { value: 'none', count: 4 },
      { value: 'gold', count: 1 },
    ]);
    const { data: whole } = await call('get_contact', { phone_number: first });
    expect(whole.contact).toMatchObject({ metadata: { name: 'Zoë Noël', tier: 'gold' } });
  }
  expect(await other.services.contacts.fieldsOf([first ?? ''])).toMatchObject([{ name: 'Zoë Noël' }]);

  // What one changes, the other finds with its next question.
  await other.call('update_contact', { phone_number: first, metadata: { tier: null, city: 'Lyon' } });
  expect((await one.call('search_contacts', { metadata: { tier: 'gold' } })).data.total).toBe(0);
  expect((await one.call('search_contacts', { query: 'lyon' })).data.total).toBe(1);

  await one.call('delete_contact', { phone_number: first });
  expect((await other.call('search_contacts', { query: 'lyon' })).data.total).toBe(0);
  expect((await other.call('search_contacts', { phone_number: second })).data.total).toBe(1);
});
