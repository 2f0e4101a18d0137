import { AppError } from '../../errors.ts';
import type { Clock } from '../../runtime/index.ts';
import type { AccountState, Entry, Position } from '../../state/index.ts';
import { type BulkKind, type Plan, TOOL_OF } from './plan.ts';

/** What became of one of the people of a plan. A passing failure is none: it is tried again. */
export type Settled = { person: number; code?: string };

/** A plan and how far it has come, in all processes. */
export type Progress = {
  readonly plan: Plan;
  readonly plannedAt: number;
  /** Whether somebody has begun it: then the person has said yes, or need not be asked. */
  begun: boolean;
  /** Places in `plan.people` that are done, and those that failed for good with the code. */
  readonly done: Set<number>;
  readonly failed: Map<number, string>;
  /** When the last of it was done, in milliseconds since the epoch. */
  lastAt: number;
};

/** A plan is what was shown: later than this after it was shown, it is not begun or gone on with. */
const VALID_FOR_MS = 24 * 3_600_000;

/** The places of those for whom it is neither done nor has failed for good. */
export const left = ({ plan, done, failed }: Progress): number[] =>
  plan.people.flatMap((_, place) => (done.has(place) || failed.has(place) ? [] : [place]));

/** Plans of bulk changes and what is done of them, as events in the log `changes`. */
export type PlanLog = {
  /** @throws AppError `unavailable` where it cannot be written. */
  write(plan: Plan): Promise<void>;
  /** @throws AppError `invalid_input` for a handle that is unknown, of another tool or too old. */
  find(handle: string, kind: BulkKind): Promise<Progress>;
  begin(handle: string): Promise<void>;
  settle(handle: string, settled: readonly Settled[]): Promise<void>;
};

export function createPlanLog(state: Pick<AccountState, 'append' | 'read'>, clock: Clock): PlanLog {
  const plans = new Map<string, Progress>();
  let position: Position | undefined;
  let reading: Promise<void> = Promise.resolve();

  function take(entry: Entry & { at: number }): void {
    const { event, plan: handle, at } = entry as { event?: unknown; plan?: unknown; at: number };
    if (typeof handle !== 'string') return;
    const known = plans.get(handle);
    if (event === 'plan' && known === undefined && isPlan(entry)) {
      const { kind, changes, people, sandbox } = entry;
      const plan = { plan: handle, kind, changes, people, ...(sandbox && { sandbox }) };
      plans.set(handle, {
        plan,
        plannedAt: at,
        begun: false,
        done: new Set(),
        failed: new Map(),
        lastAt: at,
      });
    }
    if (known === undefined) return;
    known.lastAt = at;
    if (event === 'begin') known.begun = true;
    if (event === 'settle' && Array.isArray(entry.settled)) {
      for (const { person, code } of entry.settled as Settled[]) {
        if (code === undefined) known.done.add(person);
        else known.failed.set(person, code);
      }
    }
  }

  async function readOn(): Promise<void> {
    const { entries, position: at } = await state.read('changes', position);
    position = at;
    for (const entry of entries) take(entry);
    for (const [handle, { plannedAt }] of plans) if (!isValid(plannedAt)) plans.delete(handle);
  }
  const isValid = (plannedAt: number): boolean => clock.now() - plannedAt < VALID_FOR_MS;
  /** One reading after the other, so that no event counts twice. */
  function catchUp(): Promise<void> {
    const next = reading.then(readOn);
    reading = next.catch(() => {});
    return next;
  }
  const append = (handle: string, event: Entry): Promise<void> =>
    state.append('changes', { ...event, plan: handle });

  return {
    write: ({ plan, ...rest }) => append(plan, { event: 'plan', ...rest }),
    begin: (handle) => append(handle, { event: 'begin' }),
    settle: (handle, settled) => append(handle, { event: 'settle', settled }),
    async find(handle, kind) {
      checkKind(handle, kind);
      await catchUp();
      const progress = plans.get(handle);
      if (progress !== undefined) return progress;
      throw new AppError('invalid_input', 'This plan is unknown here, or more than a day old.', {
        next: `Make a new one: ${TOOL_OF[kind]} with selection and preview: true.`,
      });
    },
  };
}

function checkKind(handle: string, kind: BulkKind): void {
  if (handle.startsWith(`${kind}_`)) return;
  const prefix = handle.split('_')[0] ?? '';
  const tool = prefix === 'send' ? 'send_message' : TOOL_OF[prefix as BulkKind];
  if (tool === undefined)
    throw new AppError('invalid_input', 'plan is not the handle of a plan.', {
      next: `Give the plan that ${TOOL_OF[kind]} with preview: true has returned, as it stands there.`,
    });
  throw new AppError('invalid_input', `This plan belongs to ${tool}.`, {
    next: `Call ${tool} with this plan alone, if that is what the user wants.`,
  });
}

const isPlan = (entry: Entry): entry is Entry & Omit<Plan, 'plan'> =>
  (entry.kind === 'update' || entry.kind === 'delete') &&
  typeof entry.changes === 'object' &&
  entry.changes !== null &&
  Array.isArray(entry.people);
