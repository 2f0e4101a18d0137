/** What is to go out later, and taking it back. */
import { expect, test } from 'vitest';
import { stage } from '../faults/stage.ts';

const TO = ['+14155550142', '+14155550143'];
const LATER = { to: TO, text: 'Hello', scheduled_at: '2026-11-24T09:00:00+01:00' };
const statuses = (
  messages: readonly { lifecycle: readonly { status: string; at: number }[] }[],
  now: number,
) => messages.map(({ lifecycle }) => lifecycle.filter(({ at }) => at <= now).at(-1)?.status);

test('goes out at its time where a dry run shows that the API knows it', async () => {
  const { call, simulator, clock } = await stage();
  const { data, text } = await call('send_message', LATER);
  expect(data).toMatchObject({ status: 'accepted', accepted: 2, scheduled_at: '2026-11-24T08:00:00.000Z' });
  expect(text).toContain('2026-11-24T08:00:00.000Z');
  const posts = simulator.requests.filter(({ method }) => method === 'POST');
  expect(posts.map(({ body }) => (body as { sandbox?: boolean }).sandbox)).toEqual([true, undefined]);
  expect(statuses(simulator.messages, clock.trueTime())).toEqual(['SCHEDULED', 'SCHEDULED']);
  expect((await call('get_message', { plan: data.plan })).data.counts).toEqual({ SCHEDULED: 2 });
});

test('is refused, and nothing goes out, where the API does not know it', async () => {
  const { call, simulator } = await stage({ simulator: { dialect: 'guide' } });
  for (const args of [LATER, { ...LATER, preview: true }]) {
    const { code, text } = await call('send_message', args);
    expect(code).toBe('invalid_input');
    expect(text).toContain('would have gone out at once');
  }
  expect(simulator.messages).toEqual([]);
});

test('a plan whose time has come too near is not sent', async () => {
  const { call, clock, simulator } = await stage();
  const { data } = await call('send_message', { ...LATER, preview: true });
  clock.advance(20 * 3_600_000);
  const { code, text } = await call('send_message', { plan: data.plan });
  expect(code).toBe('invalid_input');
  expect(text).toContain('between a minute and 30 days');
  expect(simulator.messages).toEqual([]);
});

test('is taken back by its plan, all of it, and once', async () => {
  const { call, clock, simulator } = await stage();
  const { plan } = (await call('send_message', LATER)).data;
  const back = await call('send_message', { plan, scheduled_at: 'cancel' });
  expect(back.data).toMatchObject({
    status: 'cancelled',
    accepted: 0,
    messages: [],
    not_sent: TO.map((to) => ({ to, reason: 'taken back' })),
  });
  expect(statuses(simulator.messages, clock.trueTime())).toEqual(['CANCELLED', 'CANCELLED']);
  const cancels = () => simulator.requests.filter(({ path }) => path.endsWith('/cancel')).length;
  expect(cancels()).toBe(2);
  expect((await call('send_message', { plan, scheduled_at: 'cancel' })).data.status).toBe('cancelled');
  expect(cancels()).toBe(2);
  expect((await call('get_message', { plan })).data.counts).toEqual({ CANCELLED: 2 });
});

test('what has gone out meanwhile is told', async () => {
  const { call, clock } = await stage();
  const { plan } = (await call('send_message', LATER)).data;
  clock.advance(21 * 3_600_000);
  const { data, text } = await call('send_message', { plan, scheduled_at: 'cancel' });
  expect(data).toMatchObject({ status: 'partial', accepted: 2, not_sent: [] });
  expect(text).toContain('could not be taken back');
});

test.each([
  [{ text: 'Hello' }, { scheduled_at: 'cancel' }, /waits for its time can be taken back/],
  [
    { text: 'Hello', scheduled_at: LATER.scheduled_at },
    { scheduled_at: '2026-11-25T09:00Z' },
    /as it was shown/,
  ],
])('%j with %j is refused', async (sent, change, words) => {
  const { call } = await stage();
  const { plan } = (await call('send_message', { to: TO, ...sent })).data;
  const { code, text } = await call('send_message', { plan, ...change });
  expect(code).toBe('invalid_input');
  expect(text).toMatch(words);
});
