import { toAppError } from '../../../errors.ts';
import type { Caller } from '../../../runtime/index.ts';
import { heldError } from '../../../sent/index.ts';
import {
  cutOffBy,
  leftAt,
  leftOf,
  type PlannedRequest,
  type SendRecord,
  standingOf,
} from '../../record/index.ts';
import type { SendParts } from '../parts.ts';
import type { Stop } from '../stop.ts';
import { createLastLook } from './last-look.ts';
import { isAboutOne, sendRequest } from './send-request.ts';

export type Run = {
  stop: Stop | undefined;
  /** How old what is known of opt-outs was when a message went out, a sentence; undefined where it was new enough. */
  age: string | undefined;
};

/** So many refusals in a row, and no request that was accepted: the next one would be refused as well. */
const MAX_REFUSALS = 3;
/** What a limit asks to wait where it does not say how long. */
const PAUSE_MS = 1_000;

/**
 * Sends what is not known to be accepted, request by request: each at its turn under the limit of sends, to those who
 * are still to get it by the latest that is known then. What the limit holds back goes out at the next turn. One that is
 * refused for its content does not hold up the others; whatever else fails ends the run.
 * @param until no request begins after this moment, in monotonic milliseconds.
 */
export async function runRequests(
  record: SendRecord,
  parts: SendParts,
  caller: Caller,
  until: number,
): Promise<Run> {
  const { clock, client, closing } = parts;
  const { plan } = record;
  const look = createLastLook(record, parts, caller);
  const timeUp = new AbortController();
  void clock.sleep(until - clock.monotonic(), timeUp.signal).then(() => timeUp.abort());
  const over = AbortSignal.any([caller.signal, closing, timeUp.signal]);
  let hasBegun = false;

  /** Waits until a request may go out; what ends the run before that. */
  async function turn(): Promise<Stop | undefined> {
    const withinMs = until - clock.monotonic();
    if (withinMs > 0) await client.turnToSend(withinMs, over);
    if (caller.signal.aborted) return { why: 'cancelled' };
    if (closing.aborted) return { why: 'closing' };
    if (cutOffBy(record, clock.now()) === 'schedule') return { why: 'schedule' };
    if (clock.monotonic() < until) return undefined;
    return hasBegun ? { why: 'time' } : { error: heldError(client.sendRate().msUntil(1)) };
  }

  async function sendInTurn(index: number, request: PlannedRequest): Promise<Stop | { accepted: number }> {
    try {
      for (;;) {
        const end = await turn();
        if (end) return end;
        const to = await look.atPeopleOf(index);
        if (to.length === 0) return { accepted: 0 };
        hasBegun = true;
        const done = await sendRequest(record, { index, request, to }, parts, caller);
        if (typeof done === 'number') return { accepted: done };
        const waitMs = done.retryAfterMs ?? PAUSE_MS;
        if (!done.isThrottled || clock.monotonic() + waitMs >= until) return { error: done };
        await clock.sleep(waitMs, over);
      }
    } catch (thrown) {
      return caller.signal.aborted ? { why: 'cancelled' } : { error: toAppError(thrown) };
    }
  }

  async function sendAll(): Promise<Stop | undefined> {
    const people = plan.requests.reduce((sum, request) => sum + leftOf(record, request).length, 0);
    const total = people * Math.max(1, plan.content.channels.length);
    let first: Stop | undefined;
    let refusals = 0;
    let hasAccepted = false;
    let accepted = standingOf(record).accepted.length;
    for (const [index, request] of plan.requests.entries()) {
      if (leftAt(record, index).length === 0) continue;
      const end = await sendInTurn(index, request);
      if ('accepted' in end) {
        hasAccepted ||= end.accepted > 0; // Else nobody of it was left.
        accepted += end.accepted;
        caller.progress(accepted, total, 'Messages accepted by Sent');
        continue;
      }
      if (!('error' in end) || !isAboutOne(end.error)) return end;
      first ??= end;
      if (++refusals >= MAX_REFUSALS && !hasAccepted) return end;
    }
    return first;
  }

  try {
    return { stop: await sendAll(), age: look.age() };
  } finally {
    timeUp.abort();
  }
}
