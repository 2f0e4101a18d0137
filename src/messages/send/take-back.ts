import { AppError, toAppError } from '../../errors.ts';
import type { Caller } from '../../runtime/index.ts';
import { isOver, type SendRecord, type Settled, standingOf } from '../record/index.ts';
import type { SendParts } from './parts.ts';
import { resultOf, type SendResult } from './result.ts';

/** What `scheduled_at` says beside a plan to take its messages back. */
export const TAKE_BACK = 'cancel';
const CALL_MS = 45_000;

/**
 * POST /v3/messages/{id}/cancel for each message of a send that waits for its time. What is taken back is written down;
 * the same call goes on with the rest.
 * @throws AppError `invalid_input` for a send that was not scheduled.
 */
export async function takeBack(record: SendRecord, parts: SendParts, caller: Caller): Promise<SendResult> {
  const { plan, startedAt } = record;
  const { clock, client, log } = parts;
  if (plan.content.scheduled_at === undefined || startedAt === undefined) {
    throw new AppError(
      'invalid_input',
      'Only what was sent with scheduled_at and waits for its time can be taken back.',
      {
        next: 'Nothing was changed. What has gone out cannot be taken back.',
      },
    );
  }
  const until = clock.monotonic() + CALL_MS;
  const { accepted, notSent } = standingOf(record);
  const taken: Settled[] = [];
  let stopped: AppError | undefined;
  for (const [index, { message_id }] of accepted.entries()) {
    if (message_id === undefined) continue;
    if (stopped || caller.signal.aborted || parts.closing.aborted || clock.monotonic() >= until) break;
    try {
      const { dryRun } = await client.cancelMessage(message_id, { signal: caller.signal });
      if (!dryRun.asked) taken.push({ message_id, status: 'CANCELLED' });
    } catch (thrown) {
      const error = toAppError(thrown);
      // One that has gone out, or is no longer there, does not hold up the others.
      if (!error.isAboutRequest && error.code !== 'conflict') stopped = error;
    }
    caller.progress(index + 1, accepted.length, 'Messages taken back');
  }
  const event = { event: 'status', send: plan.id, messages: taken } as const;
  if (taken.length > 0) await log.write(event).catch(() => log.remember(event));
  if (stopped && taken.length === 0) throw stopped;
  if (notSent.length > 0) await withdrawRest(record, parts);

  const result = resultOf(record, {
    now: clock.now(),
    within: log.within,
    warnings: [],
    isRepeated: true,
  });
  const { accepted: left, unknown } = standingOf(record);
  if (unknown.length > 0 && !isOver(record, clock.now())) {
    const next = `Of ${unknown.length} it is not known whether they are to get it: call send_message with plan: ${plan.id} and nothing else first, which finishes it, then take it back again.`;
    return { ...result, next };
  }
  if (left.length === 0 && !record.isHeard)
    await log.write({ event: 'finish', send: plan.id }).catch(() => {});
  if (left.length === 0) return result;
  return {
    ...result,
    status: 'partial',
    next: `${stopped ? `${stopped.next} ` : ''}Those under messages could not be taken back so far. Call send_message with plan: ${plan.id} and scheduled_at: ${TAKE_BACK} to try again, or get_message with the plan to see what became of them.`,
  };
}

/** What had not gone out yet never does. */
async function withdrawRest(record: SendRecord, { log }: SendParts): Promise<void> {
  for (const [request, state] of record.requests.entries()) {
    if (state.is !== 'waiting' && state.is !== 'failed') continue;
    await log.write({ event: 'fail', send: record.plan.id, request, code: 'cancelled', isFinal: true });
  }
}
