import type { Contacts } from '../../contacts/index.ts';
import { AppError } from '../../errors.ts';
import type { Caller, Clock } from '../../runtime/index.ts';
import type { SentClient } from '../../sent/index.ts';
import { isOver, isUnscheduled, type SendLog, type SendRecord, standingOf } from '../record/index.ts';
import { askStatuses, type Statuses } from './statuses.ts';

export type NotDelivered = { to: string; status: string; reason?: string | undefined };

/** What became of a whole send. */
export type FollowUp = {
  plan: string;
  sent_at: string;
  template?: string | undefined;
  text?: string | undefined;
  scheduled_at?: string | undefined;
  /** Messages by status; ACCEPTED is one that nothing more is known of yet. */
  counts: Readonly<Record<string, number>>;
  /** Why people were not reached, the most frequent first. */
  reasons: readonly { reason: string; count: number }[];
  /** Everybody who certainly has not got it, and `UNKNOWN` those who may have. */
  not_delivered: readonly NotDelivered[];
  /** Entries that the list leaves out. */
  left_out?: number;
  /** Those of the list who certainly have not got it. */
  selection?: string;
  settled: number;
  unsettled: number;
  next?: string;
  warnings?: readonly string[];
};

export type FollowUpParts = { client: SentClient; clock: Clock; log: SendLog; contacts: Contacts };

const REACHED = new Set(['DELIVERED', 'READ']);
const MAX_LISTED = 50;
const MAX_REASONS = 10;

/**
 * Follows a send up: each message is asked about until it is settled, and never after.
 * @throws AppError `invalid_input` for a plan that is unknown or was not sent.
 */
export async function followUp(plan: string, parts: FollowUpParts, caller: Caller): Promise<FollowUp> {
  const { log, contacts } = parts;
  await log.refresh();
  const record = log.get(plan.trim());
  if (record?.startedAt === undefined) {
    throw new AppError(
      'invalid_input',
      record ? 'This plan was only shown: nothing of it was sent.' : 'plan is not one of send_message.',
      {
        next: record
          ? `To send it, call send_message with plan: ${record.plan.id}.`
          : 'Call get_message without anything for the latest sends.',
      },
    );
  }
  const { accepted, takenBack } = standingOf(record);
  const ids = [...accepted, ...takenBack].flatMap(({ message_id }) => message_id ?? []);
  const statuses = await askStatuses(record, ids, parts, caller);
  const result = followUpOf(record, record.startedAt, statuses, parts.clock.now());
  const missed = result.not_delivered.filter(({ status }) => status !== 'UNKNOWN').map(({ to }) => to);
  const selection = missed.length === 0 ? undefined : await handleFor(contacts, missed);
  const left = result.not_delivered.length - MAX_LISTED;
  return {
    ...result,
    not_delivered: result.not_delivered.slice(0, MAX_LISTED),
    ...(left > 0 && { left_out: left }),
    ...(selection !== undefined && { selection }),
  };
}

async function handleFor(contacts: Contacts, numbers: readonly string[]): Promise<string | undefined> {
  try {
    return await contacts.selections.ofNumbers(numbers);
  } catch {
    return undefined; // An extra: the list names them.
  }
}

/** The whole of it from what is known. Pure. */
export function followUpOf(
  record: SendRecord,
  startedAt: number,
  { known, stopped }: Statuses,
  now: number,
): FollowUp {
  const { plan } = record;
  const { takenBack, unknown, notSent, ...standing } = standingOf(record);
  const accepted = [...standing.accepted, ...takenBack];
  const counts: Record<string, number> = {};
  const people = new Map<
    string,
    { isReached: boolean; isOpen: boolean; failure: NotDelivered | undefined }
  >();
  let settled = 0;
  let asked = 0;
  for (const { to, message_id = '' } of accepted) {
    const one = known.get(message_id);
    const status = one?.status ?? 'ACCEPTED';
    counts[status] = (counts[status] ?? 0) + 1;
    if (one?.isSettled) settled++;
    if (one) asked++;
    const before = people.get(to) ?? { isReached: false, isOpen: false, failure: undefined };
    people.set(to, {
      isReached: before.isReached || REACHED.has(status),
      isOpen: before.isOpen || one?.isSettled !== true,
      failure:
        one?.isSettled && !REACHED.has(status)
          ? { to, status, ...(one.reason !== undefined && { reason: one.reason }) }
          : before.failure,
    });
  }
  const failed = [...people.values()].flatMap(({ isReached, isOpen, failure }) =>
    isReached || isOpen || !failure ? [] : [failure],
  );
  const not_delivered = [
    ...failed,
    ...notSent.map(({ to, code }) => ({
      to,
      status: 'NOT_SENT',
      ...(code !== undefined && { reason: code }),
    })),
    ...unknown.map((to) => ({ to, status: 'UNKNOWN' })),
  ];
  const unsettled = accepted.length - settled;
  const warnings = [
    ...(stopped ? [`Not all could be asked about: ${stopped.message}`] : []),
    ...(asked < accepted.length && !stopped
      ? [`${accepted.length - asked} messages could not be asked about in the time of one call.`]
      : []),
  ];
  const next = nextStep(plan.id, {
    isOpen: notSent.length + unknown.length > 0 && !isOver(record, now),
    notSent: notSent.length,
    unsettled,
  });
  return {
    plan: plan.id,
    sent_at: new Date(startedAt).toISOString().replace(/\.\d+Z$/, 'Z'),
    ...(plan.content.template && { template: plan.content.template.name }),
    ...(plan.content.text !== undefined && { text: plan.content.text }),
    ...(plan.content.scheduled_at !== undefined &&
      !isUnscheduled(record) && { scheduled_at: plan.content.scheduled_at }),
    counts,
    reasons: reasonsOf(not_delivered),
    not_delivered,
    settled,
    unsettled,
    ...(next !== undefined && { next }),
    ...(warnings.length > 0 && { warnings }),
  };
}

function reasonsOf(people: readonly NotDelivered[]): { reason: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { reason } of people)
    if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .map(([reason, count]) => ({ reason, count }))
    .sort((a, b) => b.count - a.count)
    .slice(0, MAX_REASONS);
}

function nextStep(
  plan: string,
  { isOpen, notSent, unsettled }: { isOpen: boolean; notSent: number; unsettled: number },
): string | undefined {
  if (isOpen)
    return `It was not sent to all: call send_message with plan: ${plan} and nothing else to go on.`;
  if (notSent > 0)
    return 'It was not sent to all, and is not gone on with: to reach them, send to the selection.';
  return unsettled > 0 ? `Call get_message with plan: ${plan} again later.` : undefined;
}
