import ky from 'ky';
import type * as z from 'zod/v4';
import { AppError } from '../errors.ts';
import type { Clock } from './clock.ts';
import { type Endpoint, endpointUrl, methodOf } from './endpoint.ts';
import { cancelledError, lostError, refusalError, unknownOutcome } from './failure.ts';
import type { Log } from './log.ts';
import { createPace, type RateState } from './pace.ts';
import { type Reply, readReply, retryAfterIn } from './reply.ts';

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
};

export type Call = CallOptions & {
  endpoint: Endpoint;
  /** The opaque id in the path. */
  id?: string;
  query?: Record<string, string | number | undefined>;
  body?: Readonly<Record<string, unknown>>;
  dryRun?: boolean | undefined;
  /** Default: a fresh one for each POST and PATCH. */
  idempotencyKey?: string | undefined;
  /** Waits for its turn under the rate limit, so that calls somebody waits for go first. */
  background?: boolean;
};

export type Answer<T> = {
  data: T;
  requestId: string | undefined;
  /** The answer is the stored one of an earlier request with the same key. */
  replayed: boolean;
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

const MOST_TRIES = 5;
const FIRST_BACKOFF_MS = 300;
/** Share of the time limit that the first try may use, so that a lost answer can still be asked for again. */
const FIRST_TRY_SHARE = 0.6;

export function createHttp(options: HttpOptions): Http {
  const { clock, log } = options;
  const pace = createPace(clock);

  /** One try on the wire, ended by the time limit in any case, even where `fetch` ignores its signal. */
  async function attempt(
    call: Call,
    url: URL,
    key: string | undefined,
    dryRun: boolean,
    limitMs: number,
  ): Promise<Reply> {
    const method = methodOf(call.endpoint);
    const abort = new AbortController();
    const cancel = () => abort.abort();
    const timer = new AbortController();
    let timedOut = false;
    const expired = clock.sleep(limitMs, timer.signal).then((): never | Promise<never> => {
      timedOut = !timer.signal.aborted;
      abort.abort();
      if (!timedOut) return new Promise<never>(() => {});
      throw new Error('time limit');
    });
    if (method === 'GET') call.signal?.addEventListener('abort', cancel, { once: true });
    pace.started();
    let headers: Headers | undefined;
    try {
      const body = dryRun ? { ...call.body, sandbox: true, test_mode: true } : call.body;
      const exchange = async () => {
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
          fetch: options.fetch,
          signal: abort.signal,
          redirect: 'manual', // A redirect followed would carry the key to wherever it points.
          retry: 0,
          timeout: false,
          throwHttpErrors: false,
        });
        headers = response.headers;
        return readReply(response.status, response.headers, await response.text(), clock.now());
      };
      return await Promise.race([exchange(), expired]);
    } catch (error) {
      // The error prints the key and the number in the address: only its code is looked at.
      return { kind: 'lost', acted: !neverConnected(error), timedOut, status: undefined };
    } finally {
      timer.abort();
      call.signal?.removeEventListener('abort', cancel);
      pace.ended(headers, headers && retryAfterIn(headers, clock.now()));
    }
  }

  async function run<T>(call: Call, schema: z.ZodType<T>): Promise<Answer<T>> {
    const method = methodOf(call.endpoint);
    const url = endpointUrl(options.baseUrl, call.endpoint, call.id);
    const reading = method === 'GET';
    const dryRun = !reading && (call.dryRun === true || options.sandbox);
    const key =
      method === 'POST' || method === 'PATCH' ? (call.idempotencyKey ?? options.newKey()) : undefined;
    let deadline: number | undefined;
    let mayHaveActed = false;

    for (let tries = 1; ; tries++) {
      if (call.background) await pace.turn(call.signal);
      if (call.signal?.aborted && (reading || tries === 1)) throw cancelledError();
      const startedAt = clock.now();
      deadline ??= startedAt + options.timeoutMs;
      const leftMs = deadline - startedAt;
      const reply = await attempt(call, url, key, dryRun, tries === 1 ? leftMs * FIRST_TRY_SHARE : leftMs);
      log('debug', 'request', {
        endpoint: call.endpoint,
        tries,
        status: reply.status ?? reply.kind,
        ms: clock.now() - startedAt,
        ...(reply.kind === 'refused' && { code: reply.sentCode }),
        ...(reply.kind !== 'lost' && { request_id: reply.requestId }),
      });

      if (reply.kind === 'done') {
        const data = schema.safeParse(reply.data);
        if (data.success) {
          const confirmed = dryRun && reply.sandboxed;
          return {
            data: data.data,
            requestId: reply.requestId,
            replayed: reply.replayed,
            dryRun: { asked: dryRun, confirmed },
          };
        }
        if (!reading) throw unknownOutcome('Sent answered in a way this server does not understand');
        throw new AppError('unavailable', 'Sent answered in a way this server does not understand.', {
          requestId: reply.requestId,
        });
      }
      if (reading && call.signal?.aborted) throw cancelledError();
      // A repeated DELETE that finds nothing says that an earlier try did its work.
      if (method === 'DELETE' && mayHaveActed && reply.kind === 'refused' && reply.status === 404) {
        return {
          data: schema.parse(null),
          requestId: reply.requestId,
          replayed: true,
          dryRun: { asked: dryRun, confirmed: false },
        };
      }
      if (reply.kind === 'lost' ? reply.acted : isAmbiguous(reply)) mayHaveActed = true;

      const waitMs =
        (reply.kind === 'refused' ? reply.retryAfterMs : undefined) ??
        FIRST_BACKOFF_MS * 2 ** (tries - 1) * (0.5 + options.random() / 2);
      const again = reply.kind === 'lost' || mayTryAgain(reply);
      if (again && tries < MOST_TRIES && !call.signal?.aborted && clock.now() + waitMs < deadline) {
        await clock.sleep(waitMs, call.signal);
        continue;
      }
      if (reply.kind === 'lost') throw lostError(reading ? 'read' : 'mutation', mayHaveActed, reply.timedOut);
      // What is refused for its content would have been refused the first time too; a wait says nothing of that.
      const unknown =
        !reading && (isAmbiguous(reply) || (mayHaveActed && (again || reply.sentCode === 'SERVICE_001')));
      throw unknown ? unknownOutcome('Sent could not answer', reply) : refusalError(reply);
    }
  }

  return {
    call: run,
    rate: pace.state,
  };
}

type Refused = Extract<Reply, { kind: 'refused' }>;

/** After these nobody knows whether the API acted: its own errors, but for the one that says it did not run. */
const isAmbiguous = (reply: Refused): boolean =>
  (reply.status >= 500 || reply.status === 408) && reply.status !== 501 && reply.sentCode !== 'SERVICE_001';

/** 408, 429, 5xx and a key that is still busy; every mutation that comes here again carries the same key. */
const mayTryAgain = (reply: Refused): boolean =>
  isAmbiguous(reply) ||
  (reply.status === 429 && reply.sentCode !== 'LIMIT_001') ||
  reply.sentCode === 'CONFLICT_001';

const NEVER_CONNECTED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|UND_ERR_CONNECT_TIMEOUT|ERR_SSL.*|ERR_TLS.*|CERT_.*|.*_CERT.*)$/;

/** Whether the connection was never made, so that the API cannot have seen the request. */
function neverConnected(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' && NEVER_CONNECTED.test(code);
}
