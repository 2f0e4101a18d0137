import { toE164 } from '../contacts/index.ts';
import { AppError } from '../errors.ts';
import type { SentAccepted } from '../sent/index.ts';
import type { Plan } from './plan.ts';

/** One message to one recipient; the id is missing where none has been given. */
export type SentOne = {
  message_id?: string | undefined;
  to: string;
  channel?: string | undefined;
  /** In a plan: what the template is filled with for just this recipient. */
  parameters?: Readonly<Record<string, string>>;
};

/** What goes to one recipient: a message on each channel, or one on the channel that Sent chooses. */
export const eachChannel = (to: string, channels: readonly string[]): SentOne[] =>
  channels.length > 0 ? channels.map((channel) => ({ to, channel })) : [{ to }];

/** A message for each recipient and channel: those of the answer, and without an id those that it leaves out. */
export function messagesOf(
  accepted: SentAccepted,
  to: readonly string[],
  channels: readonly string[],
): SentOne[] {
  const each = Math.max(1, channels.length);
  const named = accepted.recipients.map((recipient, index) => ({
    ...(recipient.message_id !== undefined && { message_id: recipient.message_id }),
    to: recipient.to === undefined ? (to[Math.floor(index / each)] ?? '') : toE164(recipient.to),
    ...(recipient.channel !== undefined && { channel: recipient.channel }),
  }));
  const told = new Set(named.map((message) => message.to));
  return [...named, ...to.filter((one) => !told.has(one)).flatMap((one) => eachChannel(one, channels))];
}

/**
 * Sent gives the first answer to a key again without looking at the message: it must be the answer to this one.
 * @throws AppError `conflict` where it names other people or another template.
 */
export function checkReplay(accepted: SentAccepted, to: readonly string[], plan: Plan): void {
  const wanted = new Set(to);
  const others = accepted.recipients.some((one) => one.to !== undefined && !wanted.has(toE164(one.to)));
  const template = accepted.template_id ?? plan.template?.id;
  if (others || template !== plan.template?.id) {
    throw new AppError(
      'conflict',
      'This idempotency_key was used for another message, so nothing was sent.',
      {
        next: 'Leave idempotency_key out for a new message.',
      },
    );
  }
}
