/** What a dry run tells, and what is done where it may not have been one. */
import { describe, expect, test } from 'vitest';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { stage as onStage, twoReachable } from '../faults/stage.ts';

const NUMBER = '+14155550142';
const OTHER = '+14155550143';
const stage = (options: Parameters<typeof onStage>[0] = {}) =>
  onStage({ ...options, env: { SENT_CONFIRM: 'never', ...options.env } });
const sends = ({ requests }: Simulator) =>
  requests
    .splice(0)
    .filter(({ path }) => path === '/v3/messages')
    .map(({ body }) => body as { to: string[]; sandbox?: boolean; text?: string });

test('is said as such', async () => {
  const { call, simulator } = await stage();
  const { data, text } = await call('send_message', { to: [NUMBER], text: 'Hi', sandbox: true });
  expect(data).toMatchObject({ status: 'dry_run', sandbox: true, accepted: 0, messages: [{ to: NUMBER }] });
  expect(text).toContain('Dry run, confirmed by Sent: nothing was changed.');
  expect(simulator.messages).toEqual([]);
});

/** An API that does not know dry runs: it sends. */
const withoutDryRuns =
  (simulator: Simulator): typeof fetch =>
  async (input, init) => {
    const request = new Request(input, init);
    if (request.method === 'GET') return simulator.fetch(request);
    const body = { ...((await request.json()) as object), sandbox: false, test_mode: false };
    const { url, method, headers } = request;
    return simulator.fetch(url, { method, headers, body: JSON.stringify(body) });
  };

test('one that is not confirmed reaches one person, is loudly said to be perhaps real, and is never repeated', async () => {
  const { call, simulator } = await stage({ network: withoutDryRuns });
  const args = { to: [NUMBER, OTHER], text: 'Hi' };
  const { data, text } = await call('send_message', { ...args, sandbox: true });
  expect(data).toMatchObject({
    status: 'partial',
    accepted: 0,
    messages: [{ to: NUMBER, message_id: expect.any(String) }],
    unknown: [NUMBER],
  });
  expect(data).not.toHaveProperty('sandbox');
  expect(text).toContain('WARNING: Sent did not confirm');
  for (const again of [{ ...args, sandbox: true }, args, { ...args, preview: true }]) {
    const refused = await call('send_message', again);
    expect(refused.text).toMatch(/^conflict: Some of these people may have got the same words/);
    expect(refused.text).toContain(`plan: ${data.plan} to see who`);
  }
  const followed = await call('get_message', { plan: data.plan });
  expect(followed.data.not_delivered).toEqual([{ to: NUMBER, status: 'UNKNOWN' }]);
  expect(followed.data).not.toHaveProperty('next');
  expect((await call('send_message', { to: [NUMBER], text: 'Hi' })).data).toMatchObject({
    ...{ status: 'partial', accepted: 0, unknown: [NUMBER] },
    next: expect.stringContaining('ask the user before they are sent to again'),
  });
  expect(simulator.messages.map(({ to }) => to)).toEqual([NUMBER]);
  expect((await call('send_message', { ...args, again: true })).data).toMatchObject({ accepted: 2 });
});

test('the question whether it can send later asks one person at the most, and says if that was real', async () => {
  const { call, simulator } = await stage({ network: withoutDryRuns });
  const args = { to: [NUMBER, OTHER], text: 'Hi', scheduled_at: '2026-11-24T09:00:00Z' };
  for (const code of ['unknown_outcome', 'conflict'])
    expect((await call('send_message', args)).code).toBe(code);
  expect(simulator.messages.map(({ to }) => to)).toEqual([NUMBER]);
});

test('a plan of a dry run stays one', async () => {
  const { call, simulator } = await stage();
  const { data } = await call('send_message', { to: [NUMBER], text: 'Hi', sandbox: true, preview: true });
  expect(data).toMatchObject({ status: 'dry_run', next: expect.stringContaining('without sandbox') });
  expect((await call('send_message', { plan: data.plan })).data.status).toBe('dry_run');
  expect(simulator.messages).toEqual([]);
  expect((await call('send_message', { to: [NUMBER], text: 'Hi' })).data.status).toBe('accepted');
});

test('without an answer it is told to be safe to repeat', async () => {
  const { call, simulator } = await stage();
  simulator.faults.add({ method: 'POST', kind: 'hang' });
  const { code, text } = await call('send_message', { to: [NUMBER], text: 'Hi', sandbox: true });
  expect(code).toBe('unknown_outcome');
  expect(text).toContain('asked for as a dry run');
});

