import * as z from 'zod/v4';
import { AppError } from '../../errors.ts';
import type { FollowUp, Message, PastSend } from '../../messages/index.ts';
import { count, inline, lines, quoted } from '../text.ts';
import { defineTool } from '../tool.ts';

/** What to make of a status where the word alone does not say it. */
const ADVICE: Record<string, string> = {
  FILTERED:
    'FILTERED: held back for consent and will never go out: the recipient opted out or a rule forbids it. Do not send again.',
  BLOCKED:
    'BLOCKED: it did not go out. Usual causes: no open conversation for free text (use a template), template not approved, balance too low.',
  FAILED: 'FAILED: it could not be delivered. Try another channel, or check the number.',
  DELIVERED: 'Delivered to the device.',
  SCHEDULED: 'SCHEDULED: it waits for its time, such as the end of quiet hours.',
};
type Sends = { sends: readonly PastSend[] };
type Output = Message | FollowUp | Sends;

/** GET /v3/messages/{id}, and its activities where it carries no events; for a plan, each of its messages. */
export const getMessage = defineTool({
  name: 'get_message',
  title: 'Get a message',
  description:
    'What became of what send_message sent. With plan: the whole send, counts by status, why, and who was not reached, with a selection of them. With message_id: one message with its history and price. With neither: the latest sends and their plans. What is not settled changes: ask again later.',
  effect: 'read',
  input: () =>
    z.strictObject({
      message_id: z.string().min(1).optional(),
      plan: z.string().min(1).optional().describe('as send_message gave it'),
    }),
  output: () =>
    z.looseObject({
      message_id: z.string().optional(),
      plan: z.string().optional(),
      status: z.string().optional(),
      settled: z.union([z.boolean(), z.number()]).optional(),
      unsettled: z.number().optional(),
      sent_at: z.string().optional(),
      counts: z.record(z.string(), z.number()).optional(),
      reasons: z.array(z.looseObject({ reason: z.string(), count: z.number() })).optional(),
      not_delivered: z.array(z.looseObject({ to: z.string(), status: z.string() })).optional(),
      selection: z.string().optional(),
      events: z.array(z.looseObject({ status: z.string() })).optional(),
      sends: z
        .array(z.looseObject({ plan: z.string(), sent_at: z.string(), accepted: z.number() }))
        .optional(),
    }),
  async run({ message_id, plan }, { messages, caller }): Promise<Output> {
    if (message_id !== undefined && plan !== undefined) {
      throw new AppError('invalid_input', 'Only one of message_id and plan may be given.');
    }
    if (plan !== undefined) return messages.followUp(plan, caller);
    if (message_id === undefined) return messages.latestSends();
    if (!message_id.trim().startsWith('send_')) return messages.get(message_id, caller.signal);
    throw new AppError('invalid_input', 'That is the plan of a send, not the id of a message.', {
      next: 'Give it as plan.',
    });
  },
  render(output) {
    if ('sends' in output) return sendsText(output);
    return 'counts' in output ? followUpText(output) : messageText(output);
  },
});

const messageText = (message: Message): string =>
  lines(
    `${inline(message.status)}${message.settled ? ', settled' : ', not settled yet: ask again later'}: ${inline(message.to ?? 'unknown recipient')}${message.channel ? ` on ${inline(message.channel)}` : ''}${message.price === undefined ? '' : `, price ${message.price}`}`,
    `message_id ${inline(message.message_id, 200)}${message.contact_id === undefined ? '' : `, contact_id ${inline(message.contact_id, 200)}`}${message.direction === undefined ? '' : `, ${inline(message.direction)}`}`,
    ADVICE[message.status],
    message.template !== undefined && `Template: ${inline(message.template)}`,
    message.text !== undefined && `Text: ${JSON.stringify(message.text)}`,
    message.events.map(
      ({ status, at, reason }) =>
        `${inline(at ?? '-')} ${inline(status)}${reason === undefined ? '' : `: ${quoted(reason, 200)}`}`,
    ),
  );

function followUpText(output: FollowUp): string {
  const { plan, sent_at, template, text, scheduled_at, counts, reasons, not_delivered, left_out } = output;
  const statuses = Object.entries(counts).map(([status, amount]) => `${amount} ${inline(status)}`);
  return lines(
    `${statuses.join(', ') || 'No message was accepted'}. ${output.settled} settled, ${output.unsettled} not yet.`,
    `plan ${plan}, sent at ${sent_at}${scheduled_at === undefined ? '' : `, scheduled for ${scheduled_at}`}${template === undefined ? '' : `, template ${inline(template)}`}`,
    text !== undefined && `Text: ${JSON.stringify(text)}`,
    [...new Set(not_delivered.map(({ status }) => status))].map((status) => ADVICE[status] ?? ''),
    reasons.length > 0 &&
      `Reasons: ${reasons.map((one) => `${quoted(one.reason, 100)} ${one.count}`).join(', ')}`,
    not_delivered.length > 0 && `Not reached: ${count(not_delivered.length + (left_out ?? 0), 'recipient')}`,
    not_delivered.map(
      ({ to, status, reason }) =>
        `${inline(to)} | ${inline(status)}${reason === undefined ? '' : ` | ${quoted(reason, 100)}`}`,
    ),
    left_out !== undefined && `… and ${left_out} more`,
    output.selection !== undefined && `Those who certainly have not got it: selection ${output.selection}`,
    output.warnings,
    output.next !== undefined && `Next: ${output.next}`,
  );
}

const sendsText = ({ sends }: Sends): string =>
  lines(
    sends.length === 0
      ? 'Nothing has been sent yet, as far as is kept here.'
      : `The latest ${count(sends.length, 'send')}:`,
    sends.map((send) =>
      [
        send.plan,
        send.sent_at,
        send.template === undefined ? JSON.stringify(send.text ?? '') : `template ${inline(send.template)}`,
        ...(send.scheduled_at === undefined ? [] : [`for ${send.scheduled_at}`]),
        `${send.accepted} accepted`,
        ...(send.taken_back === undefined ? [] : [`${send.taken_back} taken back`]),
        ...(send.not_sent === undefined ? [] : [`${send.not_sent} not sent`]),
        ...(send.unknown === undefined ? [] : [`${send.unknown} unknown`]),
        send.complete ? 'complete' : 'not complete',
      ].join(' | '),
    ),
  );
