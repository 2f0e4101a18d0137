import type { Caller } from '../../runtime/index.ts';
import { leftPeople, standingOf } from '../record/index.ts';
import { checkSchedule, NOT_CONFIRMED, tryRequests } from './dry-run.ts';
import { latestOf } from './latest.ts';
import type { SendParts } from './parts.ts';
import type { Chosen } from './plan-for.ts';
import { previewOf } from './preview.ts';
import { isoOf, limited, MAX_SHOWN, resultOf, type SendResult } from './result.ts';

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
  if (leftPeople(shown).length === 0) return resultOf(shown, { now, warnings: [], isRepeated: true });
  if (startedAt === undefined) await checkSchedule(plan, parts.client, now, caller);
  const warnings = [
    ...(startedAt === undefined
      ? []
      : [`This very send was begun at ${isoOf(startedAt)}; shown is what is left of it.`]),
    ...plan.warnings,
    ...unsure,
    ...(age === undefined ? [] : [age]),
  ];
  const next = `${why === undefined ? '' : `${why} `}Show this to the user. If they agree, call send_message with plan: ${plan.id} and nothing else.`;
  return previewOf(shown, { recipients, msUntilSent: parts.msUntilSent }, warnings, next);
}

/** The plan as a dry run; a loud warning where Sent did not confirm that it was one. */
export async function dryRun({ record }: Chosen, parts: SendParts, caller: Caller): Promise<SendResult> {
  const { plan } = record;
  const { messages, isConfirmed } = await tryRequests(record, parts.client, caller);
  const { warnings } = plan;
  if (messages.length === 0) return resultOf(record, { now: parts.clock.now(), warnings, isRepeated: false });
  const { skipped } = standingOf(record);
  // The ids of a dry run are made up and cannot be followed up.
  const planned = isConfirmed
    ? messages.map(({ to, channel }) => ({ to, ...(channel && { channel }) }))
    : messages;
  const lists = limited({ messages: planned, not_sent: [], unknown: [], skipped }, MAX_SHOWN);
  const result = { plan: plan.id, accepted: isConfirmed ? 0 : messages.length, ...lists };
  return isConfirmed
    ? { status: 'dry_run', ...result, sandbox: true, ...(warnings.length > 0 && { warnings }) }
    : { status: 'accepted', ...result, warnings: [NOT_CONFIRMED, ...warnings] };
}
