import type { Hono } from 'hono';
import { type Contact, type ContactChange, hash, idOf, type Metadata } from '../book/index.ts';
import type { SimulatedAccount } from '../simulated-account.ts';
import { contactOnWire, summaryOf } from './contact-on-wire.ts';
import { ApiError, type AppEnv, succeed, succeedWithPage } from './envelope.ts';
import {
  type Body,
  bodyOf,
  choiceFrom,
  e164From,
  idFrom,
  isDryRun,
  isObject,
  pageFrom,
  refuse,
} from './read-request.ts';

/** GET, POST /v3/contacts; GET, PATCH, DELETE /v3/contacts/{id}; GET …/message-summary (contract, 2.1). */
export function contactRoutes(app: Hono<AppEnv>, account: SimulatedAccount): void {
  const { book, now } = account;
  const wire = (contact: Contact) => contactOnWire(contact, account);
  const found = (id: string): Contact => {
    const contact = book.get(id);
    if (!contact) throw new ApiError('RESOURCE_001');
    return contact;
  };

  app.get('/v3/contacts', (c) => {
    const { page, pageSize } = pageFrom(c, account);
    const channel = choiceFrom(c, 'channel', ['sms', 'whatsapp']);
    const phone = c.req.query('phone');
    if (phone) {
      const contact = book.byPhone(e164From(phone, 'phone'));
      if (!contact) throw new ApiError('RESOURCE_001');
      return succeedWithPage(c, account, 'contacts', [wire(contact)], { page, pageSize, total: 1 });
    }
    const { contacts, total } = book.page(page, pageSize, {
      search: c.req.query('search') || undefined,
      channel,
    });
    return succeedWithPage(c, account, 'contacts', contacts.map(wire), { page, pageSize, total });
  });

  app.post('/v3/contacts', (c) => {
    const body = bodyOf(c);
    const dry = isDryRun(c, account, body);
    const given = body.phone_number;
    if (given === undefined || given === null || given === '')
      refuse('phone_number', 'This field is required.');
    const e164 = e164From(given, 'phone_number');
    if (book.byPhone(e164)) throw new ApiError('RESOURCE_007');
    const phone_number = String(given);
    return succeed(
      c,
      account,
      wire(dry ? dryRunContact(e164, phone_number, account) : book.add(e164, { phone_number })),
      201,
    );
  });

  app.get('/v3/contacts/:id', (c) => succeed(c, account, wire(found(idFrom(c, account)))));

  app.patch('/v3/contacts/:id', (c) => {
    const id = idFrom(c, account);
    const body = bodyOf(c);
    const dry = isDryRun(c, account, body);
    const contact = found(id);
    const change = changeFrom(body, contact, account);
    return succeed(
      c,
      account,
      wire(dry ? { ...contact, updated_at: now(), ...change } : book.change(contact, change)),
    );
  });

  app.delete('/v3/contacts/:id', (c) => {
    const id = idFrom(c, account);
    const dry = isDryRun(c, account, bodyOf(c));
    const contact = found(id);
    if (!dry) book.remove(contact);
    return c.body(null, 204);
  });

  app.get('/v3/contacts/:id/message-summary', (c) =>
    succeed(c, account, summaryOf(found(idFrom(c, account)), account)),
  );
}

function changeFrom(body: Body, contact: Contact, account: SimulatedAccount): ContactChange {
  const { default_channel, opt_out, metadata } = body;
  const change: ContactChange = {};
  if (default_channel !== undefined) {
    if (default_channel !== null && default_channel !== 'sms' && default_channel !== 'whatsapp')
      refuse('default_channel', 'Must be sms, whatsapp or null.', 'VALIDATION_006');
    change.default_channel = default_channel;
  }
  if (opt_out !== undefined) {
    if (opt_out !== null && typeof opt_out !== 'boolean') refuse('opt_out', 'Must be true or false.');
    change.opt_out = opt_out ?? contact.opt_out;
  }
  if (metadata !== undefined && account.storesMetadata) {
    if (!isObject(metadata)) refuse('metadata', 'Must be an object.');
    change.metadata = merged(contact.metadata, metadata);
  }
  if (Object.keys(change).length === 0)
    throw new ApiError('VALIDATION_004', { body: ['At least one field is required.'] });
  return change;
}

/** Given keys replace, null removes (as in RFC 7396, one level deep). */
function merged(old: Metadata, given: Metadata): Metadata {
  return Object.fromEntries(Object.entries({ ...old, ...given }).filter(([, value]) => value !== null));
}

function dryRunContact(e164: string, phone_number: string, account: SimulatedAccount): Contact {
  const id = idOf('contact', 0xfffff000 + (hash(account.now(), 9) % 0xfff), account.dialect);
  const created_at = account.now();
  return {
    index: -1,
    id,
    phone_number,
    e164,
    created_at,
    channels: ['sms'],
    default_channel: null,
    opt_out: false,
    metadata: {},
    updated_at: null,
    last_inbound_at: null,
  };
}
