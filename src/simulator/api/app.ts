import { Hono } from 'hono';
import type { SimulatedAccount } from '../simulated-account.ts';
import { accountRoutes, profileId } from './account-routes.ts';
import { contactRoutes } from './contact-routes.ts';
import { ApiError, type AppContext, type AppEnv, failure } from './envelope.ts';
import { idempotency } from './idempotency.ts';
import { type RateLimit, rateLimiter } from './limiter.ts';
import { messageRoutes } from './message-routes.ts';
import { templateRoutes } from './templates.ts';

/** The Sent v3 API: what every answer has in common, then the routes. `c.env` is an `Arrival`. */
export function createApp(account: SimulatedAccount, rateLimit: RateLimit | false): Hono<AppEnv> {
  const app = new Hono<AppEnv>({ strict: false });
  let counter = 0;

  app.use(async (c, next) => {
    const startedAt = account.now();
    c.set('requestId', `req_${(++counter).toString(36).padStart(8, '0')}`);
    await next();
    const headers = c.res.headers;
    headers.set('X-Request-Id', c.get('requestId'));
    headers.set('X-API-Version', 'v3');
    headers.set('Date', new Date(account.now()).toUTCString());
    headers.set('X-Response-Time', `${account.now() - startedAt}ms`);
  });
  app.use(async (c, next) => {
    const key = c.req.header('x-api-key');
    if (!key) throw new ApiError('AUTH_001');
    if (key !== account.key) throw new ApiError('AUTH_002');
    await next();
  });
  app.use(async (c, next) => {
    const profile = c.req.header('x-profile-id');
    if (profile === '') throw new ApiError('VALIDATION_003', { 'x-profile-id': ['Must not be empty.'] });
    if (profile !== undefined && profile !== profileId(account)) throw new ApiError('RESOURCE_004');
    await next();
    if (profile !== undefined) c.res.headers.set('X-Profile-Id', profile);
  });
  if (rateLimit) app.use(...rateLimiter(rateLimit, account.now));
  app.use(idempotency(account.now));
  app.use(async (c, next) => {
    if (c.env.workMs > 0) await account.sleep(c.env.workMs, c.env.signal);
    await next();
  });

  contactRoutes(app, account);
  messageRoutes(app, account);
  templateRoutes(app, account);
  accountRoutes(app, account);

  const fail = (error: ApiError, c: AppContext): Response =>
    c.body(failure(account, c.get('requestId'), error), error.status as 400, {
      'content-type': 'application/json',
    });
  app.notFound((c) => fail(new ApiError('RESOURCE_404'), c));
  app.onError((error, c) => {
    if (error instanceof ApiError) return fail(error, c);
    throw error;
  });
  return app;
}
