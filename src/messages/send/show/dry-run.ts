import { AppError } from '../../../errors.ts';
import type { Caller } from '../../../runtime/index.ts';
import type { SentClient } from '../../../sent/index.ts';
import { readSchedule } from '../../content/index.ts';
import {
  leftAt,
  type PlannedRequest,
  requestBody,
  type SendPlan,
  type SendRecord,
  type SentOne,
} from '../../record/index.ts';
import { messagesOf, priceOf, sumOf } from '../accepted.ts';
import type { SendParts } from '../parts.ts';
import { checkNobodyInDoubt } from '../plan/index.ts';
import { isScheduledAs } from '../run/index.ts';
import { unconfirmedError } from './doubt.ts';

/**
 * The requests as a dry run, the first person of several alone before them. Their keys are fresh ones: the answer kept
 * under them must never stand for a real one. One that Sent does not confirm may have been real, and ends it.
 * @returns the messages that Sent made up, and their price where it is told for all; `unconfirmed` are those of a request
 * that may have been real.
 */
export async function tryRequests(
  record: SendRecord,
  client: SentClient,
  caller: Caller,
): Promise<{
  messages: readonly SentOne[];
  price?: number | undefined;
  unconfirmed?: readonly SentOne[];
}> {
  const { plan } = record;
  const tries = untried(record);
  const [first] = tries;
  const alone =
    first && (first.to.length > 1 || tries.length > 1) ? [{ ...first, to: first.to.slice(0, 1) }] : [];
  const messages: SentOne[] = [];
  const prices: (number | undefined)[] = [];
  for (const [n, { request, to }] of [...alone, ...tries].entries()) {
    const options = { signal: caller.signal, dryRun: true };
    const answer = await client.sendMessage(requestBody(plan, request, to), options).catch(dryRunFailed);
    const made = messagesOf(answer.data, to, plan.content.channels);
    if (!answer.dryRun.confirmed) return { messages, unconfirmed: made };
    if (n < alone.length) continue;
    messages.push(...made);
    prices.push(priceOf(answer.data));
  }
  const known = prices.filter((price) => price !== undefined);
  const isPriced = known.length > 0 && known.length === prices.length;
  return { messages, price: isPriced ? sumOf(known) : undefined };
}

/** The requests of which nobody can have anything yet, and those of their people who are still to get it. */
const untried = (record: SendRecord): { request: PlannedRequest; to: string[] }[] =>
  record.plan.requests.flatMap((request, index) => {
    const to = record.requests[index]?.is === 'unknown' ? [] : leftAt(record, index);
    return to.length === 0 ? [] : [{ request, to }];
  });

/**
 * The price of what a plan still has to send, by one dry run: only of one request, and only where an earlier dry run was
 * confirmed and told prices. It is an extra, so that a failure only leaves it out.
 */
export async function tryPrice(
  record: SendRecord,
  { client, dryRuns }: SendParts,
  caller: Caller,
): Promise<{ price?: number | undefined; unconfirmed?: readonly SentOne[] }> {
  const { plan } = record;
  const [only, ...others] = untried(record);
  if (!dryRuns.tellPrices || only === undefined || others.length > 0) return {};
  const { request, to } = only;
  const options = { signal: caller.signal, dryRun: true };
  const answer = await client.sendMessage(requestBody(plan, request, to), options).catch(() => undefined);
  if (answer === undefined) return {};
  if (answer.dryRun.confirmed) return { price: priceOf(answer.data) };
  dryRuns.tellPrices = false;
  return { unconfirmed: messagesOf(answer.data, to, plan.content.channels) };
}

/**
 * Whether the API knows `scheduled_at`, by the answer to a dry run: one that does not would send at once.
 * @throws AppError `invalid_input` where it does not, and where the time has come too near; `unknown_outcome` where it
 * may have sent that one message.
 */
export async function checkSchedule(plan: SendPlan, parts: SendParts, caller: Caller): Promise<void> {
  const { scheduled_at } = plan.content;
  const [request] = plan.requests;
  const [first] = request?.to ?? [];
  if (scheduled_at === undefined || request === undefined || first === undefined) return;
  readSchedule(scheduled_at, parts.clock.now()); // The plan may have been shown long ago.
  checkNobodyInDoubt(parts.log, plan, parts.clock.now());
  const options = { signal: caller.signal, dryRun: true };
  const body = requestBody(plan, request, [first]);
  const answer = await parts.client.sendMessage(body, options).catch(dryRunFailed);
  if (!answer.dryRun.confirmed) {
    const messages = messagesOf(answer.data, [first], plan.content.channels);
    throw await unconfirmedError(plan, messages, parts);
  }
  if (isScheduledAs(scheduled_at, answer.data.scheduled_at)) return;
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
