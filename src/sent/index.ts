export {
  type ContactPatch,
  type ContactQuery,
  createSentClient,
  type KeyedOptions,
  MAX_PAGE_SIZE,
  MAX_RECIPIENTS,
  type SendBody,
  type SentClient,
} from './client.ts';
export { heldError } from './failure.ts';
export type { Answer, CallOptions } from './http.ts';
export type { RateState } from './rate-limiter.ts';
export type {
  SentAccepted,
  SentCancelled,
  SentContact,
  SentEvent,
  SentLookup,
  SentMessage,
  SentPagination,
  SentSummary,
} from './wire.ts';
