import type { Clock } from '../runtime/index.ts';
import { readBody, TooLarge } from './body.ts';
import type { Method } from './endpoint.ts';
import { type NoResponse, type Reply, readReply, serverTimeIn } from './reply.ts';

export type WireRequest = {
  method: Method;
  url: URL;
  query: Record<string, string | number | undefined>;
  body: Readonly<Record<string, unknown>> | undefined;
  idempotencyKey: string | undefined;
};

/**
 * One try on the wire. Never rejects; ends when its time is over, even where `fetch` ignores its signal, and when
 * `signal` is aborted.
 */
export type Attempt = (
  request: WireRequest,
  limitMs: number,
  signal: AbortSignal | undefined,
) => Promise<{ reply: Reply; answer: { status: number; headers: Headers } | undefined }>;

export type AttemptOptions = {
  apiKey: string;
  profileId?: string | undefined;
  userAgent: string;
  fetch: typeof globalThis.fetch;
  clock: Clock;
};

let ky: Promise<typeof import('ky').default> | undefined;
/** Loaded with the first request, and fetch with it, to start sooner. */
const loadKy = () => {
  ky ??= import('ky').then((module) => module.default);
  return ky;
};

const noResponse = (
  why: NoResponse['why'],
  mayHaveRun: boolean,
  status: number | undefined = undefined,
): NoResponse => ({ kind: 'noResponse', status, mayHaveRun, why });

export function createAttempt(options: AttemptOptions): Attempt {
  const { clock } = options;
  return async (request, limitMs, signal) => {
    const over = new AbortController();
    const end = () => over.abort('over');
    let answer: { status: number; headers: Headers } | undefined;
    let wentOut = false;

    const timeLimit = clock.sleep(limitMs, over.signal).then((): Reply => {
      const why = over.signal.aborted ? 'lost' : 'timedOut';
      end();
      return noResponse(why, true);
    });
    const exchange = async (): Promise<Reply> => {
      try {
        const send = await loadKy();
        const response = await send(request.url, {
          method: request.method,
          headers: {
            accept: 'application/json',
            'user-agent': options.userAgent,
            'x-api-key': options.apiKey,
            ...(options.profileId && { 'x-profile-id': options.profileId }),
            ...(request.idempotencyKey && { 'idempotency-key': request.idempotencyKey }),
          },
          searchParams: request.query,
          ...(request.body && { json: request.body }),
          fetch: (...args) => {
            wentOut = true;
            return options.fetch(...args);
          },
          signal: over.signal,
          redirect: 'manual', // A redirect followed would carry the key to wherever it points.
          retry: 0,
          timeout: false,
          throwHttpErrors: false,
        });
        const { status, headers } = response;
        answer = { status, headers };
        const body = await readBody(response);
        return readReply(status, headers, body, serverTimeIn(headers) ?? clock.now());
      } catch (error) {
        if (error instanceof TooLarge) return noResponse('tooLarge', true, error.status);
        // Any other error prints the key and the number in the address: only its code is looked at.
        return noResponse('lost', wentOut && !neverConnected(error));
      }
    };

    signal?.addEventListener('abort', end, { once: true });
    const reply = await Promise.race([exchange(), timeLimit]);
    signal?.removeEventListener('abort', end);
    end();
    return { reply, answer };
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
