import { toE164 } from '../../contacts/index.ts';
import type { CallOptions, SentClient, SentEvent, SentMessage } from '../../sent/index.ts';

export type Message = {
  message_id: string;
  /** E.164. */
  to: string | undefined;
  contact_id: string | undefined;
  channel: string | undefined;
  direction: string | undefined;
  /** The API's word, an open set: QUEUED, PROCESSED, ROUTED, SENT, DELIVERED, READ, FAILED, FILTERED, BLOCKED … */
  status: string;
  /** Whether the status is final. A DELIVERED message may in rare cases still turn FAILED. */
  settled: boolean;
  template: string | undefined;
  text: string | undefined;
  /** In the currency of the account. */
  price: number | undefined;
  /** Oldest first. */
  events: { status: string; at: string | undefined; reason: string | undefined }[];
};

const SETTLED = new Set(['DELIVERED', 'READ', 'FAILED', 'FILTERED', 'BLOCKED', 'CANCELLED', 'RECEIVED']);

/** A message with its history: from the message itself, or from its activities where it carries none. */
export async function getMessage(client: SentClient, id: string, options: CallOptions): Promise<Message> {
  const sent = await client.getMessage(id, options);
  const history: SentEvent[] =
    sent.events.length > 0
      ? sent.events
      : await client.getActivities(id, options).then(
          ({ activities }) => activities,
          () => [], // The history is an extra: the status is known without it.
        );
  return toMessage(id, sent, history);
}

/** A message as it is told, with its history. */
export function toMessage(id: string, sent: SentMessage, history: readonly SentEvent[]): Message {
  const status = sent.status?.toUpperCase() ?? 'UNKNOWN';
  const events = history
    .map((event) => ({
      status: event.status?.toUpperCase() ?? 'UNKNOWN',
      at: event.timestamp,
      reason: reasonOf(event),
      stable: reasonOf({ ...event, description: undefined }),
    }))
    .sort((a, b) => Date.parse(a.at ?? '') - Date.parse(b.at ?? '') || 0);
  // The message's own reason says more than a description, and less than the reason of the event itself.
  const reason = reasonOf(sent);
  const last = events.findLast((event) => event.status === status);
  if (last) last.reason = last.stable ?? reason ?? last.reason;
  else if (reason !== undefined) events.push({ status, at: undefined, reason, stable: undefined });
  const body = sent.message_body;
  const text = [body?.header, body?.content, body?.footer].filter((part) => part !== undefined).join('\n');
  return {
    message_id: sent.id ?? id,
    to: sent.phone === undefined ? undefined : toE164(sent.phone),
    contact_id: sent.contact_id,
    channel: sent.channel,
    direction: sent.direction,
    status,
    settled: SETTLED.has(status),
    template: sent.template_name ?? sent.template_id,
    text: text === '' ? undefined : text,
    price: sent.price,
    events: events.map(({ stable: _, ...event }) => event),
  };
}

/** The stable code and its words where the API gives them, else its description. */
function reasonOf(event: {
  reason_code?: string | undefined;
  reason?: string | undefined;
  description?: string | undefined;
}) {
  const parts = [event.reason_code, event.reason].filter((part) => part !== undefined);
  return parts.length > 0 ? parts.join(': ') : event.description;
}
