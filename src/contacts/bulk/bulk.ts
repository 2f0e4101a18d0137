import { AppError } from '../../errors.ts';
import type { Caller, Clock } from '../../runtime/index.ts';
import { heldError, type SentClient } from '../../sent/index.ts';
import type { AccountState, Hold } from '../../state/index.ts';
import type { Changes } from '../changes/index.ts';
import { answerOf, type BulkResult, bulkResult, type Job, startJob, stoppedText } from './bulk-job.ts';
import type { OneOfMany } from './one-of-many.ts';
import { type BulkKind, decide, MAX_PEOPLE, planHandle } from './plan.ts';
import { createPlanLog, left, type Progress } from './plan-log.ts';
import { type BulkPreview, type Found, previewOf, questionFor } from './preview.ts';

export type Bulk = {
  /**
   * Decides everything and does nothing; writes the plan down.
   * @throws AppError `invalid_input` for more people than a plan may be about, or nothing to change.
   */
  preview(
    request: { kind: BulkKind; changes: Changes; sandbox: boolean },
    found: Found,
    caller: Pick<Caller, 'canAsk'>,
  ): Promise<BulkPreview>;
  /**
   * Does exactly what a plan says, once, however often it is called: after a lost answer, a cancel or a crash, in
   * another process too, it goes on where it stood.
   * @throws AppError `invalid_input` for a plan that is unknown, too old or another tool's; as the API fails where
   * that was before anything was done.
   */
  carryOut(
    kind: BulkKind,
    handle: string,
    caller: Caller,
    options: { sandbox: boolean },
  ): Promise<BulkResult>;
};

/** A host gives up on a call after a minute: from here on nothing new is begun, and after the grace it is answered. */
const BEGIN_WITHIN_MS = 41_000;
const GRACE_MS = 4_000;
const ASK_HOLD_EVERY_MS = 250;
/** What is known of people is trusted so long, in milliseconds. */
const FRESH_FOR_MS = 60_000;

export function createBulk(parts: {
  client: Pick<SentClient, 'rate'>;
  state: AccountState;
  clock: Clock;
  newKey: () => string;
  one: OneOfMany;
  /** Something may have been done that was not seen. */
  invalidate(): void;
}): Bulk {
  const { client, state, clock } = parts;
  const plans = createPlanLog(state, clock);

  const preview: Bulk['preview'] = async ({ kind, changes, sandbox }, found, { canAsk }) => {
    const isFresh = found.asOf === undefined || clock.now() - found.asOf <= FRESH_FOR_MS;
    const { people, skipped } = decide(kind, changes, { ...found, isFresh });
    if (people.length > MAX_PEOPLE) {
      const amount = `These are ${people.length} people; a plan is about ${MAX_PEOPLE} at most.`;
      throw new AppError('invalid_input', amount, {
        next: 'Narrow the search, by country for example, and make a plan of each part.',
      });
    }
    const handle = planHandle(kind, parts.newKey());
    const plan = { plan: handle, kind, changes, people, ...(sandbox && { sandbox: true as const }) };
    if (people.length > 0) await plans.write(plan);
    const requests = people.length * parts.one.requestsEach(kind, changes, found.contacts);
    return previewOf(plan, found, { skipped, requests, limit: client.rate().limit, canAsk });
  };

  /** @throws AppError `forbidden` where people would be opted back in and nobody can be asked. */
  async function ask({ plan }: Progress, caller: Caller): Promise<void> {
    const optsIn = plan.people.some(({ opts_in }) => opts_in);
    if (optsIn && !caller.canAsk) {
      throw new AppError(
        'forbidden',
        'Many people are never opted back in without the person, and this client cannot ask them.',
        {
          next: 'Nothing was done. With the consent of each of them, call update_contact for one contact at a time.',
        },
      );
    }
    await caller.confirm(questionFor(plan), { plan: plan.plan, ...(optsIn && { always: true }) });
  }

  /** Waits for whoever else carries the plan out, until time is up. */
  async function holdOf(handle: string, until: AbortSignal): Promise<Hold | undefined> {
    for (;;) {
      const hold = await state.hold(`plan ${handle}`);
      if (hold !== undefined || until.aborted) return hold;
      await clock.sleep(ASK_HOLD_EVERY_MS, until);
    }
  }

  const carryOut: Bulk['carryOut'] = async (kind, handle, caller, options) => {
    const before = await plans.find(handle, kind);
    const sandbox = options.sandbox || before.plan.sandbox === true;
    if (!sandbox && left(before).length === 0) return bulkResult(before, { doneAt: before.lastAt });
    if (!sandbox && !before.begun) await ask(before, caller);
    const heldMs = client.rate().heldForMs;
    if (heldMs > BEGIN_WITHIN_MS) {
      const held = heldError(heldMs);
      if (before.done.size === 0) throw held;
      return bulkResult(before, { warnings: [stoppedText(held)] });
    }

    const stop = new AbortController();
    const end = () => stop.abort();
    caller.signal.addEventListener('abort', end, { once: true });
    if (caller.signal.aborted) end();
    const timers = new AbortController();
    void clock.sleep(BEGIN_WITHIN_MS, timers.signal).then(end);
    try {
      const hold = await holdOf(handle, stop.signal);
      if (hold === undefined)
        return bulkResult(await plans.find(handle, kind), { warnings: [UNDER_WAY_ELSEWHERE] });
      let job: Job | undefined;
      try {
        const progress = await plans.find(handle, kind); // Others may have done some of it meanwhile.
        if (!sandbox && left(progress).length === 0) return bulkResult(progress, { doneAt: progress.lastAt });
        if (!sandbox && !progress.begun) await plans.begin(handle);
        job = startJob(progress, { ...parts, plans, maxHeldMs: BEGIN_WITHIN_MS, sandbox, stop, caller });
      } finally {
        // What is under way when the call ends is heard to its end first.
        if (job) void job.ended.then(hold.release, hold.release);
        else await hold.release();
      }
      const over = whenAborted(stop.signal)
        .then(() => clock.sleep(GRACE_MS, timers.signal))
        .then(() => undefined);
      return answerOf(job, await Promise.race([job.ended, over]), caller);
    } finally {
      timers.abort();
      caller.signal.removeEventListener('abort', end);
    }
  };

  return { preview, carryOut };
}

const UNDER_WAY_ELSEWHERE =
  'Another call is carrying this plan out at this moment: the same call again tells how far it is.';

const whenAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
