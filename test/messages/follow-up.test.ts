/** What became of a whole send, and the latest sends. */
import { expect, test } from 'vitest';
import { stage as onStage } from '../faults/stage.ts';

const stage = (options: Parameters<typeof onStage>[0] = {}) =>
  onStage({ ...options, env: { SENT_CONFIRM: 'never', ...options.env } });
const asked = (requests: readonly { method: string; path: string }[]) =>
  requests.filter(({ method, path }) => method === 'GET' && /^\/v3\/messages\/[^/]+$/.test(path));

/** Free text on SMS to 30 people: it reaches those who have written before, and is blocked for the others. */
async function sent(options: Parameters<typeof stage>[0] = {}) {
  const set = await stage(options);
  const people = Array.from({ length: 30 }, (_, index) => set.simulator.book.add(`+1415555${1000 + index}`));
  for (const [index, contact] of people.entries())
    contact.last_inbound_at = index < 20 ? set.clock.trueTime() - 1_000 : null;
  const to = people.map(({ e164 }) => e164);
  const { data } = await set.call('send_message', { to, text: 'Hello', channels: ['sms'] });
  set.simulator.requests.splice(0);
  return { ...set, to, plan: data.plan as string };
}

test('counts, reasons and those who were not reached; what is settled is never asked about again', async () => {
  const { call, simulator, clock, to, plan } = await sent();
  const early = await call('get_message', { plan });
  expect(early.data).toMatchObject({
    plan,
    counts: { QUEUED: 30 },
    settled: 0,
    unsettled: 30,
    not_delivered: [],
  });
  expect(early.data.next).toContain('again later');
  expect(asked(simulator.requests)).toHaveLength(30);

  await clock.sleep(60_000);
  const late = await call('get_message', { plan });
  expect(late.data).toMatchObject({
    counts: { DELIVERED: 20, BLOCKED: 10 },
    reasons: [{ count: 10, reason: expect.stringContaining('CONVERSATION_TEMPLATE_REQUIRED') }],
    settled: 30,
    unsettled: 0,
  });
  const missed = (late.data.not_delivered as { to: string }[]).map((one) => one.to);
  expect([...missed].sort()).toEqual(to.slice(20).sort());
  for (const fact of ['20 DELIVERED', '10 BLOCKED', '30 settled', 'use a template', missed[0] ?? '-'])
    expect(late.text).toContain(fact);

  simulator.requests.splice(0);
  const again = await call('get_message', { plan });
  expect(again.data.counts).toEqual(late.data.counts);
  expect(asked(simulator.requests)).toEqual([]);
});

test('another process knows what was settled', async () => {
  const first = await sent();
  await first.clock.sleep(60_000);
  await first.call('get_message', { plan: first.plan });
  first.simulator.requests.splice(0);
  const second = await stage({ beside: first });
  expect((await second.call('get_message', { plan: first.plan })).data.counts).toEqual({
    DELIVERED: 20,
    BLOCKED: 10,
  });
  expect(asked(first.simulator.requests)).toEqual([]);
});

test('under a limit it asks at its speed, ends in time, and goes on in the next call', async () => {
  const { call, clock, simulator, plan } = await sent({
    simulator: { rateLimit: { perMinute: 20, burst: 20 } },
  });
  await clock.sleep(60_000);
  const from = clock.monotonic();
  const first = await call('get_message', { plan });
  expect(clock.monotonic() - from).toBeLessThan(45_000);
  const { settled, unsettled, warnings } = first.data as {
    settled: number;
    unsettled: number;
    warnings?: string[];
  };
  expect(settled + unsettled).toBe(30);
  expect(settled).toBeGreaterThan(5);
  expect(unsettled).toBeGreaterThan(0);
  expect(warnings?.[0]).toContain('could not be asked about');
  let last = first;
  for (let round = 0; round < 10 && (last.data.unsettled as number) > 0; round++) {
    await clock.sleep(30_000);
    last = await call('get_message', { plan });
  }
  expect(last.data.counts).toEqual({ DELIVERED: 20, BLOCKED: 10 });
  expect(simulator.requests.filter(({ path }) => path.startsWith('/v3/messages/')).length).toBeLessThan(45);
});

test('a person is reached by one of several channels', async () => {
  const { call, clock, simulator } = await stage();
  const contact = simulator.book.add('+14155550142');
  contact.last_inbound_at = clock.trueTime() - 48 * 3_600_000; // Enough for SMS, too long ago for WhatsApp.
  const { data } = await call('send_message', {
    to: [contact.e164],
    text: 'Hi',
    channels: ['sms', 'whatsapp'],
  });
  await clock.sleep(60_000);
  const { counts, not_delivered } = (await call('get_message', { plan: data.plan })).data;
  expect(counts).toEqual({ DELIVERED: 1, FAILED: 1 });
  expect(not_delivered).toEqual([]);
});

test('those who were not sent to are among those who have not got it', async () => {
  const { call, simulator } = await stage();
  const people = [...simulator.book.page(1, 30, {}).contacts].filter(({ opt_out }) => !opt_out).slice(0, 3);
  simulator.faults.add({ method: 'POST', path: /messages$/, kind: 'hang', after: 1 });
  const part = await call('send_message', { to: people.map(({ e164 }) => e164), text: 'Hi {name}' });
  const { data, text } = await call('get_message', { plan: part.data.plan });
  expect(data.not_delivered).toEqual([
    { to: people[2]?.e164, status: 'NOT_SENT' },
    { to: people[1]?.e164, status: 'UNKNOWN' },
  ]);
  expect(text).toContain(`plan: ${part.data.plan} and nothing else to go on`);
});

test('the latest sends, of every process', async () => {
  const first = await stage();
  await first.call('send_message', { to: ['+14155550142'], text: 'Hi' });
  await first.clock.sleep(1_000);
  const second = await stage({ beside: first });
  const template = { name: 'welcome', parameters: { name: 'Ada' } };
  await second.call('send_message', { to: ['+14155550142', '+14155550143'], template });
  await first.call('send_message', { to: ['+14155550142'], text: 'only shown', preview: true });
  for (const { call } of [first, second]) {
    const { data, text } = await call('get_message', {});
    expect(data.sends).toMatchObject([
      { template: 'welcome', accepted: 2, complete: true, sent_at: '2026-11-23T12:00:01Z' },
      { text: 'Hi', accepted: 1, complete: true, sent_at: '2026-11-23T12:00:00Z' },
    ]);
    expect(text).toContain('The latest 2 sends');
  }
});

test.each([
  [{ plan: 'send_aaaaaaaaaaaaaaaa' }, /not one of send_message/],
  [{ message_id: 'send_aaaaaaaaaaaaaaaa' }, /Give it as plan/],
  [{ message_id: 'a', plan: 'b' }, /Only one of/],
])('%j is refused', async (args, words) => {
  const { call } = await stage();
  const { code, text } = await call('get_message', args);
  expect(code).toBe('invalid_input');
  expect(text).toMatch(words);
});

test('a plan that was only shown was not sent', async () => {
  const { call } = await stage();
  const { data } = await call('send_message', { to: ['+14155550142'], text: 'Hi', preview: true });
  expect((await call('get_message', { plan: data.plan })).text).toContain(
    'only shown: nothing of it was sent',
  );
});
