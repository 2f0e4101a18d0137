import type { Refusal } from './failure.ts';
import { type Envelope, envelopeSchema } from './wire.ts';

/** What one try brought back: done, refused by the API, or no answer that can be read. */
export type Reply =
  | {
      kind: 'done';
      status: number;
      data: unknown;
      requestId: string | undefined;
      replayed: boolean;
      sandboxed: boolean;
    }
  | ({ kind: 'refused' } & Refusal)
  | { kind: 'lost'; status: number | undefined; acted: boolean; timedOut: boolean };

/** Parses an answer; an HTML page, an empty or a cut-off body where JSON is due reads as lost, never as success. */
export function readReply(status: number, headers: Headers, body: string, now: number): Reply {
  const envelope = status === 204 ? undefined : readEnvelope(body);
  const requestId = requestIdIn(headers.get('x-request-id') ?? envelope?.meta?.request_id);
  const succeeded = status >= 200 && status < 300;
  if (succeeded && status !== 204 && envelope === undefined) {
    return { kind: 'lost', status, acted: true, timedOut: false };
  }
  if (succeeded && envelope?.success !== false) {
    return {
      kind: 'done',
      status,
      data: dataIn(envelope),
      requestId,
      replayed: headers.get('idempotent-replayed') === 'true',
      sandboxed: headers.get('x-sandbox') === 'true' || headers.get('x-test-mode') === 'true',
    };
  }
  return {
    kind: 'refused',
    status: succeeded ? statusOf(envelope?.error?.code) : status,
    sentCode: codeIn(envelope?.error?.code),
    requestId,
    fields: Object.keys(envelope?.error?.details ?? {})
      .filter((field) => /^[A-Za-z_.]{1,60}$/.test(field))
      .slice(0, 8),
    retryAfterMs: status === 429 || status === 503 ? retryAfterIn(headers, now) : undefined,
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

const codeIn = (code: string | undefined): string | undefined =>
  code !== undefined && /^[A-Z][A-Z0-9_-]{1,48}$/.test(code) ? code : undefined;

/** The id of the request, if it looks like one: it is shown, so nothing else may come that way. */
const requestIdIn = (id: string | null | undefined): string | undefined =>
  id && /^[\w.:-]{1,80}$/.test(id) ? id : undefined;

/** A failure told inside a 200: the status that its code stands for. */
function statusOf(code: string | undefined): number {
  if (code?.startsWith('AUTH')) return 401;
  if (code?.startsWith('RESOURCE')) return 404;
  if (code?.startsWith('INTERNAL') || code?.startsWith('SERVICE') || code === undefined) return 500;
  return 400;
}

/** How long the API asks to wait, in milliseconds: `Retry-After` in seconds or as a date. */
export function retryAfterIn(headers: Headers, now: number): number | undefined {
  const value = headers.get('retry-after')?.trim();
  if (!value) return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
