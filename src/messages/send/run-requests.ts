import { type AppError, toAppError } from '../../errors.ts';
import type { Caller, Clock } from '../../runtime/index.ts';
import type { SentClient } from '../../sent/index.ts';
import {
  keyOf,
  leftOf,
  requestBody,
  type SendEvent,
  type SendLog,
  type SendRecord,
  standingOf,
} from '../record/index.ts';
import { checkReplay, messagesOf } from './accepted.ts';

export type RunParts = { client: SentClient; clock: Clock; log: SendLog };

/** How a run ended before everything was sent: what failed, or why no further request was made. */
export type Stop = { error: AppError } | { why: 'time' | 'cancelled' | 'closing' };

/** So many refusals in a row, and no request that was accepted: the next one would be refused as well. */
const MAX_REFUSALS = 3;

/**
 * Sends what is not known to be accepted, request by request, each under the same key on every repetition. Each is
 * written down before it goes out and after it was answered. One that is refused for its content does not hold up the
 * others; whatever else fails ends the run.
 * @param until no request begins after this moment, in monotonic milliseconds.
 * @param isClosing whether the process is about to end.
 */
export async function runRequests(
  record: SendRecord,
  parts: RunParts,
  caller: Caller,
  limits: { until: number; isClosing: () => boolean },
): Promise<Stop | undefined> {
  const { clock } = parts;
  const { plan } = record;
  const total = plan.requests.reduce((sum, request) => sum + leftOf(record, request).length, 0);
  let stop: Stop | undefined;
  let refusals = 0;
  let hasAccepted = false;

  for (const [index, request] of plan.requests.entries()) {
    const state = record.requests[index];
    const to = leftOf(record, request);
    if (state === undefined || state.is === 'accepted' || to.length === 0) continue;
    if (state.is === 'failed' && state.isFinal) continue;
    if (caller.signal.aborted) return { why: 'cancelled' };
    if (limits.isClosing()) return { why: 'closing' };
    if (clock.monotonic() >= limits.until) return { why: 'time' };
    const error = await sendOne(record, index, to, parts, caller);
    if (error === undefined) {
      hasAccepted = true;
      const done = standingOf(record).accepted.length;
      caller.progress(done, total * Math.max(1, plan.content.channels.length), 'Messages accepted by Sent');
      continue;
    }
    stop ??= { error };
    if (!isAboutOne(error)) return { error };
    if (++refusals >= MAX_REFUSALS && !hasAccepted) return { error };
  }
  return stop;
}

/** One request; what it failed with, where it did. */
async function sendOne(
  record: SendRecord,
  index: number,
  to: readonly string[],
  { client, log }: RunParts,
  caller: Caller,
): Promise<AppError | undefined> {
  const { plan } = record;
  const request = plan.requests[index] ?? { to: [] };
  const at = { send: plan.id, request: index };
  const wasBegun = record.requests[index]?.is === 'unknown';
  try {
    await log.write({ event: 'begin', ...at });
  } catch (error) {
    return notWritten(toAppError(error));
  }
  try {
    const answer = await client.sendMessage(requestBody(plan, request, to), {
      signal: caller.signal,
      idempotencyKey: keyOf(plan, index),
      repeats: wasBegun,
    });
    if (answer.replayed) {
      const isExplained = wasBegun || answer.tries > 1;
      checkReplay(answer.data, { to: request.to, templateId: plan.content.template?.id, isExplained });
    }
    const messages = messagesOf(answer.data, to, plan.content.channels);
    await tell(log, { event: 'accept', ...at, messages });
    return undefined;
  } catch (thrown) {
    const error = toAppError(thrown);
    const { code, sentCode, mayHaveRun } = error;
    const isUnknown = mayHaveRun || code === 'internal' || (wasBegun && code === 'cancelled');
    await tell(
      log,
      isUnknown
        ? { event: 'markUnknown', ...at }
        : {
            event: 'fail',
            ...at,
            code,
            ...(sentCode !== undefined && { sentCode }),
            ...(isAboutOne(error) && { isFinal: true }),
          },
    );
    return error;
  }
}

/** Whether a refusal is about the people or the words of just this request, so that others may well go out. */
const isAboutOne = ({ code, sentCode, isAboutRequest }: AppError): boolean =>
  sentCode !== 'CONFLICT_001' && (isAboutRequest || code === 'conflict' || sentCode === 'BUSINESS_004');

/** What has happened is known here even where it cannot be written; then the key makes a repetition harmless. */
async function tell(log: SendLog, event: SendEvent): Promise<void> {
  await log.write(event).catch(() => log.remember(event));
}

const notWritten = (error: AppError): AppError =>
  error.with({
    message: `What is sent could not be written down, so it was not sent: ${error.message}`,
    next: 'Ask the user to look at the disk or the place that SENT_STATE names, then make the same call again.',
  });
