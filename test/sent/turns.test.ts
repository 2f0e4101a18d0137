/** Whose turn it is under the rate limit, who waits for it, and what is counted. */
import { expect, test } from 'vitest';
import { client, json, START, scripted } from './client.ts';

const ID = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
const BODY = { to: ['+14155550142'], text: 'Hello' };
const done = () => json({ success: true, data: { id: ID, phone_number: '+14155550142' } });
/** The documented burst is 50 requests, of which a fifth is left to people: so many go out at once. */
const AT_ONCE = 40;
const held = (seconds: number) => () =>
  json({ success: false, error: { code: 'BUSINESS_002' } }, 429, { 'retry-after': String(seconds) });
const lost = () => Promise.reject(new TypeError('fetch failed'));
const never = new AbortController().signal;
const times = async (count: number, work: () => Promise<unknown>) => {
  for (let n = 0; n < count; n++) await work();
};

test('what runs in the background waits for its turn, which counts once; a call that somebody waits for does not', async () => {
  const { sent, clock } = client(scripted(done).fetch);
  await times(AT_ONCE, () => sent.getContact(ID, { background: true }));
  await times(2, () => sent.getContact(ID));
  expect(clock.now()).toBe(START);
  await sent.getContact(ID, { background: true });
  expect(clock.now() - START).toBeGreaterThanOrEqual(1_000);
});

test('what somebody waits for is counted, each try', async () => {
  const { sent, clock } = client(scripted(lost, done).fetch);
  await times(AT_ONCE - 1, () => sent.getContact(ID));
  const from = clock.now();
  await sent.getContact(ID, { background: true });
  expect(clock.now()).toBeGreaterThan(from);
});

test('the time in which a background call waits is none of its own', async () => {
  const { fetch, requests } = scripted(held(90), () => new Promise<Response>(() => {}));
  const { sent, clock } = client(fetch);
  await expect(sent.me()).rejects.toMatchObject({ code: 'rate_limited' });
  const reading = sent.getContact(ID, { background: true });
  await expect(reading).rejects.toMatchObject({ code: 'unavailable' });
  expect(clock.now() - START).toBe(90_000 + 30_000);
  expect(requests).toHaveLength(3);
});

test.each([
  ['before its first try', [held(90)], 0],
  ['before its next', [held(0)], 1],
] as const)('a background call that is left while it waits %s stops there', async (_what, answers, made) => {
  const leave = new AbortController();
  const { fetch, requests } = scripted(...answers, done);
  const { sent, clock } = client(fetch);
  if (made === 0) await expect(sent.me()).rejects.toMatchObject({ code: 'rate_limited' });
  const before = requests.length;
  const reading = sent.getContact(ID, { background: true, signal: leave.signal });
  void clock.sleep(2_000).then(() => leave.abort());
  await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
  expect(requests.length - before).toBe(made);
});

test('a send by turn is counted once, and its repetitions each', async () => {
  const { sent, clock } = client(scripted(done).fetch);
  const send = async () => {
    await sent.turnToSend(60_000, never);
    await sent.sendMessage(BODY, { hasTurn: true });
  };
  await times(AT_ONCE, send);
  expect(clock.now()).toBe(START);
  await send();
  expect(clock.now()).toBeGreaterThan(START);

  const other = client(scripted(lost, done).fetch);
  await other.sent.sendMessage(BODY, { hasTurn: true });
  await times(AT_ONCE - 1, () => other.sent.turnToSend(60_000, never));
  const from = other.clock.now();
  await other.sent.turnToSend(60_000, never);
  expect(other.clock.now()).toBeGreaterThan(from);
});

test('a turn that would come too late is refused at once, with the wait; one that comes in time is waited for', async () => {
  const { sent, clock } = client(scripted(held(90), done).fetch);
  const send = sent.sendMessage(BODY, { hasTurn: true });
  await expect(send).rejects.toMatchObject({ code: 'rate_limited' });
  await expect(sent.turnToSend(90_000, never)).rejects.toMatchObject({
    code: 'rate_limited',
    next: 'Wait 90 seconds and call again.',
  });
  await sent.turnToSend(90_001, AbortSignal.abort());
  await sent.me(); // Another limit.
  expect(clock.now()).toBe(START);
  await sent.turnToSend(90_001, never);
  expect(clock.now() - START).toBe(90_000);
});

test('where the limit refuses one that has its turn it ends there, unless an earlier try may have been done', async () => {
  const refusing = scripted(held(1), done);
  await expect(client(refusing.fetch).sent.sendMessage(BODY, { hasTurn: true })).rejects.toMatchObject({
    code: 'rate_limited',
  });
  expect(refusing.requests).toHaveLength(1);
  const { fetch, requests } = scripted(lost, held(1), done);
  await client(fetch).sent.sendMessage(BODY, { hasTurn: true });
  expect(requests).toHaveLength(3);
});

test('whoever minds no wait is told each time that the limit holds back, and has all of the time of a call after it', async () => {
  const told: unknown[] = [];
  const { fetch, requests } = scripted(held(60), lost, held(60), done);
  const { sent, clock } = client(fetch);
  await sent.createContact('+14155550142', {
    onThrottled: ({ code, retryAfterMs }) => told.push([code, retryAfterMs]),
  });
  expect(told).toEqual(Array(2).fill(['rate_limited', 60_000]));
  expect(requests).toHaveLength(4);
  expect(clock.now() - START).toBeGreaterThanOrEqual(120_000);
  await expect(client(scripted(held(60)).fetch).sent.me()).rejects.toMatchObject({ code: 'rate_limited' });
});
