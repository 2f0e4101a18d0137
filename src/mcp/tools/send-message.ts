import * as z from 'zod/v4';
import type { SendResult, ShownMessage } from '../../messages/index.ts';
import { count, inline, lines } from '../text.ts';
import { defineTool } from '../tool.ts';
import { outcomeLines } from './render.ts';
import { sandbox, sandboxOutput, warningsOutput } from './schemas.ts';

/** Numbers of a list that the text names before it says how many more there are. */
const MAX_NAMED = 20;

const someone = () => z.array(z.looseObject({ to: z.string(), reason: z.string() }));

/** POST /v3/messages, one request for each 1,000 recipients, each under its own Idempotency-Key. */
export const sendMessage = defineTool({
  name: 'send_message',
  title: 'Send a message',
  description:
    'Sends a template (see list_templates) or free text to contacts by SMS, WhatsApp or RCS. Billed, and cannot be taken back: use preview: true first, show it, then call with the returned plan alone. Free text reaches only people in a conversation; for a first message use a template. People who opted out are skipped. The same call again is the same send: it goes on where it stood, and nobody gets it twice. "accepted" is not "delivered": get_message with the plan tells.',
  effect: 'send',
  input: () =>
    z.strictObject({
      to: z
        .array(z.string().min(1))
        .min(1)
        .max(10_000)
        .optional()
        .describe('numbers, contact ids or selections'),
      template: z
        .strictObject({
          id: z.string().min(1).optional(),
          name: z.string().min(1).optional().describe('instead of id'),
          parameters: z
            .record(z.string(), z.string())
            .optional()
            .describe('a value for each of its variables'),
        })
        .optional(),
      text: z
        .string()
        .min(1)
        .optional()
        .describe(
          'instead of template; here and in parameters {name} is filled per recipient, {name|friend} too',
        ),
      channels: z
        .array(z.enum(['sent', 'sms', 'whatsapp', 'rcs']))
        .min(1)
        .optional()
        .describe('leave out to let Sent choose; several = one billed message each'),
      scheduled_at: z
        .string()
        .min(1)
        .optional()
        .describe('ISO 8601 with offset; with plan: cancel takes it back'),
      preview: z.boolean().optional().describe('only show the plan'),
      plan: z
        .string()
        .min(1)
        .optional()
        .describe('send exactly this plan, or go on with it; nothing else is given'),
      again: z.boolean().optional().describe('the same once more, on purpose'),
      sandbox,
      idempotency_key: z
        .string()
        .regex(/^[A-Za-z0-9_-]{1,200}$/, 'expected 1 to 200 letters, digits, - or _')
        .optional()
        .describe('not needed'),
    }),
  output: () =>
    z.looseObject({
      status: z.string(),
      plan: z.string().optional(),
      accepted: z.number(),
      messages: z.array(
        z.looseObject({ to: z.string(), channel: z.string().optional(), message_id: z.string().optional() }),
      ),
      not_sent: someone(),
      unknown: z.array(z.string()),
      skipped: someone(),
      left_out: z.record(z.string(), z.number()).optional(),
      selection: z.string().optional(),
      template: z.looseObject({ id: z.string(), name: z.string() }).optional(),
      sent_at: z.string().optional(),
      scheduled_at: z.string().optional(),
      preview: z.looseObject({ people: z.number(), messages: z.number() }).optional(),
      next: z.string().optional(),
      sandbox: sandboxOutput,
      warnings: warningsOutput,
    }),
  run: (input, { messages, caller }): Promise<SendResult> => messages.send(input, caller),
  act: ({ status, plan, accepted, messages, preview }) => ({
    outcome: status,
    people: preview?.people ?? accepted,
    numbers: messages.slice(0, 3).map(({ to }) => to),
    ...(plan !== undefined && { plan }),
  }),
  render: (output) =>
    lines(
      headline(output),
      previewLines(output),
      output.messages.map(messageLine),
      more(output, 'messages'),
      listLine('Not sent', output, 'not_sent'),
      output.unknown.length > 0 &&
        `Unknown, may have it: ${count(output.unknown.length, 'recipient')}: ${named(output.unknown)}${more(output, 'unknown')}`,
      listLine('Skipped', output, 'skipped'),
      output.selection !== undefined && `Those who certainly have not got it: selection ${output.selection}`,
      outcomeLines(output),
      output.plan !== undefined && `plan ${output.plan}`,
      output.next !== undefined && `Next: ${output.next}`,
    ),
});

