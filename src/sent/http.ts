import type * as z from 'zod/v4';
import { AppError } from '../errors.ts';
import type { Log } from '../runtime/index.ts';
import { type AttemptOptions, createAttempt } from './attempt.ts';
import { type Effect, type Endpoint, effectOf, endpointUrl, methodOf } from './endpoint.ts';
import { cancelledError, heldError, rejectionError, unknownOutcome } from './failure.ts';
import { createRateLimiter, type RateLimiter, type RateState } from './rate-limiter.ts';
import type { Reply, Success } from './reply.ts';
import { isThrottled, nextStep } from './retry.ts';
import type { SharedRate } from './shared-row.ts';

export type HttpOptions = AttemptOptions & {
  baseUrl: string;
  /** Makes every mutation a dry run. */
  sandbox: boolean;
  /** Longest that one call may take, its retries included. */
  timeoutMs: number;
  /** A fresh idempotency key, `^[A-Za-z0-9_-]{1,255}$`. */
  newKey: () => string;
  /** From 0 up to 1. */
  random: () => number;
  log: Log;
};

export type CallOptions = {
  /** Ends a read at once; a mutation that has gone out is still heard to its end, but not tried again. */
  signal?: AbortSignal | undefined;
  /** Waits for its turn under the rate limit, so that calls somebody waits for go first. */
  background?: boolean | undefined;
  /**
   * Its turn was waited for with `turnToSend`, and is counted. Where the limit refuses it all the same, and it has not
   * been done, the call fails at once: the next try is another turn.
   */
  hasTurn?: boolean | undefined;
  /**
   * Whoever gives this minds no wait: the call goes on by itself when the limit is over, far beyond the time limit of a
   * call, and each time that it is held back is told here. Without it, being held back ends the call as any other.
   */
  onThrottled?: ((reason: AppError) => void) | undefined;
};

export type Call = CallOptions & {
  endpoint: Endpoint;
  /** The opaque id in the path. */
  id?: string;
  query?: Record<string, string | number | undefined>;
  body?: Readonly<Record<string, unknown>>;
  dryRun?: boolean | undefined;
  /** Default: a fresh one for each POST and PATCH. A dry run never uses it. */
  idempotencyKey?: string | undefined;
  /** An earlier call with this key may have been done, so that a failure must rule that out to be one. */
  repeats?: boolean | undefined;
};

export type Answer<T> = {
  data: T;
  requestId: string | undefined;
  /** The answer is the stored one of an earlier request with the same key. */
  replayed: boolean;
  /** Requests made: above 1, a replayed answer may be that of an own earlier try. */
  tries: number;
  /** Whether a dry run was asked for, and whether the API confirmed that it was one. */
  dryRun: { asked: boolean; confirmed: boolean };
};

export type Http = {
  /**
   * Makes one call of the API and gives its data. A mutation carries one `Idempotency-Key` through all its tries.
   * @throws AppError; `unknown_outcome` where a mutation, or what is billed, may have been done, and then only there.
   */
  call<T>(call: Call, schema: z.ZodType<T>): Promise<Answer<T>>;
  rate(): RateState;
  /** The limit of sends, which is another one than that of all other requests. */
  sendRate(): RateState;
  /**
   * Resolves when one send may go out, and counts it; at the latest when `signal` is aborted, and then counts nothing.
   * @throws AppError `rate_limited` where the API has asked to wait for longer than that.
   */
  turnToSend(withinMs: number, signal: AbortSignal): Promise<void>;
  /** From now on each of the two limits is one with other processes; where their row cannot be had, this one goes by its own. */
  shareRate(rowOf: (limit: 'requests' | 'sends') => SharedRate): void;
  close(): Promise<void>;
};

/** Share of the time limit that the first try may use, so that a lost answer can still be asked for again. */
const FIRST_TRY_SHARE = 0.6;

