import type { MiddlewareHandler } from 'hono';
import { ApiError, type AppContext, type AppEnv } from './envelope.ts';

export type RateLimit = {
  /** Requests that come back per minute. */
  perMinute: number;
  /** Requests that a rested account may make at once. */
  burst: number;
  /** A bucket of its own for POST /v3/messages, counted in requests; its burst is at most `burst`. */
  messagesPerMinute?: number;
};

type Bucket = { perMinute: number; capacity: number; tokens: number; at: number };

/**
 * A token bucket for the account: `X-RateLimit-*` on every answer, 429 BUSINESS_002 with `Retry-After` in whole seconds when it
 * is empty (contract, section 4). Two middlewares, to be used in this order: the first dresses what the second refuses.
 */
export function rateLimiter(limit: RateLimit, now: () => number): MiddlewareHandler<AppEnv>[] {
  const full = (perMinute: number, capacity: number): Bucket => ({
    perMinute,
    capacity,
    tokens: capacity,
    at: now(),
  });
  const { perMinute, burst, messagesPerMinute } = limit;
  const general = full(perMinute, burst);
  const sending =
    messagesPerMinute === undefined ? general : full(messagesPerMinute, Math.min(burst, messagesPerMinute));
  const bucketOf = (c: AppContext): Bucket =>
    c.req.method === 'POST' && c.req.path === '/v3/messages' ? sending : general;

  const announce: MiddlewareHandler<AppEnv> = async (c, next) => {
    await next();
    const { perMinute, capacity, tokens, at } = bucketOf(c);
    const fullAt = at + ((capacity - tokens) * 60_000) / perMinute;
    c.res.headers.set('X-RateLimit-Limit', String(perMinute));
    c.res.headers.set('X-RateLimit-Remaining', String(Math.floor(tokens)));
    c.res.headers.set('X-RateLimit-Reset', String(Math.ceil(fullAt / 1000)));
  };
  const refuse: MiddlewareHandler<AppEnv> = async (c, next) => {
    const bucket = bucketOf(c);
    const at = now();
    bucket.tokens = Math.min(bucket.capacity, bucket.tokens + ((at - bucket.at) * bucket.perMinute) / 60_000);
    bucket.at = at;
    if (bucket.tokens < 1) {
      c.header('Retry-After', String(Math.ceil(((1 - bucket.tokens) * 60) / bucket.perMinute)));
      throw new ApiError('BUSINESS_002');
    }
    bucket.tokens -= 1;
    await next();
  };
  return [announce, refuse];
}
