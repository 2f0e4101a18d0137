import type { MiddlewareHandler } from 'hono';
import { ApiError, type AppContext, type AppEnv } from './envelope.ts';

export type RateLimit = {
  /** Requests that come back per minute. */
  perMinute: number;
  /** Requests that a rested account may make at once. */
  burst: number;
  /** A bucket of its own for POST /v3/messages, counted in requests; its burst is at most `burst`. */
  messagesPerMinute?: number;
  /** One by one, or all at the end of each minute, which then may be used at once. Default one by one. */
  comesBack?: 'one by one' | 'each minute';
};

type Bucket = { perMinute: number; capacity: number; tokens: number; at: number };
const MINUTE_MS = 60_000;

/**
 * The limit of the account: `X-RateLimit-*` on every answer, 429 BUSINESS_002 with `Retry-After` in whole seconds when it
 * is empty (contract, section 4). Two middlewares, to be used in this order: the first dresses what the second refuses.
 */
export function rateLimiter(limit: RateLimit, now: () => number): MiddlewareHandler<AppEnv>[] {
  const { perMinute, burst, messagesPerMinute } = limit;
  const isWindow = limit.comesBack === 'each minute';
  const full = (perMinute: number, burst: number): Bucket => {
    const capacity = isWindow ? perMinute : burst;
    return { perMinute, capacity, tokens: capacity, at: now() };
  };
  const general = full(perMinute, burst);
  const sending =
    messagesPerMinute === undefined ? general : full(messagesPerMinute, Math.min(burst, messagesPerMinute));
  const bucketOf = (c: AppContext): Bucket =>
    c.req.method === 'POST' && c.req.path === '/v3/messages' ? sending : general;

  function refill(bucket: Bucket): void {
    const at = now();
    if (!isWindow) {
      const back = ((at - bucket.at) * bucket.perMinute) / MINUTE_MS;
      Object.assign(bucket, { tokens: Math.min(bucket.capacity, bucket.tokens + back), at });
    } else if (at - bucket.at >= MINUTE_MS) {
      bucket.tokens = bucket.capacity;
      bucket.at += MINUTE_MS * Math.floor((at - bucket.at) / MINUTE_MS);
    }
  }
  /** When so many may be made at once. */
  const whenThere = ({ perMinute, tokens, at }: Bucket, requests: number): number =>
    isWindow ? at + MINUTE_MS : at + ((requests - tokens) * MINUTE_MS) / perMinute;

  const announce: MiddlewareHandler<AppEnv> = async (c, next) => {
    await next();
    const bucket = bucketOf(c);
    c.res.headers.set('X-RateLimit-Limit', String(bucket.perMinute));
    c.res.headers.set('X-RateLimit-Remaining', String(Math.floor(bucket.tokens)));
    c.res.headers.set('X-RateLimit-Reset', String(Math.ceil(whenThere(bucket, bucket.capacity) / 1000)));
  };
  const refuse: MiddlewareHandler<AppEnv> = async (c, next) => {
    const bucket = bucketOf(c);
    refill(bucket);
    if (bucket.tokens < 1) {
      c.header('Retry-After', String(Math.ceil((whenThere(bucket, 1) - now()) / 1000)));
      throw new ApiError('BUSINESS_002');
    }
    bucket.tokens -= 1;
    await next();
  };
  return [announce, refuse];
}
