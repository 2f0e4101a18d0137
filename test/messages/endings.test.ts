/** How a send ends, as it is told: one row an ending. */
import { expect, test } from 'vitest';
import type { FaultKind } from '../../src/simulator/simulator.ts';
import { connect, type HarnessOptions } from '../harness.ts';

const [A, B] = ['+14155550142', '+14155550143'];
const HI = { to: [A, B], text: 'Hi' };
const asked = (
  action: 'accept' | 'decline' | 'cancel',
  content?: Record<string, boolean>,
): HarnessOptions => ({
  onQuestion: () => ({ action, ...(content && { content }) }),
});
const SENT = /^Accepted by Sent, not yet delivered: 2 messages\.\n/;
const UNKNOWN =
  /^unknown_outcome: .* so it is not known whether it was done\..*\nNext: Call send_message with plan: send_\w{16} and nothing else, within 24 hours: it finishes this very send and tells what happened; nobody gets it twice\.$/;
const NO =
  /^cancelled: The person was asked and said no, so nothing was done\.\nNext: Do not try again unless the user asks for it\.$/;
const CLOSED =
  /^cancelled: The question was closed without an answer, so nothing was done\.\nNext: .*SENT_CONFIRM=never\.$/;
const CANNOT_ASK =
  /^forbidden: The person must be asked before this, and this client cannot ask them\.\nNext: Nothing was done\. .*SENT_CONFIRM\.$/;
const HELD = /^rate_limited: The rate limit .*\nNext: Wait 90 seconds and call again\.$/;
const held: FaultKind = { status: 429, code: 'BUSINESS_002', retryAfter: 90 };

test.each<[ending: string, HarnessOptions, FaultKind | undefined, RegExp, sent: number]>([
  ['accepted', {}, undefined, SENT, 2],
  ['accepted after a yes', asked('accept', { confirm: true }), undefined, SENT, 2],
  ['not known', {}, 'lost-after', UNKNOWN, 2],
  ['held back', {}, held, HELD, 0],
  ['declined', asked('decline'), undefined, NO, 0],
  ['an empty form', asked('accept', {}), undefined, NO, 0],
  ['closed without an answer', asked('cancel'), undefined, CLOSED, 0],
  ['cannot ask', { env: { SENT_CONFIRM: 'always' } }, undefined, CANNOT_ASK, 0],
])('%s', async (_ending, options, kind, text, sent) => {
  const { call, simulator } = await connect(options);
  if (kind !== undefined) simulator.faults.add({ path: /messages$/, kind });
  const told = await call('send_message', HI);
  expect(told.text).toMatch(text);
  expect(simulator.messages).toHaveLength(sent);
});
