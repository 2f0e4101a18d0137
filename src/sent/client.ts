import * as z from 'zod/v4';
import { type Answer, type CallOptions, createHttp, type Http, type HttpOptions } from './http.ts';
import type { RateState } from './rate-limiter.ts';
import {
  acceptedSchema,
  accountSchema,
  activitiesSchema,
  cancelledSchema,
  contactPageSchema,
  contactSchema,
  lookupSchema,
  messageSchema,
  type SentAccepted,
  type SentAccount,
  type SentActivities,
  type SentCancelled,
  type SentContact,
  type SentLookup,
  type SentMessage,
  type SentPage,
  type SentSummary,
  type SentTemplate,
  summarySchema,
  templatePageSchema,
  templateSchema,
} from './wire.ts';

/** The most rows that the API gives in a page. */
export const MAX_PAGE_SIZE = 100;
/** The most recipients that one send may have. */
export const MAX_RECIPIENTS = 1000;

export type MutationOptions = CallOptions & {
  /** Ask for a dry run; `Answer.dryRun.confirmed` says whether the API made it one. */
  dryRun?: boolean | undefined;
};
export type KeyedOptions = MutationOptions & {
  idempotencyKey?: string | undefined;
  /** An earlier call with this key may have been done, so that a failure must rule that out to be one. */
  repeats?: boolean | undefined;
};

/** A page of a listing: 1-based, at most `MAX_PAGE_SIZE` rows, the same size through a whole run. */
export type PageRequest = { page: number; pageSize: number };
export type ContactQuery = PageRequest & { search?: string; channel?: string; phone?: string };
export type TemplateQuery = PageRequest & { search?: string; status?: string; category?: string };
export type ContactPatch = {
  default_channel?: string | undefined;
  opt_out?: boolean | undefined;
  metadata?: Record<string, unknown> | undefined;
};
export type SendBody = {
  to: readonly string[];
  channel?: readonly string[];
  template?: { id: string; parameters?: Record<string, string> };
  text?: string;
  /** ISO 8601 with an offset. An account whose API does not know it would send now: see the dry run's answer first. */
  scheduled_at?: string;
};

/** One method an endpoint of the Sent v3 API; each fails with an `AppError` and with nothing else. */
export type SentClient = {
  listContacts(query: ContactQuery, options?: CallOptions): Promise<SentPage<SentContact>>;
  getContact(id: string, options?: CallOptions): Promise<SentContact>;
  createContact(phoneNumber: string, options?: KeyedOptions): Promise<Answer<SentContact | null>>;
  updateContact(id: string, patch: ContactPatch, options?: KeyedOptions): Promise<Answer<SentContact | null>>;
  deleteContact(id: string, options?: MutationOptions): Promise<Answer<unknown>>;
  messageSummary(id: string, options?: CallOptions): Promise<SentSummary>;
  sendMessage(body: SendBody, options?: KeyedOptions): Promise<Answer<SentAccepted>>;
  /** Takes a scheduled message back. */
  cancelMessage(id: string, options?: KeyedOptions): Promise<Answer<SentCancelled>>;
  getMessage(id: string, options?: CallOptions): Promise<SentMessage>;
  getActivities(id: string, options?: CallOptions): Promise<SentActivities>;
  listTemplates(query: TemplateQuery, options?: CallOptions): Promise<SentPage<SentTemplate>>;
  getTemplate(id: string, options?: CallOptions): Promise<SentTemplate>;
  lookupNumber(phoneNumber: string, options?: CallOptions): Promise<SentLookup>;
  me(options?: CallOptions): Promise<SentAccount>;
  /** What the API last said of the account's rate limit; that of sends is another one. */
  rate(): RateState;
  sendRate(): RateState;
  turnToSend: Http['turnToSend'];
  /** From now on both limits of the account are one with other processes. */
  shareRate: Http['shareRate'];
  /** Resolves when the others know what went out, or after a second. */
  close(): Promise<void>;
};

/** A mutation that was done has been done, whatever its answer looks like: an unreadable contact reads as null. */
const contactOrNull = contactSchema.nullable().catch(null);
const acceptedOrEmpty = acceptedSchema.catch({
  status: undefined,
  scheduled_at: undefined,
  price: undefined,
  template_id: undefined,
  template_name: undefined,
  recipients: [],
});

/** `page_size` is today's name and `pageSize` the guide's; a server that got only the other would use a default. */
const paging = ({ page, pageSize }: PageRequest) => ({ page, page_size: pageSize, pageSize });

export function createSentClient(options: HttpOptions): SentClient {
  const http = createHttp(options);
  const dataOf = <T>(answer: Promise<Answer<T>>): Promise<T> => answer.then(({ data }) => data);

  return {
    listContacts: ({ search, channel, phone, ...page }, call) =>
      dataOf(
        http.call(
          { ...call, endpoint: 'GET /v3/contacts', query: { ...paging(page), search, channel, phone } },
          contactPageSchema,
        ),
      ),
    getContact: (id, call) =>
      dataOf(http.call({ ...call, endpoint: 'GET /v3/contacts/{id}', id }, contactSchema)),
    createContact: (phoneNumber, call) =>
      http.call(
        { ...call, endpoint: 'POST /v3/contacts', body: { phone_number: phoneNumber } },
        contactOrNull,
      ),
    updateContact: (id, patch, call) =>
      http.call({ ...call, endpoint: 'PATCH /v3/contacts/{id}', id, body: patch }, contactOrNull),
    deleteContact: (id, call) =>
      http.call({ ...call, endpoint: 'DELETE /v3/contacts/{id}', id }, z.unknown()),
    messageSummary: (id, call) =>
      dataOf(http.call({ ...call, endpoint: 'GET /v3/contacts/{id}/message-summary', id }, summarySchema)),
    sendMessage: (body, call) => http.call({ ...call, endpoint: 'POST /v3/messages', body }, acceptedOrEmpty),
    cancelMessage: (id, call) =>
      http.call({ ...call, endpoint: 'POST /v3/messages/{id}/cancel', id }, cancelledSchema),
    getMessage: (id, call) =>
      dataOf(http.call({ ...call, endpoint: 'GET /v3/messages/{id}', id }, messageSchema)),
    getActivities: (id, call) =>
      dataOf(http.call({ ...call, endpoint: 'GET /v3/messages/{id}/activities', id }, activitiesSchema)),
    listTemplates: ({ search, status, category, ...page }, call) =>
      dataOf(
        http.call(
          { ...call, endpoint: 'GET /v3/templates', query: { ...paging(page), search, status, category } },
          templatePageSchema,
        ),
      ),
    getTemplate: (id, call) =>
      dataOf(http.call({ ...call, endpoint: 'GET /v3/templates/{id}', id }, templateSchema)),
    lookupNumber: (phoneNumber, call) =>
      dataOf(http.call({ ...call, endpoint: 'GET /v3/numbers/lookup/{id}', id: phoneNumber }, lookupSchema)),
    me: (call) => dataOf(http.call({ ...call, endpoint: 'GET /v3/me' }, accountSchema)),
    rate: http.rate,
    sendRate: http.sendRate,
    turnToSend: http.turnToSend,
    shareRate: http.shareRate,
    close: http.close,
  };
}
