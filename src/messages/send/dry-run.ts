import { AppError } from '../../errors.ts';
import type { Caller } from '../../runtime/index.ts';
import type { SentClient } from '../../sent/index.ts';
import { readSchedule } from '../content/index.ts';
import { leftOf, requestBody, type SendPlan, type SendRecord, type SentOne } from '../record/index.ts';
import { messagesOf } from './accepted.ts';

export const NOT_CONFIRMED =
  'WARNING: Sent did not confirm that this was a dry run: the messages may really be on their way.';

/**
 * The requests as a dry run. Their keys are fresh ones: the answer kept under them must never stand for a real one.
 * @returns the messages that Sent made up, and whether it confirmed every request to be a dry run.
 */
export async function tryRequests(
  record: SendRecord,
  client: SentClient,
  caller: Caller,
): Promise<{ messages: SentOne[]; isConfirmed: boolean }> {
  const messages: SentOne[] = [];
  let isConfirmed = true;
  for (const request of record.plan.requests) {
    const to = leftOf(record, request);
    if (to.length === 0) continue;
    const options = { signal: caller.signal, dryRun: true };
    const body = requestBody(record.plan, request, to);
    const answer = await client.sendMessage(body, options).catch(dryRunFailed);
    isConfirmed &&= answer.dryRun.confirmed;
    messages.push(...messagesOf(answer.data, to, record.plan.content.channels));
    if (!isConfirmed) break; // What follows would perhaps be real as well.
  }
  return { messages, isConfirmed };
}

/**
 * Whether the API knows `scheduled_at`, by the answer to a dry run: one that does not would send at once.
 * @throws AppError `invalid_input` where it does not, and where the time has come too near.
 */
export async function checkSchedule(
  plan: SendPlan,
  client: SentClient,
  now: number,
  caller: Caller,
): Promise<void> {
  const { scheduled_at } = plan.content;
  const [request] = plan.requests;
  const [first] = request?.to ?? [];
  if (scheduled_at === undefined || request === undefined || first === undefined) return;
  readSchedule(scheduled_at, now); // The plan may have been shown long ago.
  const options = { signal: caller.signal, dryRun: true };
  const answer = await client.sendMessage(requestBody(plan, request, [first]), options).catch(dryRunFailed);
  const answered = Date.parse(answer.data.scheduled_at ?? '');
  if (answer.dryRun.confirmed && answered === Date.parse(scheduled_at)) return;
  throw new AppError(
    'invalid_input',
    'This account cannot send later: a dry run did not confirm scheduled_at, and the message would have gone out at once.',
    { next: 'Nothing was sent. Ask the user whether to send it now, without scheduled_at, or to wait.' },
  );
}

/** A dry run without an answer leaves nothing to be repeated under a key. */
const dryRunFailed = (error: unknown): never => {
  if (!(error instanceof AppError) || !error.mayHaveRun) throw error;
  throw error.with({ next: 'It was asked for as a dry run, which sends nothing: call again with sandbox.' });
};
