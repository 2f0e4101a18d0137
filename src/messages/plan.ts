import { AppError } from '../errors.ts';
import { MOST_RECIPIENTS, type SendBody } from '../sent/index.ts';
import { inline, inlineList, sanitise } from '../text/index.ts';
import { fieldsAskedBy, fill } from './fill.ts';
import { isApproved, type Template } from './template.ts';

export const CHANNELS = ['sent', 'sms', 'whatsapp', 'rcs'] as const;

/** What is to be said: a template with its parameters, or free text, exactly one of them. */
export type Content = {
  template?: Template | undefined;
  parameters?: Readonly<Record<string, string>> | undefined;
  text?: string | undefined;
  channels?: readonly string[] | undefined;
};
export type Recipient = {
  /** E.164. */
  to: string;
  /** Known to have opted out. */
  optedOut: boolean;
  /** What fills `{field}` in a parameter for this recipient. */
  fields?: Readonly<Record<string, string>> | undefined;
};
/** The people of one request, with what fills the template for just them. */
export type Batch = { to: readonly string[]; parameters?: Readonly<Record<string, string>> };
export type Skipped = { to: string; reason: string };

/** A send, decided before anything goes out. */
export type Plan = {
  /** In requests of at most 1,000; an empty one has nobody left in it. Their places do not change with opt-outs. */
  batches: readonly Batch[];
  skipped: readonly Skipped[];
  /** How many people, and how many messages they make: several channels are one message each. */
  recipients: number;
  messages: number;
  content: Omit<SendBody, 'to'>;
  template: Template | undefined;
  channels: readonly string[];
  warnings: readonly string[];
};

/** Parameters that every template takes beside its variables: addresses of header media. */
const RESERVED = /^header_(image|video|document)$/;
const FREE_TEXT =
  'Free text reaches only people who have replied before (WhatsApp: in the last 24 hours) or had a template in the last 7 days; for others it ends BLOCKED. Follow up with get_message.';

/**
 * Decides who gets what. Recipients whose `{fields}` differ go in separate requests; one whose field is not known is
 * skipped. Pure: the same recipients in the same order always make the same batches, so that a send
 * can be repeated under its key even when somebody opts out in between.
 * @throws AppError `invalid_input` for a plan that cannot succeed.
 */
export function planSend(content: Content, recipients: readonly Recipient[]): Plan {
  const { template, text, channels = [] } = content;
  if ((template === undefined) === (text === undefined)) {
    throw new AppError('invalid_input', 'Exactly one of template and text must be given.');
  }
  if (text !== undefined && text.trim() === '') throw new AppError('invalid_input', 'text is empty.');
  if (new Set(channels).size < channels.length) {
    throw new AppError('invalid_input', 'channels names a channel twice, which would send twice.');
  }
  if (channels.includes('sent') && channels.length > 1) {
    throw new AppError(
      'invalid_input',
      'The channel sent chooses by itself and cannot be combined with others.',
      {
        next: 'Leave channels out to let Sent choose, or name only real channels.',
      },
    );
  }
  const warnings = template ? checkTemplate(template, content.parameters ?? {}, channels) : [FREE_TEXT];
  const known = new Map<string, Recipient>();
  for (const recipient of recipients) {
    const before = known.get(recipient.to);
    known.set(recipient.to, before?.optedOut ? before : recipient);
  }
  const all = [...known.values()];
  const { parameters = {} } = content;
  const personal = fieldsAskedBy(parameters).length > 0;
  const skipped: Skipped[] = [];
  const groups = new Map<string, { people: Recipient[]; parameters?: Record<string, string> }>();
  for (const recipient of all) {
    const filled = personal ? fill(parameters, recipient.fields) : undefined;
    if (recipient.optedOut) skipped.push({ to: recipient.to, reason: 'opted_out' });
    if (filled && 'lacks' in filled) {
      if (!recipient.optedOut)
        skipped.push({ to: recipient.to, reason: `no value for ${inline(filled.lacks)}` });
      continue;
    }
    const key = JSON.stringify(filled?.parameters ?? null);
    const group = groups.get(key);
    if (group) group.people.push(recipient);
    else groups.set(key, { people: [recipient], ...filled });
  }
  const batches: Batch[] = [];
  for (const { people, ...filled } of groups.values()) {
    for (let start = 0; start < people.length; start += MOST_RECIPIENTS) {
      const batch = people.slice(start, start + MOST_RECIPIENTS);
      batches.push({ to: batch.filter(({ optedOut }) => !optedOut).map(({ to }) => to), ...filled });
    }
  }
  const reached = all.length - skipped.length;
  if (channels.length > 1) {
    warnings.push(`${channels.length} channels mean ${channels.length} billed messages for each recipient.`);
  }
  return {
    batches,
    skipped,
    recipients: reached,
    messages: reached * Math.max(1, channels.length),
    content: {
      ...(channels.length > 0 && { channel: channels }),
      ...(template && {
        template: { id: template.id, ...(content.parameters && { parameters: { ...content.parameters } }) },
      }),
      ...(text !== undefined && { text }),
    },
    template,
    channels,
    warnings,
  };
}

