import type { SentOne, Settled } from './events.ts';
import { type LeanMessages, leanMessages, wholeMessages } from './lean-messages.ts';
import { type Packable, packable } from './packable.ts';
import type { PlannedRequest, SendPlan } from './plan.ts';

/**
 * How a request stands. `unknown`: it went out, and whether it was done is not known; `since` its first try;
 * `isDoubtful` where a try has ended like that, not only begun; `isFinal` where there must be no other. `isUnscheduled`: accepted without a word of the time that it was to wait for.
 */
export type RequestState =
  | { is: 'waiting' }
  | { is: 'unknown'; since: number; isDoubtful: boolean; isFinal: boolean }
  | { is: 'accepted'; messages: readonly SentOne[]; isUnscheduled: boolean }
  | { is: 'failed'; code: string; sentCode?: string | undefined; isFinal: boolean };

type Accepted = Extract<RequestState, { is: 'accepted' }>;
type LeanState = Exclude<RequestState, Accepted> | (Omit<Accepted, 'messages'> & { messages: LeanMessages });

/** A send and all that is known of it: the sum of its events. Times are milliseconds since the epoch. */
export type SendRecord = {
  readonly plan: SendPlan;
  readonly plannedAt: number;
  /** Undefined for one that was only shown, or withdrawn. */
  startedAt: number | undefined;
  /** How often it was started: once more after each time that it was withdrawn. */
  starts: number;
  /** Its place among all that were started. */
  order: number;
  /** Whether somebody has been told how it ended. */
  isHeard: boolean;
  readonly requests: RequestState[];
  /** Reasons by number. */
  readonly dropped: Map<string, string>;
  /** By message id. */
  readonly settled: ReadonlyMap<string, Settled>;
  /** The same as it was written down, many together. */
  readonly statuses: Packable<readonly Settled[]>[];
  /** Of a large one that is complete: what is asked of it often. Its lists are then read anew by each look at them. */
  rest: { hasUnknown: boolean } | undefined;
  /** Its lists, which are kept as bytes while nothing is done with them; undefined for one to few people. */
  readonly lists: { planned: Packable<unknown>; states: Packable<unknown> } | undefined;
};

/** Fewer people than this are not worth it. */
export const MANY = 50;

/** Sends are remembered for 90 days: of one to many people at first only the bytes of its plan. */
export function newRecord(plan: SendPlan, plannedAt: number): SendRecord {
  const { requests, skipped, contactIds, ...words } = plan;
  const people = requests.reduce((sum, { to }) => sum + to.length, skipped.length);
  const planned = packable({ requests, skipped, contactIds });
  const toOf = (request: number) => planned.value().requests[request]?.to ?? [];
  const states = packable<RequestState[], LeanState[]>(
    requests.map(() => ({ is: 'waiting' })),
    {
      lean: (all) =>
        all.map((state, request) =>
          state.is === 'accepted'
            ? { ...state, messages: leanMessages(state.messages, toOf(request)) }
            : state,
        ),
      whole: (all) =>
        all.map((state, request) =>
          state.is === 'accepted'
            ? { ...state, messages: wholeMessages(state.messages, toOf(request)) }
            : state,
        ),
    },
  );
  const statuses: Packable<readonly Settled[]>[] = [];
  if (people >= MANY) planned.pack();
  return {
    plan: {
      ...words,
      get requests(): readonly PlannedRequest[] {
        return planned.value().requests;
      },
      get skipped() {
        return planned.value().skipped;
      },
      get contactIds() {
        return planned.value().contactIds;
      },
    },
    plannedAt,
    startedAt: undefined,
    starts: 0,
    order: 0,
    isHeard: false,
    get requests() {
      return states.value();
    },
    dropped: new Map(),
    get settled() {
      return new Map(statuses.flatMap((some) => some.value().map((one) => [one.message_id, one] as const)));
    },
    statuses,
    rest: undefined,
    lists: people >= MANY ? { planned, states } : undefined,
  };
}
