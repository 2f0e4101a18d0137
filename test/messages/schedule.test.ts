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
    /as it was shown, .*\nNext: Nothing was changed\. To take a scheduled send back, give scheduled_at: cancel/,
  ],
])('%j with %j is refused', async (sent, change, words) => {
  const { call } = await stage();
  const { plan } = (await call('send_message', { to: TO, ...sent })).data;
  const { code, text } = await call('send_message', { plan, ...change });
  expect(code).toBe('invalid_input');
  expect(text).toMatch(words);
});

test('one that was taken back is no send any more: its plan says so, and the same call sends anew', async () => {
  const { call, clock, simulator } = await stage();
  const { plan } = (await call('send_message', LATER)).data;
  await call('send_message', { plan, scheduled_at: 'cancel' });
  const again = await call('send_message', { plan });
  expect(again.data).toMatchObject({ status: 'cancelled', accepted: 0, plan });
  expect(again.text).toContain('taken back: nothing goes out');
  expect(simulator.messages).toHaveLength(2);
  const anew = await call('send_message', LATER);
  expect(anew.data).toMatchObject({ status: 'accepted', accepted: 2, scheduled_at: expect.any(String) });
  expect(anew.data.plan).not.toBe(plan);
  expect(statuses(simulator.messages, clock.trueTime())).toEqual([
    ...['CANCELLED', 'CANCELLED'],
    ...['SCHEDULED', 'SCHEDULED'],
  ]);
  expect((await call('get_message', {})).data.sends).toMatchObject([{ accepted: 2 }, { taken_back: 2 }]);
});

/** Each in a request of their own. */
const PERSONAL = { ...LATER, text: 'Hello {name|friend}, {city|you}' };
const people = async (session: Awaited<ReturnType<typeof stage>>) => {
  const to = session.simulator.book.page(1, 2, {}).contacts.map(({ e164 }) => e164);
  return { ...PERSONAL, to };
};

test('what was cut off never goes out at once when its time has come: the rest is handed on', async () => {
  const session = await stage();
  const { call, clock, simulator } = session;
  const meant = await people(session);
  const down = { path: /messages$/, method: 'POST', kind: { status: 503, code: 'SERVICE_001' } } as const;
  simulator.faults.add({ ...down, after: 2 });
  const first = await call('send_message', meant);
  expect(first.data).toMatchObject({ status: 'partial', accepted: 1 });
  simulator.faults.clear();
  clock.advance(20 * 3_600_000);
  for (const args of [{ plan: first.data.plan }, { plan: first.data.plan }]) {
    const { data, text } = await call('send_message', args);
    expect(data).toMatchObject({ status: 'partial', accepted: 1, not_sent: [{ reason: 'unavailable' }] });
    expect(text).toContain('What is left would not wait for its time');
    expect(text).toContain('Next: To reach the rest, send to the selection');
  }
  expect(simulator.messages).toHaveLength(1);
  const followed = await call('get_message', { plan: first.data.plan });
  expect(followed.text).toContain('is not gone on with: to reach them, send to the selection');
  const rest = await call('send_message', { to: [followed.data.selection], text: PERSONAL.text });
  expect((await call('send_message', { plan: rest.data.plan })).data).toMatchObject({ accepted: 1 });
  expect(new Set(simulator.messages.map(({ to }) => to))).toEqual(new Set(meant.to));
});

test('an API that confirms the time in a dry run alone is found out with the first request', async () => {
  const session = await stage({
    network: (simulator) => async (input, init) => {
      const response = await simulator.fetch(input, init);
      if (response.headers.has('X-Sandbox') || response.status !== 202) return response;
      const { data, ...envelope } = (await response.json()) as { data: object };
      return Response.json({ ...envelope, data: { ...data, scheduled_at: undefined } }, { status: 202 });
    },
  });
  const { data, text } = await session.call('send_message', await people(session));
  expect(data).toMatchObject({ status: 'partial', accepted: 1, not_sent: [{ reason: 'cut off' }] });
  expect(data).not.toHaveProperty('scheduled_at');
  expect(text).toContain('WARNING: Sent accepted messages without confirming scheduled_at');
  const again = await session.call('send_message', { plan: data.plan });
  expect(again.text).toContain('nothing went out now');
  expect(session.simulator.messages).toHaveLength(1);
  expect((await session.call('get_message', { plan: data.plan })).data).not.toHaveProperty('scheduled_at');
});

