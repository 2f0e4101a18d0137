import { type AppError, toAppError } from '../../../errors.ts';
import type { Caller } from '../../../runtime/index.ts';
import type { SentClient } from '../../../sent/index.ts';
import {
  keyOf,
  type PlannedRequest,
  requestBody,
  type SendEvent,
  type SendLog,
  type SendRecord,
} from '../../record/index.ts';
import { checkReplay, messagesOf } from '../accepted.ts';

/**
 * One request of a send, to these of its people, always under the same key; written down before it goes out and after
 * it was answered. It has its turn already.
 * @returns how many messages of it Sent accepted, or what it failed with.
 */
export async function sendRequest(
  record: SendRecord,
  { index, request, to }: { index: number; request: PlannedRequest; to: readonly string[] },
  { client, log }: { client: SentClient; log: SendLog },
  caller: Caller,
): Promise<AppError | number> {
  const { plan } = record;
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
      hasTurn: true,
    });
    if (answer.replayed) {
      const isExplained = wasBegun || answer.tries > 1;
      const hasUserKey = plan.userKey !== undefined;
      const templateId = plan.content.template?.id;
      checkReplay(answer.data, { to: request.to, templateId, isExplained, hasUserKey });
    }
    const messages = messagesOf(answer.data, to, plan.content.channels);
    const isUnscheduled = !isScheduledAs(plan.content.scheduled_at, answer.data.scheduled_at);
    await tell(log, { event: 'accept', ...at, messages, ...(isUnscheduled && { isUnscheduled }) });
    return messages.length;
  } catch (thrown) {
    const error = toAppError(thrown);
    const { code, sentCode, mayHaveRun } = error;
    const isUnknown = mayHaveRun || code === 'internal' || wasBegun;
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
export const isAboutOne = ({ code, sentCode, isAboutRequest }: AppError): boolean =>
  sentCode !== 'CONFLICT_001' && (isAboutRequest || code === 'conflict' || sentCode === 'BUSINESS_004');

/** Whether the answer confirms the time that was asked for, or none was. */
export const isScheduledAs = (asked: string | undefined, answered: string | undefined): boolean =>
  asked === undefined || Date.parse(answered ?? '') === Date.parse(asked);

/** What has happened is known here even where it cannot be written; then the key makes a repetition harmless. */
async function tell(log: SendLog, event: SendEvent): Promise<void> {
  await log.write(event).catch(() => log.remember(event));
}

/** Without the call that follows: which one that is depends on what had gone out before. */
const LOOK_AT_STATE = 'Ask the user to look at the disk or the place that SENT_STATE names.';

const notWritten = (error: AppError): AppError =>
  error.with({
    message: `What is sent could not be written down, so it was not sent: ${error.message}`,
    next: LOOK_AT_STATE,
  });
