import { AppError } from '../../errors.ts';
import type { Caller, Clock } from '../../runtime/index.ts';
import { heldError, type SentClient } from '../../sent/index.ts';
import type { AccountState, Hold } from '../../state/index.ts';
import type { Contact } from '../model/index.ts';
import type { Changes } from './changes.ts';
import type { OneOfMany } from './one-of-many.ts';
import { type BulkKind, decide, MAX_PEOPLE, type PlannedPerson, planHandle } from './plan.ts';
import { createPlanLog, type Progress } from './plan-log.ts';
import { type BulkPreview, previewOf, questionFor } from './preview.ts';
import { type RunEnd, runEach } from './run.ts';

export type BulkResult = {
  status: 'done' | 'partial';
  plan: string;
  /** People for whom it is done, over all calls that it took. */
  done: number;
  failed: readonly { phone_number: string; code: string }[];
  /** People for whom nothing was tried yet: the same call goes on with them. */
  remaining: number;
  /** Where the whole plan had been done before this call: when. */
  done_at?: string;
  sandbox?: true;
  warnings?: string[];
};

/** The people that a plan is to be made of, and what is known of how they were found. */
export type Found = {
  contacts: readonly Contact[];
  read_as?: string;
  as_of?: string;
  warnings?: readonly string[];
};

