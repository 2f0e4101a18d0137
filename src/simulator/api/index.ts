export { createApp } from './app.ts';
export { ApiError, type AppEnv, failure } from './envelope.ts';
export type { RateLimit } from './limiter.ts';
