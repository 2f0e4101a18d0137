import { isUuid, parseE164 } from '../book/index.ts';
import type { SimulatedAccount } from '../simulated-account.ts';
import { ApiError, type AppContext, type Details } from './envelope.ts';

/** Reading what a request asks for, with the API's own complaints. Everything here throws `ApiError`. */

export type Body = Record<string, unknown>;

/** Refuses with VALIDATION_001 (or another code) and one complaint about one field. */
export function refuse(field: string, complaint: string, code = 'VALIDATION_001'): never {
  throw new ApiError(code, { [field]: [complaint] } satisfies Details);
}

/** The JSON object in the body; `{}` for no body at all, which only an absent content type may announce. */
export function bodyOf(c: AppContext): Body {
  const text = c.env.body;
  if (text === '') {
    if (c.req.header('content-type')?.includes('json'))
      refuse('body', 'A non-empty request body is required.');
    return {};
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    refuse('body', 'The request body is not valid JSON.');
  }
  return isObject(value) ? value : refuse('body', 'The request body must be a JSON object.');
}

export const isObject = (value: unknown): value is Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether this is a dry run, by the name that this era knows; the other era's name is ignored like any unknown field. */
export function isDryRun(c: AppContext, account: SimulatedAccount, body: Body): boolean {
  const [name, header] =
    account.dialect === 'today' ? ['sandbox', 'X-Sandbox'] : ['test_mode', 'X-Test-Mode'];
  const value = body[name] ?? false;
  if (typeof value !== 'boolean') refuse(name, 'Must be true or false.');
  if (value) c.header(header, 'true');
  return value;
}

/** A contact, message or template id from the path. */
export function idFrom(c: AppContext, account: SimulatedAccount): string {
  const id = c.req.param('id') ?? '';
  if (account.dialect === 'today' && !isUuid(id))
    refuse('id', `'${id}' is not a valid UUID.`, 'VALIDATION_003');
  return id;
}

export function e164From(value: unknown, field: string): string {
  const e164 = typeof value === 'string' ? parseE164(value) : undefined;
  return (
    e164 ?? refuse(field, 'Must be a phone number in E.164 format, such as +14155550123.', 'VALIDATION_002')
  );
}

/** `page` and `page_size`. Today both are required; the guide's era reads `pageSize` (or `page_size`) and defaults to 1 and 20. */
export function pageFrom(c: AppContext, account: SimulatedAccount): { page: number; pageSize: number } {
  const guide = account.dialect === 'guide';
  const size = (guide ? c.req.query('pageSize') : undefined) ?? c.req.query('page_size');
  const page = integerFrom(c.req.query('page') ?? (guide ? '1' : undefined), 'page');
  const pageSize = integerFrom(size ?? (guide ? '20' : undefined), guide ? 'pageSize' : 'page_size');
  if (page < 1) refuse('page', 'Must be 1 or more.', 'VALIDATION_005');
  if (pageSize < 1 || pageSize > 100) refuse(guide ? 'pageSize' : 'page_size', 'Must be between 1 and 100.');
  return { page, pageSize };
}

function integerFrom(text: string | undefined, field: string): number {
  if (text === undefined || text === '') refuse(field, 'This field is required.');
  return /^-?\d{1,9}$/.test(text) ? Number(text) : refuse(field, 'Must be a whole number.');
}

/** A query parameter that takes one of few values; absent and empty are the same. */
export function choiceFrom(c: AppContext, name: string, allowed: readonly string[]): string | undefined {
  const value = c.req.query(name) || undefined;
  if (value !== undefined && !allowed.includes(value))
    refuse(name, `Must be one of ${allowed.join(', ')}.`, 'VALIDATION_006');
  return value;
}