test('of what nobody knows: finished first, and taken back then', async () => {
  const { call, simulator, clock } = await stage();
  simulator.faults.add({ path: /messages$/, method: 'POST', after: 1, kind: 'hang-after' });
  const { code, text } = await call('send_message', LATER);
  expect(code).toBe('unknown_outcome');
  const plan = /plan: (send_\w+)/.exec(text)?.[1];
  const back = await call('send_message', { plan, scheduled_at: 'cancel' });
  expect(back.text).toContain(`call send_message with plan: ${plan} and nothing else first`);
  simulator.faults.clear();
  expect((await call('send_message', { plan })).data).toMatchObject({ status: 'accepted', accepted: 2 });
  expect((await call('send_message', { plan, scheduled_at: 'cancel' })).data.status).toBe('cancelled');
  expect(statuses(simulator.messages, clock.trueTime())).toEqual(['CANCELLED', 'CANCELLED']);
});

const CANCELS = { path: /cancel$/, method: 'POST' } as const;
const cancels = ({ requests }: Awaited<ReturnType<typeof stage>>['simulator']) =>
  requests.splice(0).filter(({ path }) => path.endsWith('/cancel')).length;

test('one that was only shown, or is under way, cannot be taken back', async () => {
  const set = await stage();
  const shown = await set.call('send_message', { ...LATER, preview: true });
  const early = await set.call('send_message', { plan: shown.data.plan, scheduled_at: 'cancel' });
  expect(early.text).toMatch(/^invalid_input: Only what was sent with scheduled_at/);
  const beside = await stage({ beside: set });
  set.simulator.faults.add({ path: /messages$/, method: 'POST', kind: { delayMs: 5_000 }, after: 1 });
  const sending = set.call('send_message', { plan: shown.data.plan });
  while (set.simulator.requests.filter(({ path }) => path === '/v3/messages').length < 3)
    await new Promise(setImmediate);
  const late = await beside.call('send_message', { plan: shown.data.plan, scheduled_at: 'cancel' });
  expect(late.text).toMatch(
    /^conflict: This send is under way right now\.\nNext: Call again in a few seconds/,
  );
  expect((await sending).data.accepted).toBe(2);
  expect(cancels(set.simulator)).toBe(0);
});

test('one message that has gone out does not hold up the others', async () => {
  const { call, simulator } = await stage();
  const { plan } = (await call('send_message', LATER)).data;
  simulator.faults.add({ ...CANCELS, times: 1, kind: { status: 409, code: 'BUSINESS_006' } });
  const { data } = await call('send_message', { plan, scheduled_at: 'cancel' });
  expect(data).toMatchObject({
    status: 'partial',
    messages: [{ to: TO[0] }],
    not_sent: [{ to: TO[1], reason: 'taken back' }],
  });
  expect(data.next).toMatch(
    /^Those under messages could not be taken back so far\. Call send_message with plan/,
  );
  const again = await call('send_message', { plan, scheduled_at: 'cancel' });
  expect(again.data.status).toBe('cancelled');
});

