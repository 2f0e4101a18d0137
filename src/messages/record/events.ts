import type { SendPlan } from './plan.ts';

/** One message to one recipient; the id is missing where Sent has given none. */
export type SentOne = { message_id?: string | undefined; to: string; channel?: string | undefined };

/** What became of a message, once it is settled. */
export type Settled = { message_id: string; status: string; reason?: string | undefined };

/**
 * What is remembered of a send, in the order in which it happened; nothing that is written is ever changed.
 * `send` is the id of the plan, `request` the place of one of its requests.
 */
export type SendEvent =
  | { event: 'plan'; send: string; plan: SendPlan }
  /** It goes out from now on. `after` is the start with the same fingerprint before it; each has one successor. */
  | { event: 'start'; send: string; fingerprint: string; after?: string }
  /** It did not go out after all: another one stood in the way. */
  | { event: 'withdraw'; send: string }
  /** Gets nothing though it was planned: opted out in the meantime, and the like. */
  | { event: 'drop'; send: string; people: readonly { to: string; reason: string }[] }
  /** The request goes out now. Until another event tells, it is not known whether it was done. */
  | { event: 'begin'; send: string; request: number }
  | { event: 'accept'; send: string; request: number; messages: readonly SentOne[]; isUnscheduled?: true }
  /** `isFinal` where asking again could double it. */
  | { event: 'markUnknown'; send: string; request: number; isFinal?: true }
  /** The request was certainly not done; `isFinal` where asking again would change nothing. */
  | { event: 'fail'; send: string; request: number; code: string; sentCode?: string; isFinal?: true }
  /** Somebody has been told how it ended. */
  | { event: 'finish'; send: string }
  | { event: 'status'; send: string; messages: readonly Settled[] }
  /** A key of the user, claimed for what it stands for. */
  | { event: 'key'; send: string; userKey: string; fingerprint: string };

const KINDS: ReadonlySet<unknown> = new Set<SendEvent['event']>([
  ...(['plan', 'start', 'withdraw', 'drop', 'begin', 'accept', 'markUnknown', 'fail', 'finish'] as const),
  ...(['status', 'key'] as const),
]);

/** An entry of the log as an event; what another version may have written is passed over. */
export const isSendEvent = (entry: object): entry is SendEvent =>
  'event' in entry && KINDS.has(entry.event) && 'send' in entry && typeof entry.send === 'string';
