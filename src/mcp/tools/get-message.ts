import * as z from 'zod/v4';
import type { Message } from '../../messages/index.ts';
import { inline, lines, quoted } from '../text.ts';
import { defineTool } from '../tool.ts';

/** What to make of a status where the word alone does not say it. */
const ADVICE: Record<string, string> = {
  FILTERED:
    'It was held back for consent and will never go out: the recipient opted out or a rule forbids it. Do not send again.',
  BLOCKED:
    'It did not go out. Usual causes: no open conversation for free text (use a template), template not approved, balance too low.',
  FAILED: 'It could not be delivered. Try another channel, or check the number.',
  DELIVERED: 'Delivered to the device.',
  SCHEDULED: 'It waits for its time, such as the end of quiet hours.',
};

/** GET /v3/messages/{id}, and its activities where it carries no events. */
export const getMessage = defineTool({
  name: 'get_message',
  title: 'Get a message',
  description:
    'What became of a message sent with send_message: status, whether that is final (settled), channel, price and the history with reasons. While it is not settled, ask again later.',
  effect: 'read',
  input: () => z.strictObject({ message_id: z.string().min(1) }),
  output: () =>
    z.looseObject({
      message_id: z.string(),
      to: z.string().optional(),
      contact_id: z.string().optional(),
      channel: z.string().optional(),
      direction: z.string().optional(),
      status: z.string(),
      settled: z.boolean(),
      template: z.string().optional(),
      text: z.string().optional(),
      price: z.number().optional(),
      events: z.array(
        z.looseObject({ status: z.string(), at: z.string().optional(), reason: z.string().optional() }),
      ),
    }),
  run: ({ message_id }, { messages, caller }): Promise<Message> => messages.get(message_id, caller.signal),
  render: (message) =>
    lines(
      `${inline(message.status)}${message.settled ? ', settled' : ', not settled yet: ask again later'}: ${inline(message.to ?? 'unknown recipient')}${message.channel ? ` on ${inline(message.channel)}` : ''}${message.price === undefined ? '' : `, price ${message.price}`}`,
      ADVICE[message.status],
      message.template !== undefined && `Template: ${inline(message.template)}`,
      message.text !== undefined && `Text: ${JSON.stringify(message.text)}`,
      message.events.map(
        ({ status, at, reason }) =>
          `${inline(at ?? '-')} ${inline(status)}${reason === undefined ? '' : `: ${quoted(reason, 200)}`}`,
      ),
    ),
});
