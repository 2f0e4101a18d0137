import type { Caller } from '../../../runtime/index.ts';
import { namesOf } from '../../people/index.ts';
import { leftPeople, standingOf } from '../../record/index.ts';
import { latestOf } from '../latest.ts';
import type { SendParts } from '../parts.ts';
import { type Chosen, checkNobodyInDoubt } from '../plan/index.ts';
import { contentFacts, isoOf, limited, MAX_SHOWN, resultOf, type SendResult } from '../result.ts';
import { unconfirmedResult } from './doubt.ts';
import { checkSchedule, tryPrice, tryRequests } from './dry-run.ts';
import { previewOf } from './preview.ts';

/**
 * What the plan comes to for those who are still to be sent to; nothing is done.
 * @param why it is shown though it was to be done, a sentence.
 */
export async function showPlan(
  chosen: Chosen,
  parts: SendParts,
  caller: Caller,
  why?: string,
): Promise<SendResult> {
  const { record } = chosen;
  const { plan, startedAt } = record;
  const { recipients, shown, unsure, age } = await latestOf(chosen, parts, caller);
  const now = parts.clock.now();
  const { within } = parts.log;
  const left = leftPeople(shown);
  if (left.length === 0) return resultOf(shown, { now, within, warnings: [], isRepeated: true });
  if (startedAt === undefined) await checkSchedule(plan, parts, caller);
  const { price, unconfirmed } = await tryPrice(shown, parts, caller);
  if (unconfirmed) return unconfirmedResult(plan, unconfirmed, parts);
  const warnings = [
    ...(startedAt === undefined
      ? []
      : [`This very send was begun at ${isoOf(startedAt)}; shown is what is left of it.`]),
    ...plan.warnings,
    ...unsure,
    ...(age === undefined ? [] : [age]),
  ];
  const next = `${why === undefined ? '' : `${why} `}Show this to the user. If they agree, call send_message with plan: ${plan.id} and nothing else.`;
  const names = await namesOf(left.slice(0, MAX_SHOWN), parts.contacts);
  return previewOf(shown, { recipients, names, msUntilSent: parts.msUntilSent, price }, warnings, next);
}

/**
 * The plan as a dry run. Where Sent does not confirm that it was one, that is said loudly, and written down: the same
 * message is never sent to those people as if nothing had gone out.
 */
export async function dryRun({ record }: Chosen, parts: SendParts, caller: Caller): Promise<SendResult> {
  const { plan } = record;
  const now = parts.clock.now();
  const { within } = parts.log;
  checkNobodyInDoubt(parts.log, plan, now);
  const { messages, price, unconfirmed } = await tryRequests(record, parts.client, caller);
  const { warnings } = plan;
  if (unconfirmed) return unconfirmedResult(plan, unconfirmed, parts);
  if (messages.length === 0) return resultOf(record, { now, within, warnings, isRepeated: true });
  if (price !== undefined) parts.dryRuns.tellPrices = true;
  const { skipped } = standingOf(record);
  // The ids of a dry run are made up and cannot be followed up.
  const planned = messages.map(({ to, channel }) => ({ to, ...(channel && { channel }) }));
  return {
    status: 'dry_run',
    plan: plan.id,
    accepted: 0,
    ...limited({ messages: planned, not_sent: [], unknown: [], skipped }, MAX_SHOWN),
    ...contentFacts(record),
    ...(price !== undefined && { price }),
    sandbox: true,
    next: parts.sandbox
      ? 'Nothing was sent: SENT_SANDBOX makes every send a dry run.'
      : 'Nothing was sent. To send it, make the same call without sandbox.',
    ...(warnings.length > 0 && { warnings }),
  };
}
