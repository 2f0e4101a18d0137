import { type Envelope, envelopeSchema } from './wire.ts';

/** The API did what was asked. */
export type Success = {
  kind: 'success';
  status: number;
  data: unknown;
  requestId: string | undefined;
  /** The answer is the stored one of an earlier request with the same key. */
  replayed: boolean;
  /** The API says that it was a dry run. */
  sandboxed: boolean;
};

/** The API says no, and why; nothing of its prose. */
export type Rejection = {
  kind: 'rejection';
  status: number;
  sentCode: string | undefined;
  requestId: string | undefined;
  /** Names of the refused fields. */
  fields: readonly string[];
  retryAfterMs: number | undefined;
};

/** Nothing came back that can be read as an answer of the API. */
export type NoResponse = {
  kind: 'noResponse';
  /** An HTTP status without an answer of the API, such as a page of a proxy. */
  status: number | undefined;
  /** Whether the API may have acted on the request. */
  mayHaveRun: boolean;
  why: 'lost' | 'timedOut' | 'tooLarge';
};

/** What one try brought back. */
export type Reply = Success | Rejection | NoResponse;

/**
 * Parses an answer. A success must be said in JSON: an HTML page, an empty or a cut-off body, and an envelope with
 * neither `success` nor data are no response, never a success.
 * @param now the time by the clock of the server.
 */
export function readReply(status: number, headers: Headers, body: string, now: number): Reply {
  const envelope = readEnvelope(body);
  const requestId = requestIdIn(headers.get('x-request-id') ?? envelope?.meta?.request_id);
  const succeeded = status < 300 && envelope?.success !== false;
  if (!succeeded) {
    return {
      kind: 'rejection',
      status: status < 300 ? statusOf(envelope?.error?.code) : status,
      sentCode: codeIn(envelope?.error?.code),
      requestId,
      fields: [...new Set(Object.keys(envelope?.error?.details ?? {}).flatMap(fieldIn))].slice(0, 8),
      retryAfterMs: retryAfterIn(headers, now),
    };
  }
  const isSaid = status === 204 || envelope?.success === true || (envelope?.data ?? undefined) !== undefined;
  if (!isSaid) return { kind: 'noResponse', status, mayHaveRun: true, why: 'lost' };
  return {
    kind: 'success',
    status,
    data: dataIn(envelope),
    requestId,
    replayed: headers.get('idempotent-replayed') === 'true',
    sandboxed: headers.get('x-sandbox') === 'true' || headers.get('x-test-mode') === 'true',
  };
}

function readEnvelope(body: string): Envelope | undefined {
  try {
    return envelopeSchema.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}

/** The data; with the paging put back where one dialect leaves it beside a bare array. */
function dataIn(envelope: Envelope | undefined): unknown {
  const data = envelope?.data ?? null;
  return Array.isArray(data) && envelope?.pagination ? { rows: data, pagination: envelope.pagination } : data;
}

/** A code, if it looks like one: it is shown, so that nothing else may come that way. */
const codeIn = (code: string | undefined): string | undefined =>
  /^[A-Z]{2,16}[_-]\d{1,4}$/.test(code ?? '') ? code : undefined;

/** The id of the request, if it looks like one. */
const requestIdIn = (id: string | null | undefined): string | undefined =>
  id && /^(?=req|.*\d)[\w.:-]{1,64}$/.test(id) ? id : undefined;

/** A field that this server sends; any other name in an answer is only text of the network. */
const FIELD =
  /^(?:phone_number|to(?:\[\d{1,4}\])?|channel|template(?:\.(?:id|name|parameters))?|text|scheduled_at|default_channel|opt_out|metadata|page|page_size|search|phone|id)(?![^.[])/;
const fieldIn = (name: string): string[] => FIELD.exec(name) ?? [];

const STATUS_OF_CODE: readonly (readonly [RegExp, number])[] = [
  [/^AUTH_00[12]/, 401],
  [/^AUTH/, 403],
  [/^(RESOURCE_007|CONFLICT)/, 409],
  [/^RESOURCE/, 404],
  [/^(BUSINESS_002|LIMIT)/, 429],
  [/^BUSINESS/, 422],
  [/^SERVICE/, 503],
  [/^INTERNAL/, 500],
];

/** A failure told inside a 200: the status that its code stands for; without a code nobody knows what happened. */
const statusOf = (code: string | undefined): number =>
  code === undefined ? 500 : (STATUS_OF_CODE.find(([codes]) => codes.test(code))?.[1] ?? 400);

/** The time that the server says it is: its dates mean something by its own clock, which ours need not agree with. */
export function serverTimeIn(headers: Headers): number | undefined {
  const time = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(time) ? undefined : time;
}

/** Longest wait that is repeated to anybody. */
const MAX_WAIT_MS = 24 * 3_600_000;

/**
 * How long the API asks to wait, in milliseconds: `Retry-After` in seconds or as a date.
 * @param now the time by the clock of the server.
 */
export function retryAfterIn(headers: Headers, now: number): number | undefined {
  const value = headers.get('retry-after') ?? '';
  if (/^\d+(\.\d+)?$/.test(value)) return Math.min(Number(value) * 1000, MAX_WAIT_MS);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.min(Math.max(0, date - now), MAX_WAIT_MS);
}
