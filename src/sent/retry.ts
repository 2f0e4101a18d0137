import type { AppError } from '../errors.ts';
import type { Effect } from './endpoint.ts';
import { cancelledError, noResponseError, rejectionError, repetitionFailed } from './failure.ts';
import type { NoResponse, Rejection, Reply, Success } from './reply.ts';

/** What is known of a call when a reply has come. */
export type RetryState = {
  effect: Effect;
  /** Tries made so far, this one too. */
  tries: number;
  /** Milliseconds that the call may still take. */
  leftMs: number;
  /** An earlier try, or an earlier call under the same key, may have been done. */
  mayHaveRun: boolean;
  isCancelled: boolean;
  /** Nobody minds how long it takes, so that a limit that passes by itself is waited for. */
  outwaitsLimit: boolean;
  /** What the limit has held back unseen is tried again by whoever made the call, at its next turn. */
  goesByTurns: boolean;
  /** From 0 up to 1. */
  jitter: number;
};

export type Step =
  | { do: 'return'; success: Success }
  | { do: 'retry'; afterMs: number; mayHaveRun: boolean }
  | { do: 'throw'; error: AppError };

/** One call is tried so often, within its time limit. */
export const MAX_TRIES = 5;
/** The same where only the rate limit holds back what may take its time. */
export const MAX_THROTTLED_TRIES = 25;
const FIRST_BACKOFF_MS = 300;
const MAX_BACKOFF_MS = 30_000;

/**
 * What follows from a reply: the answer is given back, the request goes out again, or the call has failed.
 *
 * Goes out again: no response, 408, 429, 5xx, and a key that is still busy; a mutation always under the same key. Never
 * RESOURCE_007, which is final; never SERVICE_001, which only lasts; and what is billed never once it may have run.
 */
export function nextStep(reply: Reply, state: RetryState): Step {
  if (reply.kind === 'success') return { do: 'return', success: reply };
  const isRead = state.effect === 'read';
  if (isRead && state.isCancelled) return { do: 'throw', error: cancelledError() };
  // A repeated DELETE that finds nothing says that an earlier try did its work.
  if (state.effect === 'delete' && state.mayHaveRun && reply.status === 404)
    return { do: 'return', success: ALREADY_GONE };

  const isSettled = state.effect !== 'send' && settlesEarlierTries(reply);
  const mayHaveRun = !isRead && (replyMayHaveRun(reply) || (state.mayHaveRun && !isSettled));
  const afterMs = waitBefore(reply, state);
  const isOutwaited = state.outwaitsLimit && isThrottled(reply);
  const mayStillTry = isOutwaited
    ? state.tries < MAX_THROTTLED_TRIES
    : state.tries < MAX_TRIES && afterMs < state.leftMs;
  const isSafe = !(state.effect === 'billed' && mayHaveRun);
  const isForAnotherTurn = state.goesByTurns && isThrottled(reply) && !mayHaveRun;
  if (isPassing(reply) && mayStillTry && isSafe && !isForAnotherTurn && !state.isCancelled)
    return { do: 'retry', afterMs, mayHaveRun };

  if (reply.kind === 'noResponse')
    return { do: 'throw', error: noResponseError(reply, state.effect, mayHaveRun) };
  return { do: 'throw', error: mayHaveRun ? repetitionFailed(reply, state.effect) : rejectionError(reply) };
}

const ALREADY_GONE: Success = {
  kind: 'success',
  status: 404,
  data: null,
  requestId: undefined,
  replayed: true,
  sandboxed: false,
};

type Failed = Rejection | NoResponse;

/** After this nobody knows whether the API acted; SERVICE_001 and 501 say that it did not. */
const replyMayHaveRun = (reply: Failed): boolean =>
  reply.kind === 'noResponse'
    ? reply.mayHaveRun
    : (reply.status >= 500 || reply.status === 408) &&
      reply.status !== 501 &&
      reply.sentCode !== 'SERVICE_001';

/** The rate limit, which passes by itself; not the number of scheduled messages, and not a quota. */
export const isThrottled = (reply: Reply): reply is Rejection =>
  reply.kind === 'rejection' &&
  reply.status === 429 &&
  reply.sentCode !== 'LIMIT_001' &&
  reply.sentCode !== 'BUSINESS_008';

/** Whether it may go well a little later. An answer too large to read would only be as large again. */
const isPassing = (reply: Failed): boolean =>
  reply.kind === 'noResponse'
    ? reply.why !== 'tooLarge'
    : replyMayHaveRun(reply) || reply.sentCode === 'CONFLICT_001' || isThrottled(reply);

/**
 * Whether this rejection also says that no earlier try with the same key was done. One that was would have been
 * answered again; but limits, rights and gateways judge before the key is looked at. That the API looks at the key before
 * all else is not documented, and is not relied on where a mistake would reach people twice.
 */
const settlesEarlierTries = (reply: Failed): boolean =>
  reply.kind === 'rejection' &&
  [400, 404, 409, 422].includes(reply.status) &&
  /^(VALIDATION|RESOURCE|BUSINESS)_/.test(reply.sentCode ?? '');

/** Milliseconds to wait: twice as long after each try, and never less than the API asks for. */
function waitBefore(reply: Failed, { tries, jitter }: RetryState): number {
  const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** (tries - 1), MAX_BACKOFF_MS) * (0.5 + jitter / 2);
  return Math.max(backoffMs, reply.kind === 'rejection' ? (reply.retryAfterMs ?? 0) : 0);
}
