import type { Contact } from '../book/index.ts';
import type { Template } from './template.ts';

/** Messages, and what becomes of them with time (contract, section 7). */

export type Step = { status: string; at: number; description: string; reason_code?: string };

export type Message = {
  id: string;
  to: string;
  contact_id: string;
  /** The channel that it goes out on: the pinned one, or what auto-detection picks. */
  channel: string;
  /** Whether the sender named the channel; else it is unknown until ROUTED. */
  pinned: boolean;
  /** Name of the template; absent for free text. */
  template?: string;
  madeFrom: Template | undefined;
  text?: string;
  /** What the recipient reads. */
  body: string;
  createdAt: number;
  /** When it is to go out; absent for at once. */
  scheduledAt?: number;
  /** All it will go through, times included; the part up to now has happened. */
  lifecycle: Step[];
};

export type MessageLog = {
  all: Message[];
  add(message: Message): void;
  get(id: string): Message | undefined;
  of(contactId: string): Message[];
};

export function createMessageLog(): MessageLog {
  const all: Message[] = [];
  const byId = new Map<string, Message>();
  const byContact = new Map<string, Message[]>();
  return {
    all,
    add(message) {
      all.push(message);
      byId.set(message.id, message);
      const others = byContact.get(message.contact_id);
      if (others) others.push(message);
      else byContact.set(message.contact_id, [message]);
    },
    get: (id) => byId.get(id),
    of: (contactId) => byContact.get(contactId) ?? [],
  };
}

const DESCRIPTIONS: Record<string, string> = {
  QUEUED: 'Message accepted and queued.',
  PROCESSED: 'Message content prepared.',
  ROUTED: 'Delivery channel selected.',
  SENT: 'Handed over to the provider.',
  DELIVERED: 'Delivered to the device.',
  READ: 'Read by the recipient.',
};
const HOUR_MS = 3_600_000;

/** The statuses that a message will have and when, from how things stand at `now`. */
export function lifecycleOf(
  what: { contact: Contact; channel: string; template: Template | undefined; sentBefore: Message[] },
  now: number,
  stepMs: number,
): Step[] {
  const stop = obstacleTo(what, now);
  const statuses = stop ? ['QUEUED'] : ['QUEUED', 'PROCESSED', 'ROUTED', 'SENT', 'DELIVERED', 'READ'];
  if (!stop && what.channel === 'sms') statuses.pop();
  const steps: Step[] = statuses.map((status, n) => ({
    status,
    at: now + n * stepMs,
    description: DESCRIPTIONS[status] ?? '',
  }));
  if (stop) steps.push({ ...stop, at: now + stepMs });
  return steps;
}

function obstacleTo(
  {
    contact,
    channel,
    template,
    sentBefore,
  }: { contact: Contact; channel: string; template: Template | undefined; sentBefore: Message[] },
  now: number,
): Omit<Step, 'at'> | undefined {
  if (contact.opt_out)
    return {
      status: 'FILTERED',
      description: 'The recipient has opted out.',
      reason_code: 'ERR_CONSENT_BLOCKED',
    };
  if (template)
    return template.status === 'APPROVED'
      ? undefined
      : { status: 'BLOCKED', description: 'The template is not approved.', reason_code: 'BUSINESS_005' };
  const sinceInbound = now - (contact.last_inbound_at ?? Number.NEGATIVE_INFINITY);
  if (channel === 'whatsapp')
    return sinceInbound <= 24 * HOUR_MS
      ? undefined
      : {
          status: 'FAILED',
          description: 'WhatsApp needs a template here.',
          reason_code: 'WHATSAPP_TEMPLATE_REQUIRED',
        };
  const templated = sentBefore.some(
    (m) =>
      m.template !== undefined &&
      !m.lifecycle.some((step) => step.reason_code) &&
      now - m.createdAt <= 7 * 24 * HOUR_MS,
  );
  return contact.last_inbound_at !== null || templated
    ? undefined
    : {
        status: 'BLOCKED',
        description: 'No open conversation.',
        reason_code: 'CONVERSATION_TEMPLATE_REQUIRED',
      };
}

/** What has happened to a message by `now`, oldest first. */
export const stepsUntil = (message: Message, now: number): Step[] =>
  message.lifecycle.filter((step) => step.at <= now);

/** The first step of a message that waits for its time. */
export const scheduledStep = (at: number): Step => ({
  status: 'SCHEDULED',
  at,
  description: 'Waits for its time.',
});

/** Ends a message that has not gone out yet: of its lifecycle only what has happened is left. */
export function cancel(message: Message, now: number): void {
  const past = stepsUntil(message, now);
  const end = { status: 'CANCELLED', at: now, description: 'Cancelled before it was sent.' };
  message.lifecycle.splice(0, message.lifecycle.length, ...past, end);
}