export function createHttp(options: HttpOptions): Http {
  const { clock, log } = options;
  const attempt = createAttempt(options);
  const limiter = createRateLimiter(clock);
  const sendLimiter = createRateLimiter(clock);
  const limiterOf = (endpoint: Endpoint): RateLimiter =>
    endpoint === 'POST /v3/messages' ? sendLimiter : limiter;

  async function run<T>(call: Call, schema: z.ZodType<T>): Promise<Answer<T>> {
    const { endpoint, signal, onThrottled, hasTurn = false } = call;
    const limiter = limiterOf(endpoint);
    const url = endpointUrl(options.baseUrl, endpoint, call.id);
    const effect = effectOf(endpoint);
    const isKeyed = effect === 'keyed' || effect === 'send';
    const dryRun = (isKeyed || effect === 'delete') && (call.dryRun === true || options.sandbox);
    const ownKey = (dryRun ? undefined : call.idempotencyKey) ?? options.newKey;
    const request = {
      method: methodOf(endpoint),
      url,
      query: call.query ?? {},
      body: dryRun ? { ...call.body, sandbox: true, test_mode: true } : call.body,
      idempotencyKey: !isKeyed ? undefined : typeof ownKey === 'string' ? ownKey : ownKey(),
    };
    let deadline = clock.monotonic() + options.timeoutMs;
    let mayHaveRun = call.repeats === true && !dryRun;

    /** Whoever nobody waits for stands back, and that time is not counted. */
    const turn = async (): Promise<void> => {
      if (!call.background) return;
      const from = clock.monotonic();
      await limiter.turn(signal);
      deadline += clock.monotonic() - from;
    };

    await turn();
    if (signal?.aborted) throw cancelledError();
    for (let tries = 1; ; tries++) {
      const startedAt = clock.monotonic();
      const leftMs = deadline - startedAt;
      // What is billed has one try that may be lost, and so all the time for it.
      const limitMs = tries === 1 && effect !== 'billed' ? leftMs * FIRST_TRY_SHARE : leftMs;
      if (!call.background && !(hasTurn && tries === 1)) limiter.count();
      const { reply, answer } = await attempt(request, limitMs, effect === 'read' ? signal : undefined);
      limiter.learn(answer);
      logTry(endpoint, tries, reply, clock.monotonic() - startedAt);

      const state = {
        effect,
        tries,
        mayHaveRun,
        outwaitsLimit: onThrottled !== undefined,
        goesByTurns: hasTurn,
        isCancelled: signal?.aborted === true,
        leftMs: deadline - clock.monotonic(),
        jitter: options.random(),
      };
      let step = nextStep(reply, state);
      if (step.do === 'retry') {
        if (onThrottled && isThrottled(reply)) {
          deadline += step.afterMs;
          onThrottled(rejectionError(reply));
        }
        await clock.sleep(step.afterMs, signal);
        await turn();
        if (signal?.aborted) step = nextStep(reply, { ...state, isCancelled: true });
      }
      if (step.do === 'throw') throw step.error;
      if (step.do === 'return') {
        const { requestId, replayed, sandboxed } = step.success;
        const data = dataOf(step.success, schema, effect);
        return {
          data,
          requestId,
          replayed,
          tries,
          dryRun: { asked: dryRun, confirmed: dryRun && sandboxed },
        };
      }
      mayHaveRun = step.mayHaveRun;
    }
  }

  function logTry(endpoint: Endpoint, tries: number, reply: Reply, ms: number): void {
    log('debug', 'request', {
      endpoint,
      tries,
      status: reply.status ?? reply.kind,
      ms: Math.round(ms),
      ...(reply.kind === 'rejection' && { code: reply.sentCode }),
      ...(reply.kind !== 'noResponse' && { request_id: reply.requestId }),
    });
  }

  return {
    call: run,
    rate: limiter.state,
    sendRate: sendLimiter.state,
    shareRate(rowOf) {
      limiter.share(rowOf('requests'));
      sendLimiter.share(rowOf('sends'));
    },
    async close() {
      await Promise.all([limiter.close(), sendLimiter.close()]);
    },
    async turnToSend(withinMs, signal) {
      const { heldForMs } = sendLimiter.state();
      if (heldForMs >= withinMs) throw heldError(heldForMs);
      await sendLimiter.turn(signal);
    },
  };
}

/** What was asked for, if it is that. A mutation was done, whatever its answer looks like. */
function dataOf<T>({ data, requestId }: Success, schema: z.ZodType<T>, effect: Effect): T {
  const read = schema.safeParse(data);
  if (read.success) return read.data;
  const what = 'Sent answered in a way this server does not understand';
  if (effect !== 'read') throw unknownOutcome(what, effect);
  throw new AppError('unavailable', `${what}.`, { requestId });
}