/** Warnings about parameters that the template does not have. */
function checkTemplate(
  template: Template,
  parameters: Record<string, string>,
  channels: readonly string[],
): string[] {
  if (!isApproved(template)) {
    throw new AppError('invalid_input', 'The template is not approved, so nothing can be sent with it.', {
      next: 'Choose one with list_templates, status APPROVED.',
    });
  }
  const foreign = channels.filter((channel) => channel !== 'sent' && !template.channels.includes(channel));
  if (template.channels.length > 0 && foreign.length > 0) {
    throw new AppError('invalid_input', `The template cannot be shown on ${foreign.join(', ')}.`, {
      next: `Use its channels (${inlineList(template.channels)}) or leave channels out.`,
    });
  }
  const missing = template.variables.filter((name) => !parameters[name]?.trim());
  if (missing.length > 0) {
    throw new AppError('invalid_input', `The template needs a value for ${inlineList(missing)}.`, {
      next: 'Add them to template.parameters and call again.',
    });
  }
  const broken = Object.keys(parameters).filter((name) =>
    /[\r\n\t\u2028\u2029]| {5,}/.test(parameters[name] ?? ''),
  );
  if (broken.length > 0) {
    throw new AppError(
      'invalid_input',
      `A line break, tab or run of spaces is not allowed in ${inlineList(broken)}.`,
      {
        next: 'Write the value on one line and call again.',
        sentCode: 'VALIDATION_008',
      },
    );
  }
  const unknown = Object.keys(parameters).filter(
    (name) => !template.variables.includes(name) && !RESERVED.test(name),
  );
  return unknown.length > 0 ? [`The template has no variable ${inlineList(unknown)}; Sent ignores it.`] : [];
}

/** The question for the person: how many people, which words, on which channels; for one recipient, who. */
export function questionFor(plan: Plan): string {
  const [first] = plan.batches.flatMap(({ to }) => to);
  const who = plan.recipients === 1 && first ? first : `${plan.recipients} people`;
  const { template, text } = plan.content;
  const values = Object.entries(template?.parameters ?? {}).map(
    ([name, value]) => `${onOneLine(name, 40)}: ${onOneLine(value, 80)}`,
  );
  const what =
    text !== undefined
      ? `the text “${onOneLine(text, 300)}”`
      : `the template “${onOneLine(plan.template?.name ?? '', 80)}”${values.length > 0 ? ` (${values.join(', ')})` : ''}`;
  const where =
    plan.channels.length > 0 ? `on ${plan.channels.join(' and ')}` : 'on the channel that Sent chooses';
  const count = plan.messages === plan.recipients ? '' : `, ${plan.messages} messages in all`;
  return `Send ${what} to ${who} ${where}${count}? It cannot be taken back.`;
}

const onOneLine = (text: string, most: number): string => sanitise(text, most).replace(/\s+/g, ' ');
