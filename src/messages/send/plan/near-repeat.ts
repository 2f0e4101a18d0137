import { AppError } from '../../../errors.ts';
import {
  cutOffBy,
  hasUnknown,
  isOpen,
  isOver,
  isTakenBack,
  peopleOf,
  type SendLog,
  type SendPlan,
  type SendRecord,
  standingOf,
} from '../../record/index.ts';

const DAY_MS = 24 * 3_600_000;

/**
 * The send that a plan means, where it has been started before: the one that is open; within 24 hours the one that was
 * done; and however long ago one that was cut off. One that was taken back is no send any more. `again` asks for another,
 * unless the last one is still open.
 */
export function sameSend(
  log: Pick<SendLog, 'latestOf'>,
  plan: Pick<SendPlan, 'fingerprint' | 'again'>,
  now: number,
): SendRecord | undefined {
  const same = log.latestOf(plan.fingerprint);
  if (same?.startedAt === undefined || isTakenBack(same)) return undefined;
  if (isOpen(same, now)) return same;
  if (plan.again) return undefined;
  return now - same.startedAt < DAY_MS || cutOffBy(same, now) !== undefined ? same : undefined;
}

/** Everybody of a send who has it, may have it, or will get it when it is finished. */
function reachedBy(record: SendRecord, now: number): Set<string> {
  const { accepted, unknown, notSent } = standingOf(record);
  const waiting = isOver(record, now) ? [] : notSent.filter(({ isFinal }) => !isFinal);
  return new Set([...accepted.map(({ to }) => to), ...unknown, ...waiting.map(({ to }) => to)]);
}

const others = (log: Pick<SendLog, 'startedWith'>, plan: SendPlan, people: readonly string[]): SendRecord[] =>
  log.startedWith(plan.words, people).filter((record) => record.plan.id !== plan.id);

/**
 * Nothing goes out that says the same to somebody of a send that is still open: a list with one person fewer, an edited
 * address book or another channel may mean that very send. However long ago, a send of which somebody may have got a
 * message is told before another goes out, unless that is meant (`again`).
 * @param before only those that were started before this one.
 * @throws AppError `conflict` that names the plan of that send.
 */
export function checkNoOpenRepeat(
  log: Pick<SendLog, 'startedWith'>,
  plan: SendPlan,
  now: number,
  before = Infinity,
): void {
  const people = [...peopleOf(plan), ...plan.skipped.map(({ to }) => to)];
  const open = others(log, plan, people).find((record) => {
    if (!isOpen(record, now) || record.order >= before) return false;
    const reached = reachedBy(record, now);
    return people.some((to) => reached.has(to));
  });
  if (open === undefined) {
    checkNobodyInDoubt(log, plan, now);
    return;
  }
  const { id } = open.plan;
  throw new AppError(
    'conflict',
    'The same words to some of the same people have been begun and are not finished, so nothing was sent by this call.',
    {
      next: `Call send_message with plan: ${id} and nothing else to finish it and to learn who has it; nobody gets it twice. Only then decide whether another send is needed.`,
    },
  );
}

/** The part of it that also holds for a dry run, which may turn out to be none. */
export function checkNobodyInDoubt(log: Pick<SendLog, 'startedWith'>, plan: SendPlan, now: number): void {
  if (plan.again) return;
  const meant = peopleOf(plan);
  const doubtful = others(log, plan, meant).findLast((record) => {
    if (!hasUnknown(record) || isOpen(record, now)) return false;
    const unknown = new Set(standingOf(record).unknown);
    return meant.some((to) => unknown.has(to));
  });
  if (doubtful === undefined) return;
  throw new AppError(
    'conflict',
    'Some of these people may have got the same words by an earlier send that was cut off, so nothing was sent by this call.',
    {
      next: `Call get_message with plan: ${doubtful.plan.id} to see who, and ask the user. Leave those people out, or give again: true to send to all of them all the same.`,
    },
  );
}

/** How many people of a plan have got the same words by other sends, and when the last of them did. */
export function gotTheSameBefore(
  log: Pick<SendLog, 'startedWith'>,
  plan: SendPlan,
): { people: number; at: number } | undefined {
  const before = others(log, plan, peopleOf(plan));
  if (before.length === 0) return undefined;
  const people = new Set(peopleOf(plan));
  const reached = new Set<string>();
  let at = 0;
  for (const record of before) {
    const { accepted, unknown } = standingOf(record);
    const both = [...accepted.map(({ to }) => to), ...unknown].filter((to) => people.has(to));
    for (const to of both) reached.add(to);
    if (both.length > 0) at = Math.max(at, record.startedAt ?? 0);
  }
  return reached.size > 0 ? { people: reached.size, at } : undefined;
}
