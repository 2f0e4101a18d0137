import { createHash } from 'node:crypto';
import type { SendBody } from '../../sent/index.ts';
import { bodyOf, type Content, type Words } from '../content/index.ts';

/** Somebody who gets nothing, and why. */
export type Skipped = { to: string; reason: string };

/** The people of one request, at most 1,000, with what fills the message for just them. */
export type PlannedRequest = { to: readonly string[]; values?: Words };

/** A send, decided before anything goes out: what was shown is what is sent. It never changes. */
export type SendPlan = {
  /** `send_` and 16 letters or digits. */
  id: string;
  /** Of what it says and to whom, and of what it says alone. */
  fingerprint: string;
  words: string;
  content: Content;
  requests: readonly PlannedRequest[];
  skipped: readonly Skipped[];
  /** The contacts that were meant, and not their numbers: id by number. */
  contactIds?: Readonly<Record<string, string>> | undefined;
  /** A second one on purpose. */
  again?: true;
  /** It is only tried, however it is called. */
  dryRun?: true;
  /** The key that the user gave it. */
  userKey?: string;
  warnings: readonly string[];
};

const BASE_32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** A handle that is short to write and says nothing: 80 bits of the random key. */
export function planId(newKey: string): string {
  const bytes = createHash('sha256').update(newKey).digest();
  return `send_${[...bytes.subarray(0, 16)].map((byte) => BASE_32[byte & 31]).join('')}`;
}

/**
 * The key of a request. The user's own goes out as it is with the first one; every other is a hash, so that `sale` and
 * `sale-2` have no request in common.
 */
export function keyOf(plan: Pick<SendPlan, 'id' | 'userKey'>, request: number): string {
  if (request === 0 && plan.userKey !== undefined) return plan.userKey;
  const seed = `${plan.userKey ?? plan.id}\n${request}`;
  return `m-${createHash('sha256').update(seed).digest('hex').slice(0, 40)}`;
}

/** The body of a request to these of its people. */
export const requestBody = (plan: SendPlan, request: PlannedRequest, to: readonly string[]): SendBody => ({
  to,
  ...bodyOf(plan.content, request.values),
});

/** Everybody to whom something was to go, in order. */
export const peopleOf = (plan: SendPlan): string[] => plan.requests.flatMap(({ to }) => to);
