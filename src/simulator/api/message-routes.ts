import type { Hono } from 'hono';
import { type Contact, formatsOf, idOf } from '../book/index.ts';
import {
  cancel,
  lifecycleOf,
  type Message,
  type Step,
  scheduledStep,
  stepsUntil,
} from '../messages/index.ts';
import type { SimulatedAccount } from '../simulated-account.ts';
import { ApiError, type AppEnv, isoShort, succeed } from './envelope.ts';
import { bodyOf, idFrom, isDryRun } from './read-request.ts';
import { readSend, type Send } from './read-send.ts';
import { templateId } from './templates.ts';

const PRICES: Record<string, number> = { sms: 0.0079, whatsapp: 0.0147, rcs: 0.0105 };
const CONTACT_PRICE = 0.001;

/** POST /v3/messages and …/{id}/cancel; GET /v3/messages/{id} and …/activities (contract, 2.3). */
export function messageRoutes(app: Hono<AppEnv>, account: SimulatedAccount): void {
  const { log, now, dialect } = account;
  let counter = 0;

  app.post('/v3/messages', (c) => {
    const body = bodyOf(c);
    const dry = isDryRun(c, account, body);
    const send = readSend(body, dialect, now());
    const recipients = send.to.flatMap((to) =>
      (send.channels ?? [null]).map((channel) => {
        const message_id = idOf('message', counter++, dialect);
        if (!dry) log.add(compose(message_id, to, channel, send));
        const priced = dry && account.pricedDryRuns;
        const shown = { message_id, to, channel, ...(priced && { price: priceFor(to, channel, send) }) };
        return dialect === 'today' ? { ...shown, body: channel === null ? null : send.body } : shown;
      }),
    );
    const { template } = send;
    const named = template
      ? { template_id: templateId(template, dialect), template_name: template.name }
      : {};
    if (dialect === 'guide')
      return succeed(c, account, { status: 'accepted', ...named, body: send.body, recipients }, 202);
    const { scheduledAt } = send;
    const status = scheduledAt === undefined ? 'QUEUED' : 'SCHEDULED';
    const later = scheduledAt === undefined ? {} : { scheduled_at: isoShort(scheduledAt) };
    return succeed(c, account, { status, ...named, recipients, ...later }, 202);
  });

  /** What a dry run tells; nobody becomes a contact by it. */
  function priceFor(to: string, pinned: string | null, send: Send): number | null {
    const contact = account.book.byPhone(to);
    return PRICES[pinned ?? (contact === undefined ? 'sms' : channelFor(contact, send))] ?? null;
  }

  function compose(id: string, to: string, pinned: string | null, send: Send): Message {
    const contact = account.book.byPhone(to) ?? account.book.add(to);
    const channel = pinned ?? channelFor(contact, send);
    const { template, body } = send;
    const { scheduledAt } = send;
    const what = { contact, channel, template, sentBefore: log.of(contact.id) };
    const lifecycle = lifecycleOf(what, scheduledAt ?? now(), account.stepMs);
    if (scheduledAt !== undefined) lifecycle.unshift(scheduledStep(now()));
    const content: Pick<Message, 'template' | 'text'> = template
      ? { template: template.name }
      : { text: body };
    return {
      id,
      to,
      contact_id: contact.id,
      channel,
      pinned: pinned !== null,
      ...content,
      madeFrom: template,
      body,
      createdAt: now(),
      lifecycle,
      ...(scheduledAt !== undefined && { scheduledAt }),
    };
  }

  app.get('/v3/messages/:id', (c) => {
    const message = found(idFrom(c, account));
    const events = stepsUntil(message, now());
    const formats = formatsOf(message.to);
    const template = message.madeFrom;
    return succeed(c, account, {
      id: message.id,
      customer_id: account.customerId,
      contact_id: message.contact_id,
      phone: message.to,
      phone_international: formats.format_international,
      region_code: formats.region_code,
      template_id: template ? templateId(template, dialect) : null,
      template_name: template?.name ?? null,
      template_category: template?.category ?? null,
      channel: message.pinned || reached(events, 'ROUTED') ? message.channel : '',
      direction: 'OUTBOUND',
      status: events.at(-1)?.status ?? 'QUEUED',
      message_body: { header: null, content: message.body, footer: null, buttons: null },
      created_at: isoShort(message.createdAt),
      ...(message.scheduledAt !== undefined && { scheduled_at: isoShort(message.scheduledAt) }),
      price: reached(events, 'SENT') ? (PRICES[message.channel] ?? null) : null,
      active_contact_price: reached(events, 'SENT') ? CONTACT_PRICE : null,
      events: events.map((step) => ({
        status: step.status,
        timestamp: isoShort(step.at),
        ...explained(step),
      })),
    });
  });

  app.get('/v3/messages/:id/activities', (c) => {
    const message = found(idFrom(c, account));
    const activities = stepsUntil(message, now()).map((step) => ({
      status: step.status,
      ...explained(step),
      from: step.status === 'SENT' ? '+12025550100' : null,
      timestamp: isoShort(step.at),
      price: step.status === 'SENT' ? (PRICES[message.channel] ?? 0).toFixed(4) : null,
      active_contact_price: step.status === 'SENT' ? CONTACT_PRICE.toFixed(4) : null,
    }));
    return succeed(c, account, { message_id: message.id, activities: activities.reverse() });
  });

  app.post('/v3/messages/:id/cancel', (c) => {
    const message = found(idFrom(c, account));
    if (dialect === 'guide') throw new ApiError('RESOURCE_404'); // No such endpoint yet.
    const waits = message.scheduledAt !== undefined && now() < message.scheduledAt;
    if (!waits || reached(message.lifecycle, 'CANCELLED')) throw new ApiError('BUSINESS_006');
    if (!isDryRun(c, account, bodyOf(c))) cancel(message, now());
    return succeed(c, account, { id: message.id, status: 'CANCELLED' });
  });

  function found(id: string): Message {
    const message = log.get(dialect === 'today' ? id.toLowerCase() : id);
    if (!message) throw new ApiError('RESOURCE_003');
    return message;
  }

  /** Today a stable `reason_code` stands beside a generic description; in the guide's era the description begins with it. */
  function explained({ description, reason_code }: Step): object {
    if (reason_code === undefined) return { description };
    return dialect === 'today'
      ? { description, reason_code, reason: description }
      : { description: `${reason_code}: ${description}` };
  }
}

/** What auto-detection picks: the default channel, else WhatsApp where the contact has it and the content can go there. */
function channelFor(contact: Contact, { template }: Send): string {
  if (contact.default_channel) return contact.default_channel;
  const whatsapp = contact.channels.includes('whatsapp') && template?.channels.includes('whatsapp');
  return whatsapp ? 'whatsapp' : 'sms';
}

const reached = (events: Step[], status: string): boolean => events.some((step) => step.status === status);
