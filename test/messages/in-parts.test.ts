/** A send that comes only in part to its end: who has it, who has not, and what stops it. */
import { expect, test } from 'vitest';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { type Outcome, stage as onStage } from '../faults/stage.ts';

const NUMBER = '+14155550142';
const stage = (options: Parameters<typeof onStage>[0] = {}) =>
  onStage({ ...options, env: { SENT_CONFIRM: 'never', ...options.env } });
const people = ({ data }: Outcome, list = 'messages') => (data[list] as { to: string }[]).map(({ to }) => to);
/** So many who may get a message, each of whom has a name of their own. */
const contactsOf = ({ book }: Simulator, amount: number) =>
  [...book.page(1, 100, {}).contacts].filter(({ opt_out }) => !opt_out).slice(0, amount);
const sends = ({ requests }: Simulator) =>
  requests.filter(({ path }) => path === '/v3/messages').map(({ body }) => (body as { to: string[] }).to[0]);

test('with personal values, exactly who has it and who has not', async () => {
  const { call, simulator } = await stage();
  const contacts = contactsOf(simulator, 6);
  const to = contacts.map(({ e164 }) => e164);
  simulator.faults.add({ path: /messages$/, kind: { status: 403 }, after: 3 });
  const failed = await call('send_message', { to, text: 'Hi {name}' });
  expect(failed.data).toMatchObject({ status: 'partial', accepted: 3, unknown: [] });
  expect(people(failed)).toEqual(simulator.messages.map((message) => message.to));
  expect([...people(failed), ...people(failed, 'not_sent')].sort()).toEqual([...to].sort());
  simulator.faults.clear();
  const done = await call('send_message', { plan: failed.data.plan });
  expect(done.data).toMatchObject({ status: 'accepted', accepted: 6 });
  expect(simulator.messages.map((message) => message.to).sort()).toEqual([...to].sort());
});

test('one request that is refused for its words does not hold up the others', async () => {
  const { call, simulator } = await stage();
  const contacts = contactsOf(simulator, 3);
  simulator.faults.add({ path: /messages$/, kind: { status: 400, code: 'VALIDATION_008' }, times: 1 });
  const { data, text } = await call('send_message', {
    to: contacts.map(({ e164 }) => e164),
    text: 'Hi {name}',
  });
  expect(data).toMatchObject({
    status: 'partial',
    accepted: 2,
    not_sent: [{ to: contacts[0]?.e164, reason: 'invalid_input' }],
  });
  expect(text).toContain('Next: Correct what was refused');
});

test('nothing goes out that cannot be written down', async () => {
  const { call, simulator, services } = await stage();
  const { append } = services.state;
  services.state.append = async () => {
    throw new Error('disk full');
  };
  expect((await call('send_message', { to: [NUMBER], text: 'Hi' })).code).toBe('internal');
  services.state.append = (log, entry) =>
    (entry as { event?: string }).event === 'begin'
      ? Promise.reject(new Error('disk full'))
      : append(log, entry);
  const failed = await call('send_message', { to: [NUMBER], text: 'Hi' });
  expect(failed.text).toContain('could not be written down, so it was not sent');
  expect(simulator.messages).toEqual([]);
  services.state.append = append;
  expect((await call('send_message', { to: [NUMBER], text: 'Hi' })).data.status).toBe('accepted');
});

const REFUSED = { path: /messages$/, method: 'POST', kind: { status: 400, code: 'VALIDATION_008' } } as const;
const HI = 'Hi {name} {phone|you}';

test.each<[what: string, after: number, times: number, made: number, accepted: number]>([
  ['three before anybody was accepted: the others would be refused as well', 0, 9, 3, 0],
  ['two, and then an acceptance', 0, 2, 6, 4],
  ['three after an acceptance', 1, 3, 6, 3],
])('refused for its words, %s', async (_what, after, times, made, accepted) => {
  const { call, simulator } = await stage();
  const to = contactsOf(simulator, 6).map(({ e164 }) => e164);
  simulator.faults.add({ ...REFUSED, after, times });
  const { code, data } = await call('send_message', { to, text: HI });
  expect(code).toBe(accepted === 0 ? 'invalid_input' : 'ok');
  if (accepted > 0) expect(data).toMatchObject({ status: 'partial', accepted });
  expect(sends(simulator)).toEqual(to.slice(0, made));
  expect(simulator.messages).toHaveLength(accepted);
});

test('a request whose people have all opted out meanwhile is none that was accepted', async () => {
  let answers = 0;
  const set = await stage({
    network: (api) => async (input, init) => {
      const answer = await api.fetch(input, init);
      const isFirst = sends(api).length === 1 && answers++ === 0;
      if (isFirst) await set.call('update_contact', { phone_number: to[1], opt_out: true });
      return answer;
    },
  });
  const to = contactsOf(set.simulator, 6).map(({ e164 }) => e164);
  set.simulator.faults.add({ ...REFUSED, times: 9 });
  expect((await set.call('send_message', { to, text: HI })).code).toBe('invalid_input');
  expect(sends(set.simulator)).toEqual([to[0], to[2], to[3]]);
});

test('whoever has opted out since is skipped and not called unsent, though the send ends before their request', async () => {
  const { call, simulator, clock } = await stage();
  const contacts = contactsOf(simulator, 3);
  const to = contacts.map(({ e164 }) => e164);
  const { plan } = (await call('send_message', { to, text: HI, preview: true })).data;
  if (contacts[2]) simulator.book.change(contacts[2], { opt_out: true });
  clock.advance(60_000);
  simulator.faults.add({ path: /messages$/, kind: { status: 403 }, after: 1 });
  const told = await call('send_message', { plan });
  expect(told.data).toMatchObject({
    ...{ status: 'partial', accepted: 1, selection: expect.stringMatching(/^sel_/) },
    skipped: [{ to: to[2], reason: 'opted_out' }],
  });
  expect(people(told, 'not_sent')).toEqual([to[1]]);
});
