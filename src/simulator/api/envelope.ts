import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { SimulatedAccount } from '../simulated-account.ts';

/** What the pipeline knows about a request before a route sees it. */
export type Arrival = {
  /** The raw body; already read, so that it can be recorded. */
  body: string;
  /** How long the API takes over it, on top of nothing. */
  workMs: number;
  signal?: AbortSignal | undefined;
};

export type AppEnv = { Bindings: Arrival; Variables: { requestId: string } };
export type AppContext = Context<AppEnv>;

export type Details = Record<string, string[]>;

/** Every code that the simulator answers with by itself, its HTTP status and its sentence (contract, section 3). */
const CODES: Record<string, [number, string]> = {
  AUTH_001: [401, 'An API key is required in the x-api-key header.'],
  AUTH_002: [401, 'The API key is invalid or has expired.'],
  AUTH_004: [403, 'The caller may not do this.'],
  VALIDATION_001: [400, 'One or more fields are invalid.'],
  VALIDATION_002: [400, 'The phone number must be in E.164 format.'],
  VALIDATION_003: [400, 'The id is not a valid UUID.'],
  VALIDATION_004: [400, 'A required field is missing.'],
  VALIDATION_005: [400, 'A value is out of range.'],
  VALIDATION_006: [400, 'A value is not one of those allowed.'],
  VALIDATION_007: [400, 'Idempotency-Key must match ^[a-zA-Z0-9_-]{1,255}$.'],
  VALIDATION_008: [400, 'A template parameter holds characters that are not allowed.'],
  RESOURCE_001: [404, 'Contact not found.'],
  RESOURCE_002: [404, 'Template not found.'],
  RESOURCE_003: [404, 'Message not found.'],
  RESOURCE_004: [404, 'Customer not found.'],
  RESOURCE_007: [409, 'A contact with this phone number already exists.'],
  RESOURCE_013: [404, 'Phone number not found.'],
  RESOURCE_404: [404, 'No such endpoint.'],
  BUSINESS_006: [422, 'The message is in a state that does not allow that.'],
  BUSINESS_002: [429, 'Rate limit exceeded.'],
  CONFLICT_001: [409, 'A request with this Idempotency-Key is still being processed.'],
  SERVICE_001: [503, 'The idempotency service is unavailable; the request was not processed.'],
  INTERNAL_001: [500, 'An unexpected error occurred.'],
  INTERNAL_003: [502, 'The provider failed.'],
  INTERNAL_004: [504, 'The request timed out.'],
  INTERNAL_005: [503, 'The service is under maintenance.'],
};

/** An answer with `success: false`. Status and sentence follow from the code. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  readonly details: Details | null;
  constructor(code: string, details: Details | null = null, status = CODES[code]?.[0] ?? 500) {
    super(CODES[code]?.[1] ?? 'The request failed.');
    this.code = code;
    this.status = status;
    this.details = details;
  }
}

/** ISO-8601 with seven fractional digits and an offset, as .NET writes it and Sent often shows it. */
export const isoLong = (ms: number): string => new Date(ms).toISOString().replace('Z', '0000+00:00');
export const isoShort = (ms: number): string => new Date(ms).toISOString();

function meta(account: SimulatedAccount, requestId: string) {
  return { request_id: requestId, timestamp: isoLong(account.now()), version: 'v3' };
}

export function succeed(
  c: AppContext,
  account: SimulatedAccount,
  data: unknown,
  status: ContentfulStatusCode = 200,
  beside: object = {},
): Response {
  return c.json(
    { success: true, data, ...beside, error: null, meta: meta(account, c.get('requestId')) },
    status,
  );
}

/** The JSON of a failure; also for failures that are made up outside the app. */
export function failure(account: SimulatedAccount, requestId: string, error: ApiError): string {
  const { code, message, details } = error;
  const doc_url = `https://docs.sent.dm/errors#${code.toLowerCase()}`;
  return JSON.stringify({
    success: false,
    data: null,
    error: { code, message, details, doc_url },
    meta: meta(account, requestId),
  });
}

/** `data` of a list: `{ <name>, pagination }` today; in the guide's era the bare array, with pagination beside it. */
export function succeedWithPage(
  c: AppContext,
  account: SimulatedAccount,
  name: string,
  items: unknown[],
  of: { page: number; pageSize: number; total: number },
): Response {
  const total_pages = Math.ceil(of.total / of.pageSize);
  const pagination = {
    page: of.page,
    page_size: of.pageSize,
    total_count: of.total,
    total_pages,
    has_more: of.page < total_pages,
    cursors: null,
  };
  if (account.dialect === 'guide') return succeed(c, account, items, 200, { pagination });
  return succeed(c, account, { [name]: items, pagination });
}