describe('what it tells', () => {
  test('nobody is tried who gets nothing: who is left, who is skipped, and on which channels', async () => {
    const { call, simulator } = await stage();
    simulator.book.change(simulator.book.add(OTHER), { opt_out: true });
    const args = { to: [NUMBER, OTHER], text: 'Hi', channels: ['sms', 'rcs'], sandbox: true };
    const { data } = await call('send_message', args);
    expect(data).toEqual({
      status: 'dry_run',
      plan: expect.any(String),
      accepted: 0,
      messages: [
        { to: NUMBER, channel: 'sms' },
        { to: NUMBER, channel: 'rcs' },
      ],
      not_sent: [],
      unknown: [],
      skipped: [{ to: OTHER, reason: 'opted_out' }],
      sandbox: true,
      next: 'Nothing was sent. To send it, make the same call without sandbox.',
      warnings: [
        expect.stringContaining('24 hours'),
        '2 channels mean 2 billed messages for each recipient.',
      ],
    });
    expect(sends(simulator).map(({ to }) => to)).toEqual([[NUMBER]]);
    const nobody = await call('send_message', { ...args, to: [OTHER] });
    expect(nobody.data).toMatchObject({ status: 'nothing_to_send', skipped: [{ to: OTHER }] });
    expect(sends(simulator)).toEqual([]);
  });

  test('its template, its words without a warning where there is none, and that all are dry runs here', async () => {
    const { call } = await stage({ env: { SENT_SANDBOX: '1' } });
    const template = { name: 'welcome', parameters: { name: 'Ada' } };
    const { data } = await call('send_message', { to: [NUMBER], template });
    expect(data).toMatchObject({
      template: { name: 'welcome' },
      messages: [{ to: NUMBER }],
      next: 'Nothing was sent: SENT_SANDBOX makes every send a dry run.',
    });
    expect(data).not.toHaveProperty('warnings');
    expect((data.messages as object[])[0]).not.toHaveProperty('channel');
  });

  test('the first person of several alone before all, and everybody in their own words', async () => {
    const { call, simulator } = await stage();
    const to = twoReachable(simulator);
    const { data } = await call('send_message', { to, text: 'Hi {name}', sandbox: true });
    expect((data.messages as { to: string }[]).map((one) => one.to)).toEqual(to);
    const [alone, first, second] = sends(simulator);
    expect([alone?.to, first?.to, second?.to]).toEqual([[to[0]], [to[0]], [to[1]]]);
    expect(alone?.text).toBe(first?.text);
    expect(second?.text).not.toBe(first?.text);
  });

  test('of a send in parts only what is left is tried, and of one that is done nothing', async () => {
    const { call, simulator } = await stage();
    const to = twoReachable(simulator);
    simulator.faults.add({ path: /messages$/, kind: { status: 403 }, after: 1 });
    const { plan } = (await call('send_message', { to, text: 'Hi {name}' })).data;
    simulator.faults.clear();
    sends(simulator);
    const tried = await call('send_message', { plan, sandbox: true });
    expect(tried.data).toMatchObject({ status: 'dry_run', messages: [{ to: to[1] }] });
    expect(sends(simulator).map((body) => [body.to, body.sandbox])).toEqual([[[to[1]], true]]);
    await call('send_message', { plan });
    sends(simulator);
    const done = await call('send_message', { plan, sandbox: true });
    expect(done.data).toMatchObject({ status: 'accepted', accepted: 2 });
    expect(done.text).toContain('nothing went out now');
    expect(sends(simulator)).toEqual([]);
  });

  test('a failure that says it did nothing is passed on as it is', async () => {
    const { call, simulator } = await stage();
    simulator.faults.add({ path: /messages$/, kind: { status: 422, code: 'BUSINESS_003' } });
    const { code, text } = await call('send_message', { to: [NUMBER], text: 'Hi', sandbox: true });
    expect(code).toBe('forbidden');
    expect(text).not.toContain('dry run');
  });
});

test('one that may have been real names its template', async () => {
  const { call } = await stage({ network: withoutDryRuns });
  const template = { name: 'welcome', parameters: { name: 'Ada' } };
  const { data } = await call('send_message', { to: [NUMBER], template, sandbox: true });
  expect(data).toMatchObject({ status: 'partial', template: { name: 'welcome' }, unknown: [NUMBER] });
});

test('of one that may have been real and cannot be written down, that is said', async () => {
  const { call, services } = await stage({ network: withoutDryRuns });
  const { append } = services.state;
  services.state.append = (log, entry) =>
    (entry as { event?: string }).event === 'markUnknown'
      ? Promise.reject(new Error('disk full'))
      : append(log, entry);
  const tried = await call('send_message', { to: [NUMBER], text: 'Hi', sandbox: true });
  expect(tried.data).not.toHaveProperty('plan');
  expect(tried.data.next).toContain('could not be written down: the same call would send them again');
  const later = { to: [OTHER], text: 'Ho', scheduled_at: '2026-11-24T09:00:00Z' };
  expect((await call('send_message', later)).text).toContain('could not be written down');
  services.state.append = append;
  const named = await call('send_message', { ...later, text: 'He' });
  expect(named.text).toMatch(/get_message with plan: send_\w{16} names the person/);
});
