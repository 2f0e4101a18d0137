/** Two accounts with the same numbers and the same ids: whatever one does, the other's answers hold nothing of it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Connection, connect, ERAS, startTeam } from './team.ts';

const NUMBERS = ['+14155550101', '+14155550102', '+14155550103'];
const HANDLE = /\b(?:sel|send|update|delete)_[a-z2-7]{8,}\b/g;
const URIS = ['sent://account', 'sent://contacts/ID', 'sent://selections/HANDLE', 'sent://templates/ID'];

type Step = { by: 0 | 1; at: number; act: number; number: number; handle: number };
const step: fc.Arbitrary<Step> = fc.record({
  by: fc.constantFrom(0, 1),
  at: fc.nat(1),
  act: fc.nat(15),
  number: fc.nat(2),
  handle: fc.nat(),
});

test('no tool and no resource of one account tells anything of the other', { timeout: 60_000 }, async () => {
  const { members, simulators } = await startTeam({
    instances: 2,
    accounts: [{ contacts: 20, metadata: 'ignored' }, { contacts: 20 }],
    env: { SENT_CONFIRM: 'never' },
  });
  const desks: Connection[][] = [];
  for (const [index, { key }] of simulators.entries()) {
    const era = ERAS[index * 3] ?? 'v1';
    desks.push(await Promise.all(members.map(({ url }) => connect(url, key, { era }))));
  }
  const marks = ['markofa', 'markofb'] as const;
  const handles: string[] = ['sel_aaaaaaaaaaaa'];

  async function take({ by, at, act, number, handle }: Step): Promise<void> {
    const { call, client } = (desks[by] as Connection[])[at] as Connection;
    const mark = marks[by];
    const phone_number = NUMBERS[number];
    const known = handles[handle % handles.length] ?? '';
    const id = simulators[by]?.book.page(1, 1, {}).contacts[0]?.id ?? '';
    const read = (uri = '') =>
      client
        .readResource({ uri: uri.replace('HANDLE', known).replace('ID', id) })
        .catch((error: Error) => error.message);
    const acts: (() => Promise<unknown>)[] = [
      () => call('create_contact', { phone_number, metadata: { note: mark } }),
      () => call('update_contact', { phone_number, metadata: { note: `${mark} again` } }),
      () => call('search_contacts', { query: 'markof' }),
      () => call('search_contacts', { selection: known }),
      () => call('get_contact', { phone_number }),
      () => call('delete_contact', { phone_number }),
      () => call('send_message', { to: [phone_number], text: `hello ${mark}`, channels: ['sms'] }),
      () => call('send_message', { to: [known], text: `all ${mark}`, preview: true }),
      () => call('send_message', { plan: known }),
      () => call('get_message', {}),
      () => call('get_message', { plan: known }),
      () => call('update_contact', { plan: known }),
      () => call('delete_contact', { plan: known }),
      () => call('import_contacts', { csv: `phone,note\n${phone_number},${mark}\n` }),
      () => read(URIS[handle % URIS.length]),
      () => client.listResources(),
    ];
    const told = JSON.stringify(await acts[act]?.());
    expect(told).not.toContain(marks[1 - by]);
    for (const [found] of told.matchAll(HANDLE)) handles.push(found);
  }

  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 40 }), async (steps) => {
      for (const one of steps) await take(one);
    }),
    { numRuns: 12, seed: 14, endOnFailure: true },
  );
  for (const [index, { key, requests }] of simulators.entries()) {
    expect(new Set(requests.map(({ headers }) => headers['x-api-key']))).toEqual(new Set([key]));
    expect(JSON.stringify(requests)).not.toContain(marks[1 - index]);
    expect(JSON.stringify(requests)).toContain(marks[index]); // It was not all refused.
  }
});
