import type { Dialect } from '../book/index.ts';
import type { Template } from '../messages/index.ts';
import { ApiError } from './envelope.ts';
import { type Body, e164From, isObject, refuse } from './read-request.ts';
import { render, templateById, templateByName, variablesOf } from './templates.ts';

/** A checked POST /v3/messages. */
export type Send = {
  to: string[];
  /** The pinned channels; undefined for auto-detection. */
  channels: string[] | undefined;
  /** Absent for free text. */
  template?: Template;
  /** What the recipients will read. */
  body: string;
  /** Milliseconds since the epoch; absent for now. */
  scheduledAt?: number;
};

const CHANNELS = ['sms', 'whatsapp', 'rcs'];
const MAX_RECIPIENTS = 1000;

/** Everything that the API judges before it accepts a message. Consent, approval and conversations are judged later. */
export function readSend(body: Body, dialect: Dialect, now: number): Send {
  const to = recipientsFrom(body.to);
  const channels = channelsFrom(body.channel);
  // The guide's era knows no such field and, like any API, passes over what it does not know.
  const later = dialect === 'today' ? scheduleFrom(body.scheduled_at, now) : undefined;
  const scheduled = later === undefined ? {} : { scheduledAt: later };
  const { template, text } = body;
  const hasText = text !== undefined && text !== null;
  const hasTemplate = template !== undefined && template !== null;
  if (hasText === hasTemplate) refuse('template', 'Exactly one of template and text is required.');
  if (hasText) {
    if (typeof text !== 'string' || text.trim() === '') refuse('text', 'Must be a non-empty string.');
    return { to, channels, body: text, ...scheduled };
  }
  if (!isObject(template)) refuse('template', 'Must be an object.');
  const chosen = templateFrom(template, dialect);
  const parameters = parametersFrom(template.parameters, chosen, channels ?? chosen.channels);
  return { to, channels, template: chosen, body: render(chosen, parameters), ...scheduled };
}

const MINUTE_MS = 60_000;

/** An explicit offset, a minute to 30 days ahead. */
function scheduleFrom(value: unknown, now: number): number | undefined {
  if (value === undefined || value === null) return undefined;
  const hasOffset = typeof value === 'string' && /T.*(Z|[+-]\d{2}:?\d{2})$/i.test(value);
  const at = hasOffset ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(at)) refuse('scheduled_at', 'Must be an ISO 8601 time with an offset.');
  if (at < now + MINUTE_MS || at > now + 30 * 24 * 60 * MINUTE_MS)
    refuse('scheduled_at', 'Must be between 1 minute and 30 days ahead.', 'VALIDATION_005');
  return at;
}

function recipientsFrom(to: unknown): string[] {
  if (!Array.isArray(to) || to.length === 0) refuse('to', 'At least one recipient is required.');
  if (to.length > MAX_RECIPIENTS) refuse('to', `At most ${MAX_RECIPIENTS} recipients are allowed.`);
  return to.map((one, n) => e164From(one, `to[${n}]`));
}

function channelsFrom(channel: unknown): string[] | undefined {
  if (channel === undefined || channel === null) return undefined;
  if (!Array.isArray(channel) || channel.length === 0) refuse('channel', 'Must be a non-empty list.');
  for (const one of channel)
    if (!['sent', ...CHANNELS].includes(one))
      refuse('channel', `'${one}' is not a channel.`, 'VALIDATION_006');
  if (!channel.includes('sent')) return [...new Set<string>(channel)];
  return channel.length === 1
    ? undefined
    : refuse('channel', "'sent' cannot be combined with other channels.");
}

function templateFrom({ id, name }: Body, dialect: Dialect): Template {
  const [hasId, hasName] = [id, name].map((value) => value !== undefined && value !== null);
  if (hasId === hasName) refuse('template', 'Exactly one of id and name is required.');
  if (hasName) return templateByName(String(name));
  return templateById(
    typeof id === 'string' && id !== '' ? id : refuse('template.id', 'Must be a string.'),
    dialect,
  );
}

function parametersFrom(given: unknown, template: Template, channels: string[]): Record<string, string> {
  const parameters = given ?? {};
  if (!isObject(parameters)) refuse('template.parameters', 'Must be an object.');
  const checked: Record<string, string> = {};
  for (const name of variablesOf(template)) {
    const field = `template.parameters.${name}`;
    const value = parameters[name];
    if (value === undefined || value === null) refuse(field, 'This template variable is required.');
    if (typeof value !== 'string') refuse(field, 'Must be a string.');
    const unclean = channels.includes('whatsapp') && /[\n\r\t]| {5}/.test(value);
    const notACode = template.category === 'AUTHENTICATION' && !/^\d{4,8}$/.test(value);
    if (unclean || notACode)
      throw new ApiError('VALIDATION_008', { [field]: ['This value cannot be sent.'] });
    checked[name] = value;
  }
  return checked;
}