export type Bulk = {
  /** Decides everything and does nothing; writes the plan down. */
  preview(kind: BulkKind, changes: Changes, found: Found, caller: Caller): Promise<BulkPreview>;
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

export function createBulk(parts: {
  client: Pick<SentClient, 'rate'>;
  state: AccountState;
  clock: Clock;
  newKey: () => string;
  one: OneOfMany;
  /** Something may have been done that was not seen. */
  expire(): void;
}): Bulk {
  const { client, state, clock } = parts;
  const plans = createPlanLog(state, clock);

  async function preview(
    kind: BulkKind,
    changes: Changes,
    found: Found,
    caller: Caller,
  ): Promise<BulkPreview> {
    const { people, skipped } = decide(kind, changes, found.contacts);
    if (people.length > MAX_PEOPLE) {
      throw new AppError(
        'invalid_input',
        `These are ${people.length} people; a plan is about ${MAX_PEOPLE} at most.`,
        {
          next: 'Narrow the search, by country for example, and make a plan of each part.',
        },
      );
    }
    const plan = { plan: planHandle(kind, parts.newKey()), kind, changes, people };
    if (people.length > 0) await plans.write(plan);
    const requests = people.length * parts.one.requestsEach(kind, changes, found.contacts);
    return previewOf(plan, found, { skipped, requests, limit: client.rate().limit, canAsk: caller.canAsk });
  }

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

  async function carryOut(kind: BulkKind, handle: string, caller: Caller, { sandbox }: { sandbox: boolean }) {
    const before = await plans.find(handle, kind);
    if (!sandbox && left(before).length === 0) return resultOf(before, { at: before.lastAt });
    if (!sandbox && !before.begun) await ask(before, caller);
    const heldMs = heldForMs();
    if (heldMs > BEGIN_WITHIN_MS) throw heldError(heldMs);

    const stop = new AbortController();
    const end = () => stop.abort();
    caller.signal.addEventListener('abort', end, { once: true });
    if (caller.signal.aborted) end();
    const timers = new AbortController();
    void clock.sleep(BEGIN_WITHIN_MS, timers.signal).then(end);
    try {
      const hold = await holdOf(handle, stop.signal);
      const progress = await plans.find(handle, kind);
      if (hold === undefined) return resultOf(progress, { warnings: [UNDER_WAY_ELSEWHERE] });
      if (!sandbox && left(progress).length === 0) {
        await hold.release();
        return resultOf(progress, { at: progress.lastAt });
      }
      if (!sandbox && !progress.begun) await plans.begin(handle);
      const running = run(progress, sandbox, stop, caller).finally(() => hold.release());
      return await answerOf(progress, running, { sandbox, stop: stop.signal, timers: timers.signal, caller });
    } finally {
      timers.abort();
      caller.signal.removeEventListener('abort', end);
    }
  }

  const heldForMs = () => client.rate().heldForMs;

  /** The run of one call; it may outlive the call by what is under way then. */
  function run(progress: Progress, sandbox: boolean, stop: AbortController, caller: Caller): Promise<Ran> {
    const { plan } = progress;
    const tried = { done: new Set<number>(), failed: new Map<number, string>() };
    const seen = sandbox ? tried : progress;
    let held: AppError | undefined;
    return runEach(sandbox ? plan.people.map((_, place) => place) : left(progress), {
      signal: stop.signal,
      act: (place) =>
        parts.one.act(plan, plan.people[place] as PlannedPerson, { signal: stop.signal, sandbox }),
      async settled({ person, code }) {
        if (!sandbox) await plans.settle(plan.plan, [{ person, ...(code !== undefined && { code }) }]);
        if (code === undefined) seen.done.add(person);
        else seen.failed.set(person, code);
        caller.progress(seen.done.size + seen.failed.size, plan.people.length, PROGRESS[plan.kind]);
      },
      held(error) {
        held = error;
        if (heldForMs() > BEGIN_WITHIN_MS) stop.abort();
      },
    }).then((ended) => ({ ...ended, held, seen }));
  }

  async function answerOf(
    progress: Progress,
    running: Promise<Ran>,
    {
      sandbox,
      stop,
      timers,
      caller,
    }: { sandbox: boolean; stop: AbortSignal; timers: AbortSignal; caller: Caller },
  ): Promise<BulkResult> {
    const over = new Promise<undefined>((resolve) => {
      const wait = () => void clock.sleep(GRACE_MS, timers).then(() => resolve(undefined));
      if (stop.aborted) wait();
      else stop.addEventListener('abort', wait, { once: true });
    });
    running.catch(() => {}); // Whoever still waits hears of it.
    const ran = await Promise.race([running, over]);
    const seen = ran?.seen ?? progress;
    if (ran && [...ran.passing.values()].includes('unknown_outcome')) parts.expire();
    const result = resultOf({ ...progress, ...seen }, { passing: ran?.passing });
    const stopped = ran?.stopped ?? (result.remaining > 0 && !caller.signal.aborted ? ran?.held : undefined);
    if (stopped && result.done === 0)
      throw stopped.with({ next: `${stopped.next} Then make the same call again.` });
    return {
      ...result,
      ...(sandbox && { sandbox: true as const }),
      ...(stopped && { warnings: [`Stopped early (${stopped.code}): ${stopped.message} ${stopped.next}`] }),
    };
  }

  return { preview, carryOut };
}

type Ran = RunEnd & { held: AppError | undefined; seen: Pick<Progress, 'done' | 'failed'> };

const UNDER_WAY_ELSEWHERE = 'Another call is carrying this plan out at this moment.';
const PROGRESS: Record<BulkKind, string> = { update: 'Changing contacts', delete: 'Deleting contacts' };

/** The places of those for whom it is neither done nor has failed for good. */
const left = ({ plan, done, failed }: Progress): number[] =>
  plan.people.flatMap((_, place) => (done.has(place) || failed.has(place) ? [] : [place]));

function resultOf(
  progress: Progress,
  {
    passing,
    at,
    warnings,
  }: { passing?: ReadonlyMap<number, string> | undefined; at?: number; warnings?: string[] },
): BulkResult {
  const { plan, done } = progress;
  const codes = new Map([...progress.failed, ...(passing ?? [])]);
  const failed = [...codes]
    .filter(([place]) => !done.has(place))
    .map(([place, code]) => ({ phone_number: plan.people[place]?.phone_number ?? '', code }));
  const remaining = plan.people.length - done.size - failed.length;
  return {
    status: remaining === 0 && failed.length === 0 ? 'done' : 'partial',
    plan: plan.plan,
    done: done.size,
    failed,
    remaining,
    ...(at !== undefined && { done_at: new Date(at).toISOString() }),
    ...(warnings && { warnings }),
  };
}