function headline({
  status,
  accepted,
  preview,
  template,
  sent_at,
  scheduled_at,
  messages,
  price,
}: SendResult): string {
  const what = template ? ` of template ${inline(template.name)} (${inline(template.id, 200)})` : '';
  const when = scheduled_at === undefined ? '' : ` for ${scheduled_at}`;
  const begun = sent_at === undefined ? '' : ` Begun at ${sent_at}.`;
  switch (status) {
    case 'preview':
      return `Preview, nothing sent. ${count(preview?.messages ?? 0, 'message')}${what}${when} to ${count(preview?.people ?? 0, 'recipient')}:`;
    case 'dry_run':
      return `Dry run: ${count(messages.length, 'message')}${what} would go out${when}${costs(price)}:`;
    case 'nothing_to_send':
      return 'Nothing was sent: nobody is left to send to.';
    case 'partial':
      return `Only in part: ${count(accepted, 'message')}${what} accepted by Sent.${begun}`;
    case 'cancelled':
      return `Taken back.${begun}`;
    default:
      return `Accepted by Sent, not yet delivered: ${count(accepted, 'message')}${what}${when}.${begun}`;
  }
}

function previewLines({ preview }: SendResult): string[] {
  if (preview === undefined) return [];
  const {
    countries,
    requests,
    takes_seconds,
    price,
    opt_outs_as_of,
    not_yet_contacts,
    in_no_numbering_plan,
  } = preview;
  const byCountry = Object.entries(countries).map(([region, people]) => `${region} ${people}`);
  return [
    `Countries: ${byCountry.join(', ')}. ${count(requests, 'request')}, about ${takes_seconds} s${costs(price)}.${opt_outs_as_of === undefined ? '' : ` Opt-outs as of ${opt_outs_as_of}.`}`,
    ...(not_yet_contacts ? [`Not contacts yet: ${named(not_yet_contacts)}`] : []),
    ...(in_no_numbering_plan ? [`In no numbering plan: ${named(in_no_numbering_plan)}`] : []),
  ];
}

const costs = (price: number | undefined): string =>
  price === undefined ? '' : `, price ${price} by a dry run`;

const messageLine = ({ to, name, channel, message_id, text, parameters = {} }: ShownMessage): string =>
  [
    inline(to),
    ...[name, channel ?? 'channel chosen by Sent', message_id]
      .filter((part) => part !== undefined)
      .map((part) => inline(part, 200)),
    ...(text === undefined ? [] : [JSON.stringify(text)]),
    ...Object.entries(parameters).map(([place, value]) => `${inline(place, 40)}: ${inline(value)}`),
  ].join(' | ');

const named = (numbers: readonly string[]): string =>
  numbers
    .slice(0, MAX_NAMED)
    .map((number) => inline(number))
    .join(', ') + (numbers.length > MAX_NAMED ? ` and ${numbers.length - MAX_NAMED} more` : '');

function more({ left_out = {} }: SendResult, list: string): string {
  const left = left_out[list];
  return left === undefined ? '' : `… and ${left} more`;
}

/** Those of a list, by reason. */
function listLine(title: string, output: SendResult, list: 'not_sent' | 'skipped'): string[] {
  const byReason = new Map<string, string[]>();
  for (const { to, reason } of output[list]) byReason.set(reason, [...(byReason.get(reason) ?? []), to]);
  return [...byReason].map(
    ([reason, people]) =>
      `${title} (${inline(reason)}): ${count(people.length, 'recipient')}: ${named(people)}${more(output, list)}`,
  );
}
