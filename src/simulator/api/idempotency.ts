import type { MiddlewareHandler } from 'hono';
import { ApiError, type AppEnv } from './envelope.ts';

type Kept = { at: number; requestId: string; response: Response };

const KEPT_FOR_MS = 24 * 3_600_000;
const KEYED = /^(POST \/v3\/messages|POST \/v3\/contacts|PATCH \/v3\/contacts\/[^/]+)\/?$/;

/**
 * `Idempotency-Key` on the endpoints that take it: 2xx answers are kept for a day and replayed, whatever the second body
 * says; a second request while the first runs gets 409 CONFLICT_001 (contract, section 5).
 */
export function idempotency(now: () => number): MiddlewareHandler<AppEnv> {
  const kept = new Map<string, Kept>();
  const running = new Set<string>();

  return async (c, next) => {
    const key = c.req.header('idempotency-key');
    if (key === undefined || !KEYED.test(`${c.req.method} ${c.req.path}`)) return next();
    if (!/^[a-zA-Z0-9_-]{1,255}$/.test(key)) throw new ApiError('VALIDATION_007');
    const first = kept.get(key);
    if (first && now() - first.at < KEPT_FOR_MS) {
      const replay = first.response.clone();
      replay.headers.set('Idempotent-Replayed', 'true');
      replay.headers.set('X-Original-Request-Id', first.requestId);
      return replay;
    }
    if (running.has(key)) throw new ApiError('CONFLICT_001');
    running.add(key);
    try {
      await next();
      if (c.res.ok) kept.set(key, { at: now(), requestId: c.get('requestId'), response: c.res.clone() });
    } finally {
      running.delete(key);
    }
    return undefined;
  };
}
