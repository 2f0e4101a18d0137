import type { AppError } from '../../errors.ts';
import type { Caller } from '../../runtime/index.ts';
import type { SentClient } from '../../sent/index.ts';
import { NOT_CONFIRMED, type OneOfMany } from './one-of-many.ts';
import type { BulkKind } from './plan.ts';
import { left, type PlanLog, type Progress } from './plan-log.ts';
import { type RunEnd, runEach } from './run.ts';

export type BulkResult = {
  status: 'done' | 'partial';
  plan: string;
  /** People for whom it is done, over all calls that it took. */
  done: number;
  failed: readonly { phone_number: string; code: string }[];
  /** People for whom nothing was tried yet: the same call goes on with them. */
  remaining: number;
  /** Where all of it had been done before this call: when. */
  done_at?: string;
  sandbox?: true;
  warnings?: string[];
};

/** A plan being carried out by one call; it may outlive the call by what is under way then. */
export type Job = {
  /** How far it is: of a dry run by itself, else over all calls. */
  readonly progress: Progress;
  readonly sandbox: boolean;
  /** Why the rate limit held it up last. */
  heldBy(): AppError | undefined;
  /** Never rejects. */
  readonly ended: Promise<RunEnd>;
};

const PROGRESS: Record<BulkKind, string> = { update: 'Changing contacts', delete: 'Deleting contacts' };

export function startJob(
  stored: Progress,
  parts: {
    client: Pick<SentClient, 'rate'>;
    one: OneOfMany;
    plans: Pick<PlanLog, 'settle'>;
    /** Something may have been done that was not seen. */
    invalidate(): void;
    /** A wait for the rate limit that is longer ends the job. */
    maxHeldMs: number;
    sandbox: boolean;
    stop: AbortController;
    caller: Caller;
  },
): Job {
  const { sandbox, stop } = parts;
  const { plan } = stored;
  const progress = sandbox
    ? { ...stored, done: new Set<number>(), failed: new Map<number, string>() }
    : stored;
  let heldBy: AppError | undefined;
  const held = (error: AppError): void => {
    heldBy = error;
    if (parts.client.rate().heldForMs > parts.maxHeldMs) stop.abort();
  };
  const ended = runEach(left(progress), {
    signal: stop.signal,
    oneByOne: sandbox,
    async act(place) {
      const person = plan.people[place];
      const how = { signal: stop.signal, dryRun: sandbox, onThrottled: held };
      if (person) await parts.one.act(plan, person, how);
    },
    async settled(one) {
      if (!sandbox) await parts.plans.settle(plan.plan, [one]);
      const { done, failed } = progress;
      if (one.code === undefined) done.add(one.person);
      else failed.set(one.person, one.code);
      parts.caller.progress(done.size + failed.size, plan.people.length, PROGRESS[plan.kind]);
    },
  }).then((end) => {
    if ([...end.passing.values()].includes('unknown_outcome')) parts.invalidate();
    return end;
  });
  return { progress, sandbox, ended, heldBy: () => heldBy };
}

/**
 * What to tell of a job at this moment.
 * @param end undefined while something of it is still under way.
 * @throws AppError what stopped it before anything was done, or that a dry run was none.
 */
export function answerOf(job: Job, end: RunEnd | undefined, caller: Pick<Caller, 'signal'>): BulkResult {
  const result = bulkResult(job.progress, { passing: end?.passing });
  const heldBy = result.remaining > 0 && !caller.signal.aborted ? job.heldBy() : undefined;
  const stopped = end?.stopped ?? heldBy;
  if (stopped === NOT_CONFIRMED) throw stopped;
  if (stopped && result.done === 0)
    throw stopped.with({ next: `${stopped.next} Then make the same call again.` });
  return {
    ...result,
    ...(job.sandbox && { sandbox: true as const }),
    ...(stopped && { warnings: [stoppedText(stopped)] }),
  };
}

export const stoppedText = ({ code, message, next }: AppError): string =>
  `Stopped early (${code}): ${message} ${next}`;

/** @param facts.passing failures that may pass, which the same call tries again. */
export function bulkResult(
  { plan, done, failed: final }: Progress,
  facts: {
    passing?: ReadonlyMap<number, string> | undefined;
    doneAt?: number;
    warnings?: string[];
  },
): BulkResult {
  const failed = [...new Map([...final, ...(facts.passing ?? [])])]
    .filter(([place]) => !done.has(place))
    .map(([place, code]) => ({ phone_number: plan.people[place]?.phone_number ?? '', code }));
  const remaining = plan.people.length - done.size - failed.length;
  return {
    status: remaining === 0 && failed.length === 0 ? 'done' : 'partial',
    plan: plan.plan,
    done: done.size,
    failed,
    remaining,
    ...(facts.doneAt !== undefined && { done_at: new Date(facts.doneAt).toISOString() }),
    ...(facts.warnings && { warnings: facts.warnings }),
  };
}
