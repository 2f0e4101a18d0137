/** What became of a message, through get_message. */
import { expect, test } from 'vitest';
import { stage } from '../faults/stage.ts';

const NUMBER = '+14155550142';

async function sent(content: object, optedOut = false) {
  const set = await stage();
  const contact = set.simulator.book.add(NUMBER);
  const { data } = await set.call('send_message', { to: [NUMBER], ...content });
  if (optedOut) set.simulator.book.change(contact, { opt_out: true });
  const [{ message_id }] = data.messages as [{ message_id: string }];
  return { ...set, message_id };
}

test('from QUEUED to DELIVERED, with the history, oldest first', async () => {
  const { call, clock, message_id } = await sent({
    template: { name: 'welcome', parameters: { name: 'Ada' } },
    channels: ['sms'],
  });
  const early = await call('get_message', { message_id });
  expect(early.data).toMatchObject({
    message_id,
    to: NUMBER,
    status: 'QUEUED',
    settled: false,
    template: 'welcome',
  });
  expect(early.text).toContain('not settled yet: ask again later');
  await clock.sleep(60_000);
  const late = await call('get_message', { message_id });
  expect(late.data).toMatchObject({
    status: 'DELIVERED',
    settled: true,
    channel: 'sms',
    direction: 'OUTBOUND',
  });
  expect((late.data.events as { status: string }[]).map(({ status }) => status)).toEqual([
    'QUEUED',
    'PROCESSED',
    'ROUTED',
    'SENT',
    'DELIVERED',
  ]);
});

test('a BLOCKED one says why and what to do', async () => {
  const { call, clock, message_id } = await sent({ text: 'Hello', channels: ['sms'] });
  await clock.sleep(60_000);
  const { data, text } = await call('get_message', { message_id });
  expect(data).toMatchObject({ status: 'BLOCKED', settled: true });
  expect(text).toMatch(/CONVERSATION_TEMPLATE_REQUIRED/);
  expect(text).toMatch(/use a template/);
});

/** get_message over answers of our own. */
async function shown(message: object, activities: object[] = []) {
  const { call } = await stage({
    network: () => async (input) => {
      const { url } = new Request(input);
      const data = url.endsWith('/activities') ? { activities } : message;
      return new Response(JSON.stringify({ success: true, data }));
    },
  });
  return call('get_message', { message_id: 'm1' });
}

test.each([
  ['DELIVERED', true],
  ['READ', true],
  ['FAILED', true],
  ['FILTERED', true],
  ['BLOCKED', true],
  ['CANCELLED', true],
  ['RECEIVED', true],
  ['QUEUED', false],
  ['accepted', false],
  ['SCHEDULED', false],
  ['NOVEL', false],
])('%s, settled: %s', async (status, settled) => {
  const { data } = await shown({ id: 'm1', status });
  expect(data).toMatchObject({ status: status.toUpperCase(), settled });
});

test('the reason of the message stands at its last event', async () => {
  const { data, text } = await shown({
    id: 'm1',
    status: 'FILTERED',
    reason_code: 'ERR_CONSENT_BLOCKED',
    reason: 'opted out',
    events: [
      { status: 'FILTERED', timestamp: '2026-11-23T12:00:02Z', description: 'generic' },
      { status: 'QUEUED', timestamp: '2026-11-23T12:00:00Z', description: null },
    ],
  });
  expect(data.events).toEqual([
    { status: 'QUEUED', at: '2026-11-23T12:00:00Z' },
    { status: 'FILTERED', at: '2026-11-23T12:00:02Z', reason: 'ERR_CONSENT_BLOCKED: opted out' },
  ]);
  expect(text).toContain('Do not send again.');
});

test('without events the activities tell the history, and without those the status alone', async () => {
  const activities = [
    { status: 'SENT', timestamp: '2026-11-23T12:00:02Z', description: 'b', price: '0.0079' },
    { status: 'QUEUED', timestamp: '2026-11-23T12:00:00Z', description: 'a' },
  ];
  const { data } = await shown({ status: 'SENT', events: null, price: null }, activities);
  expect(data.events).toMatchObject([
    { status: 'QUEUED', reason: 'a' },
    { status: 'SENT', reason: 'b' },
  ]);
  expect((await shown({ status: 'BLOCKED', reason: 'no balance' })).data.events).toEqual([
    { status: 'BLOCKED', reason: 'no balance' },
  ]);
});
