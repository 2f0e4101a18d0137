import { AppError } from '../../errors.ts';
import type { SendBody } from '../../sent/index.ts';
import { inlineList } from '../../text/index.ts';
import { isApproved, type Template, type TemplateKey } from '../template.ts';
import { fill, type Words } from './fill.ts';
import { readSchedule } from './schedule.ts';

export const CHANNELS = ['sent', 'sms', 'whatsapp', 'rcs'] as const;

/** What is to be said, checked: a template with its parameters, or free text; fields in braces not filled yet. */
export type Content = {
  template?: { id: string; name: string } | undefined;
  parameters?: Words | undefined;
  text?: string | undefined;
  /** Empty where Sent chooses. */
  channels: readonly string[];
  /** ISO 8601 in UTC. */
  scheduled_at?: string | undefined;
};

export type ContentRequest = {
  template?: (TemplateKey & { parameters?: Words | undefined }) | undefined;
  text?: string | undefined;
  channels?: readonly string[] | undefined;
  scheduled_at?: string | undefined;
};

/** Parameters that every template takes beside its variables: addresses of header media. */
const RESERVED = /^header_(image|video|document)$/;
const FREE_TEXT =
  'Free text reaches only people who have replied before (WhatsApp: in the last 24 hours) or had a template in the last 7 days; for others it ends BLOCKED.';

/** @throws AppError `invalid_input` unless exactly one of template and text is asked for, and the template by one key. */
export function checkKind({ template, text }: ContentRequest): void {
  if ((template === undefined) === (text === undefined)) {
    throw new AppError('invalid_input', 'Exactly one of template and text must be given.');
  }
  if (template && (template.id === undefined) === (template.name === undefined)) {
    throw new AppError('invalid_input', 'Exactly one of template.id and template.name must be given.');
  }
}

/**
 * What is to be said, after every check that needs nobody to be looked up.
 * @param template the one that the request names, as the account has it.
 * @throws AppError `invalid_input` for what cannot succeed.
 */
export function readContent(
  request: ContentRequest,
  template: Template | undefined,
  now: number,
): { content: Content; warnings: string[] } {
  const { text } = request;
  const parameters = request.template?.parameters;
  if (text !== undefined && text.trim() === '') throw new AppError('invalid_input', 'text is empty.');
  const channels = readChannels(request.channels ?? []);
  const warnings = template ? checkTemplate(template, parameters ?? {}, channels) : [FREE_TEXT];
  if (channels.length > 1) {
    warnings.push(`${channels.length} channels mean ${channels.length} billed messages for each recipient.`);
  }
  const scheduled_at =
    request.scheduled_at === undefined ? undefined : readSchedule(request.scheduled_at, now);
  const content: Content = {
    channels,
    ...(template && { template: { id: template.id, name: template.name } }),
    ...(template && parameters && { parameters: { ...parameters } }),
    ...(text !== undefined && { text }),
    ...(scheduled_at !== undefined && { scheduled_at }),
  };
  return { content, warnings };
}

function readChannels(given: readonly string[]): readonly string[] {
  if (new Set(given).size < given.length) {
    throw new AppError('invalid_input', 'channels names a channel twice, which would send twice.');
  }
  if (!given.includes('sent')) return given;
  if (given.length === 1) return [];
  throw new AppError(
    'invalid_input',
    'The channel sent chooses by itself and cannot be combined with others.',
    { next: 'Leave channels out to let Sent choose, or name only real channels.' },
  );
}

/** The words that are filled for each person. */
export const wordsOf = ({ text, parameters = {} }: Content): Words =>
  text === undefined ? parameters : { text };

/** The body of a request, but for its recipients, with these values in the places of the fields. */
export function bodyOf(content: Content, values: Words | undefined): Omit<SendBody, 'to'> {
  const { template, parameters, channels, scheduled_at } = content;
  const words = values === undefined ? wordsOf(content) : fill(wordsOf(content), values);
  return {
    ...(channels.length > 0 && { channel: channels }),
    ...(template && { template: { id: template.id, ...(parameters && { parameters: { ...words } }) } }),
    ...(content.text !== undefined && { text: words.text ?? content.text }),
    ...(scheduled_at !== undefined && { scheduled_at }),
  };
}

/** Warnings about parameters that the template does not have. */
function checkTemplate(template: Template, parameters: Words, channels: readonly string[]): string[] {
  if (!isApproved(template)) {
    const status = template.status === undefined ? 'has no status' : `is ${inlineList([template.status])}`;
    throw new AppError(
      'invalid_input',
      `The template ${status}, not approved, so nothing can be sent with it.`,
      {
        next: 'Choose one with list_templates, status APPROVED.',
      },
    );
  }
  const foreign = channels.filter((channel) => !template.channels.includes(channel));
  if (template.channels.length > 0 && foreign.length > 0) {
    throw new AppError('invalid_input', `The template cannot be shown on ${foreign.join(', ')}.`, {
      next: `Use its channels (${inlineList(template.channels)}) or leave channels out.`,
    });
  }
  const given = new Map(Object.entries(parameters));
  const missing = template.variables.filter((name) => !given.get(name)?.trim());
  if (missing.length > 0) {
    throw new AppError('invalid_input', `The template needs a value for ${inlineList(missing)}.`, {
      next: 'Add them to template.parameters and call again.',
    });
  }
  const broken = [...given]
    .filter(([, value]) => /[\r\n\t\u2028\u2029]| {5,}/.test(value))
    .map(([name]) => name);
  if (broken.length > 0) {
    throw new AppError(
      'invalid_input',
      `A line break, tab or run of spaces is not allowed in ${inlineList(broken)}.`,
      { next: 'Write the value on one line and call again.', sentCode: 'VALIDATION_008' },
    );
  }
  const unknown = [...given.keys()].filter(
    (name) => !template.variables.includes(name) && !RESERVED.test(name),
  );
  return unknown.length > 0 ? [`The template has no variable ${inlineList(unknown)}; Sent ignores it.`] : [];
}
