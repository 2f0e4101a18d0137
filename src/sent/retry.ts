import type { Reply } from './reply.ts';

type Failed = Exclude<Reply, { kind: 'done' }>;

/** One call is tried so often, within its time limit. */
export const MOST_TRIES = 5;
const FIRST_BACKOFF_MS = 300;

/** After this nobody knows whether the API acted; SERVICE_001 and 501 say that it did not. */
export const mayHaveActed = (reply: Failed): boolean =>
  reply.kind === 'lost'
    ? reply.acted
    : (reply.status >= 500 || reply.status === 408) &&
      reply.status !== 501 &&
      reply.sentCode !== 'SERVICE_001';

/**
 * Whether to try once more: no answer, 408, 429, 5xx, and a key that is still busy; every mutation that comes again
 * carries the same key. Never RESOURCE_007, which is final, and never SERVICE_001, which only lasts.
 */
export const mayTryAgain = (reply: Failed): boolean =>
  reply.kind === 'lost' ||
  mayHaveActed(reply) ||
  (reply.status === 429 && reply.sentCode !== 'LIMIT_001') ||
  reply.sentCode === 'CONFLICT_001';

/**
 * Whether this refusal also says that no earlier try with the same key was done. One that was would have been
 * answered again; but limits, rights and gateways judge before the key is looked at.
 */
export const settlesEarlier = (reply: Failed): boolean =>
  reply.kind === 'refused' &&
  [400, 404, 409, 422].includes(reply.status) &&
  /^(VALIDATION|RESOURCE|BUSINESS)_/.test(reply.sentCode ?? '');

/** Milliseconds to wait after so many tries: twice as long each time, and never less than the API asks for. */
export function waitBefore(reply: Failed, tries: number, random: () => number): number {
  const backoff = FIRST_BACKOFF_MS * 2 ** (tries - 1) * (0.5 + random() / 2);
  return Math.max(backoff, reply.kind === 'refused' ? (reply.retryAfterMs ?? 0) : 0);
}