test('what fails for all stops it: said with its next step where some were taken back, else thrown', async () => {
  const { call, simulator } = await stage();
  const { plan } = (await call('send_message', { ...LATER, to: [...TO, '+14155550144'] })).data;
  cancels(simulator);
  simulator.faults.add({ ...CANCELS, kind: { status: 401, code: 'AUTH_002' } });
  const none = await call('send_message', { plan, scheduled_at: 'cancel' });
  expect([none.code, cancels(simulator)]).toEqual(['unauthorized', 1]);
  simulator.faults.clear();
  simulator.faults.add({ ...CANCELS, after: 1, kind: { status: 401, code: 'AUTH_002' } });
  const some = await call('send_message', { plan, scheduled_at: 'cancel' });
  expect(some.data).toMatchObject({ status: 'partial', accepted: 2, not_sent: [{ to: TO[0] }] });
  expect(some.data.next).toMatch(/^Ask the user .* Those under messages could not be taken back so far/);
  expect(cancels(simulator)).toBe(2);
  simulator.faults.clear();
  expect((await call('send_message', { plan, scheduled_at: 'cancel' })).data.status).toBe('cancelled');
  expect(cancels(simulator)).toBe(2);
});

test('a caller who leaves, and the end of a call, stop it between two messages; the same call goes on', async () => {
  const { services, call, simulator, clock } = await stage();
  const { plan } = (await call('send_message', { ...LATER, to: [...TO, '+14155550144'] })).data;
  cancels(simulator);
  const leave = new AbortController();
  const caller = (signal: AbortSignal, told: number[]) => ({
    signal,
    canAsk: true,
    confirm: async () => {},
    progress: (done: number, total?: number) => {
      told.push(done, total ?? 0);
      leave.abort();
    },
  });
  const told: number[] = [];
  const back = { plan: plan as string, scheduled_at: 'cancel' };
  const left = await services.messages.send(back, caller(leave.signal, told));
  expect(left).toMatchObject({ status: 'partial', accepted: 2 });
  expect([told, cancels(simulator)]).toEqual([[1, 3], 1]);
  simulator.faults.add({ ...CANCELS, kind: { delayMs: 17_000 }, times: 1 });
  simulator.faults.add({ ...CANCELS, kind: { delayMs: 17_000 } });
  const from = clock.now();
  const slow = await services.messages.send(back, caller(new AbortController().signal, []));
  expect([slow.status, cancels(simulator), clock.now() - from]).toEqual(['cancelled', 2, 34_000]);
});

test('a message without an id stays, and a send that was cut off goes out to nobody else when it is taken back', async () => {
  const session = await stage({
    network: (api) => async (input, init) => {
      const response = await api.fetch(input, init);
      if (!(input instanceof Request) || !input.url.endsWith('/v3/messages') || response.status !== 202)
        return response;
      const { data, ...rest } = (await response.json()) as { data: { recipients: { to: string }[] } };
      const recipients = data.recipients.map((one) => (one.to === TO[0] ? { to: one.to } : one));
      return Response.json(
        { ...rest, data: { ...data, recipients } },
        { status: 202, headers: response.headers },
      );
    },
  });
  const { call, simulator } = session;
  const meant = await people(session);
  const { plan } = (await call('send_message', LATER)).data;
  cancels(simulator);
  const { data } = await call('send_message', { plan, scheduled_at: 'cancel' });
  expect(data).toMatchObject({ status: 'partial', messages: [{ to: TO[0] }], not_sent: [{ to: TO[1] }] });
  expect(cancels(simulator)).toBe(1);

  simulator.faults.add({
    path: /messages$/,
    method: 'POST',
    kind: { status: 503, code: 'SERVICE_001' },
    after: 2,
  });
  const cut = await call('send_message', meant);
  expect(cut.data).toMatchObject({ status: 'partial', accepted: 1 });
  simulator.faults.clear();
  const taken = await call('send_message', { plan: cut.data.plan, scheduled_at: 'cancel' });
  expect(taken.data).toMatchObject({ status: 'cancelled', accepted: 0 });
  const before = simulator.messages.length;
  expect((await call('send_message', { plan: cut.data.plan })).data.status).toBe('cancelled');
  expect(simulator.messages).toHaveLength(before);
});
