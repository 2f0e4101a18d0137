import type * as z from 'zod/v4';
import { AppError } from '../errors.ts';
import type { Clock, Log } from '../runtime/index.ts';
import { type Endpoint, endpointUrl, methodOf } from './endpoint.ts';
import { cancelledError, lostError, refusalError, unknownOutcome } from './failure.ts';
import { createPace, type RateState } from './rate-limiter.ts';
import { type Reply, readReply, retryAfterIn, serverTimeIn } from './reply.ts';
import { MOST_TRIES, mayHaveActed, mayTryAgain, settlesEarlier, waitBefore } from './retry.ts';

export type HttpOptions = {
  apiKey: string;
  baseUrl: string;
  profileId?: string | undefined;
  /** Makes every mutation a dry run. */
  sandbox: boolean;
  /** Longest that one call may take, its retries included. */
  timeoutMs: number;
  userAgent: string;
  fetch: typeof globalThis.fetch;
  clock: Clock;
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
   * @throws AppError; `unknown_outcome` where a mutation may have been done, and then only there.
   */
  call<T>(call: Call, schema: z.ZodType<T>): Promise<Answer<T>>;
  rate(): RateState;
};

/** Share of the time limit that the first try may use, so that a lost answer can still be asked for again. */
const FIRST_TRY_SHARE = 0.6;

let ky: Promise<typeof import('ky').default> | undefined;
/** Loaded with the first request, and fetch with it, to start sooner. */
const loadKy = () => {
  ky ??= import('ky').then((module) => module.default);
  return ky;
};

export function createHttp(options: HttpOptions): Http {
  const { clock, log } = options;
  const pace = createPace(clock);

  /** One try on the wire, over when its time is, even where `fetch` ignores its signal; a read also when cancelled. */
  async function attempt(call: Call, url: URL, key: string | undefined, dryRun: boolean, limitMs: number) {
    const method = methodOf(call.endpoint);
    const over = new AbortController();
    const end = () => over.abort('over');
    const lost = (acted: boolean, timedOut: boolean): Reply => ({
      kind: 'lost',
      status: undefined,
      acted,
      timedOut,
    });
    const gaveUp = clock.sleep(limitMs, over.signal).then(() => {
      const timedOut = !over.signal.aborted;
      end();
      return lost(true, timedOut);
    });
    let headers: Headers | undefined;
    let wentOut = false;
    const exchange = async (): Promise<Reply> => {
      try {
        const ky = await loadKy();
        const body = dryRun ? { ...call.body, sandbox: true, test_mode: true } : call.body;
        const response = await ky(url, {
          method,
          headers: {
            accept: 'application/json',
            'user-agent': options.userAgent,
            'x-api-key': options.apiKey,
            ...(options.profileId && { 'x-profile-id': options.profileId }),
            ...(key && { 'idempotency-key': key }),
          },
          searchParams: call.query ?? {},
          ...(body && { json: body }),
          fetch: (...request) => {
            wentOut = true;
            return options.fetch(...request);
          },
          signal: over.signal,
          redirect: 'manual', // A redirect followed would carry the key to wherever it points.
          retry: 0,
          timeout: false,
          throwHttpErrors: false,
        });
        headers = response.headers;
        return readReply(
          response.status,
          response.headers,
          await response.text(),
          serverTimeIn(headers) ?? clock.now(),
        );
      } catch (error) {
        // The error prints the key and the number in the address: only its code is looked at.
        return lost(wentOut && !neverConnected(error), false);
      }
    };
    if (method === 'GET') call.signal?.addEventListener('abort', end, { once: true });
    pace.started();
    const reply = await Promise.race([exchange(), gaveUp]);
    call.signal?.removeEventListener('abort', end);
    end();
    pace.ended(headers, headers && retryAfterIn(headers, serverTimeIn(headers) ?? clock.now()));
    return reply;
  }

  async function run<T>(call: Call, schema: z.ZodType<T>): Promise<Answer<T>> {
    const method = methodOf(call.endpoint);
    const url = endpointUrl(options.baseUrl, call.endpoint, call.id);
    const reading = method === 'GET';
    const dryRun = !reading && (call.dryRun === true || options.sandbox);
    const keyed = method === 'POST' || method === 'PATCH';
    const key = keyed ? ((dryRun ? undefined : call.idempotencyKey) ?? options.newKey()) : undefined;
    let deadline = clock.monotonic() + options.timeoutMs;
    let open = call.repeats === true && !dryRun;

    for (let tries = 1; ; tries++) {
      if (call.background) {
        const from = clock.monotonic();
        await pace.turn(call.signal);
        deadline += clock.monotonic() - from; // Nobody waits for it, so that its turn may take its time.
      }
      if (call.signal?.aborted && (reading || tries === 1)) throw cancelledError();
      const startedAt = clock.monotonic();
      const leftMs = deadline - startedAt;
      const reply = await attempt(call, url, key, dryRun, tries === 1 ? leftMs * FIRST_TRY_SHARE : leftMs);
      log('debug', 'request', {
        endpoint: call.endpoint,
        tries,
        status: reply.status ?? reply.kind,
        ms: Math.round(clock.monotonic() - startedAt),
        ...(reply.kind === 'refused' && { code: reply.sentCode }),
        ...(reply.kind !== 'lost' && { request_id: reply.requestId }),
      });

      if (reply.kind === 'done') {
        const { requestId, replayed } = reply;
        const data = schema.safeParse(reply.data);
        if (data.success) {
          const tried = { asked: dryRun, confirmed: dryRun && reply.sandboxed };
          return { data: data.data, requestId, replayed, tries, dryRun: tried };
        }
        if (!reading) throw unknownOutcome('Sent answered in a way this server does not understand');
        throw new AppError('unavailable', 'Sent answered in a way this server does not understand.', {
          requestId,
        });
      }
      if (reading && call.signal?.aborted) throw cancelledError();
      // A repeated DELETE that finds nothing says that an earlier try did its work.
      if (method === 'DELETE' && open && reply.status === 404) {
        const tried = { asked: dryRun, confirmed: false };
        return { data: schema.parse(null), requestId: undefined, replayed: true, tries, dryRun: tried };
      }
      open = !reading && (mayHaveActed(reply) || (open && !settlesEarlier(reply)));

      const waitMs = waitBefore(reply, tries, options.random);
      const inTime = clock.monotonic() + waitMs < deadline;
      if (mayTryAgain(reply) && tries < MOST_TRIES && inTime && !call.signal?.aborted) {
        await clock.sleep(waitMs, call.signal);
        if (!call.signal?.aborted) continue;
        if (reading) throw cancelledError();
      }
      if (reply.kind === 'lost')
        throw reading ? lostError('read', reply.acted, reply) : lostError('mutation', open, reply);
      throw open ? unknownOutcome('Sent could not answer', reply) : refusalError(reply);
    }
  }

  return {
    call: run,
    rate: pace.state,
  };
}

const NEVER_CONNECTED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|UND_ERR_CONNECT_TIMEOUT|ERR_SSL.*|ERR_TLS.*|CERT_.*|.*_CERT.*)$/;

/** Whether the connection was never made, so that the API cannot have seen the request. */
function neverConnected(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' && NEVER_CONNECTED.test(code);
}
