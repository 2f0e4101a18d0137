import * as z from 'zod/v4';
import type { SendResult, SentOne } from '../../messages/index.ts';
import { CHANNELS } from '../../messages/index.ts';
import { count, inline, lines } from '../text.ts';
import { defineTool } from '../tool.ts';
import { outcomeLines } from './render.ts';
import { sandbox, sandboxOutput, warningsOutput } from './schemas.ts';

/** Messages named in the text; the structured result holds all. */
const MOST_SHOWN = 10;

/** POST /v3/messages, one request for each 1,000 recipients, each under its own Idempotency-Key. */
export const sendMessage = defineTool({
  name: 'send_message',
  title: 'Send a message',
  description:
    'Sends a template (see list_templates) or free text to contacts by SMS, WhatsApp or RCS. Billed, and cannot be taken back: use preview: true first to see who gets what. Free text reaches only people in a conversation; for a first message use a template. People who opted out are skipped. "accepted" is not "delivered": check with get_message. After unknown_outcome, repeat the same call with the given idempotency_key; never send anew.',
  effect: 'send',
  input: () =>
    z.strictObject({
      to: z.array(z.string().min(1)).min(1).max(10_000).describe('numbers or contact ids'),
      template: z
        .strictObject({
          id: z.string().min(1).optional(),
          name: z.string().min(1).optional().describe('instead of id'),
          parameters: z
            .record(z.string(), z.string())
            .optional()
            .describe(
              'a value for each of its variables; {name} in one is filled per recipient from their metadata',
            ),
        })
        .optional(),
      text: z.string().min(1).optional().describe('instead of template'),
      channels: z
        .array(z.enum(CHANNELS))
        .min(1)
        .optional()
        .describe('leave out to let Sent choose; several = one billed message each'),
      preview: z.boolean().optional().describe('only show the plan'),
      sandbox,
      idempotency_key: z
        .string()
        .regex(/^[A-Za-z0-9_-]{1,200}$/, 'expected 1 to 200 letters, digits, - or _')
        .optional()
        .describe('only to repeat a send'),
    }),
  output: () =>
    z.looseObject({
      status: z.string(),
      messages: z.array(
        z.looseObject({ to: z.string(), channel: z.string().optional(), message_id: z.string().optional() }),
      ),
      skipped: z.array(z.looseObject({ to: z.string(), reason: z.string() })),
      idempotency_key: z.string().optional(),
      template: z.looseObject({ id: z.string(), name: z.string() }).optional(),
      sandbox: sandboxOutput,
      warnings: warningsOutput,
    }),
  run: (input, { messages, caller }): Promise<SendResult> => messages.send(input, caller),
  act: ({ status, messages }) => ({
    outcome: status,
    people: messages.length,
    numbers: messages.slice(0, 3).map(({ to }) => to),
  }),
  render: (output) =>
    lines(
      headline(output),
      output.messages.slice(0, MOST_SHOWN).map(messageLine),
      output.messages.length > MOST_SHOWN && `… and ${output.messages.length - MOST_SHOWN} more`,
      skippedLine(output),
      outcomeLines(output),
      output.idempotency_key !== undefined && `idempotency_key ${output.idempotency_key}`,
    ),
});

function headline({ status, messages, template }: SendResult): string {
  const amount = count(messages.length, 'message');
  const what = template ? ` of template ${inline(template.name)} (${inline(template.id, 200)})` : '';
  if (status === 'preview') return `Preview, nothing sent. ${amount}${what} would go to:`;
  if (status === 'dry_run') return `${amount}${what} would go to:`;
  if (status === 'nothing_to_send') return 'Nothing was sent: nobody is left to send to.';
  return `Accepted by Sent, not yet delivered: ${amount}${what}. Follow up with get_message.`;
}

const messageLine = ({ to, channel, message_id, parameters = {} }: SentOne): string =>
  [
    ...[to, channel ?? 'channel chosen by Sent', message_id]
      .filter((part) => part !== undefined)
      .map((part) => inline(part, 200)),
    ...Object.entries(parameters).map(([name, value]) => `${inline(name, 40)}: ${inline(value)}`),
  ].join(' | ');

function skippedLine({ skipped }: SendResult): string | undefined {
  if (skipped.length === 0) return undefined;
  const named = skipped.slice(0, MOST_SHOWN).map(({ to, reason }) => `${inline(to)} (${reason})`);
  const more = skipped.length > MOST_SHOWN ? ` and ${skipped.length - MOST_SHOWN} more` : '';
  return `Skipped ${count(skipped.length, 'recipient')}: ${named.join(', ')}${more}`;
}
