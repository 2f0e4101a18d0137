import { toE164 } from '../../contacts/index.ts';
import { AppError } from '../../errors.ts';
import type { SentAccepted } from '../../sent/index.ts';
import type { SentOne } from '../record/index.ts';

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
  const reached = new Set(named.map((message) => message.to));
  return [...named, ...to.filter((one) => !reached.has(one)).flatMap((one) => eachChannel(one, channels))];
}

/** What all messages of an answer cost together, in the currency of the account, where each has a price or they have one. */
export function priceOf({ price, recipients }: SentAccepted): number | undefined {
  const prices = recipients.flatMap((one) => one.price ?? []);
  const isComplete = prices.length > 0 && prices.length === recipients.length;
  return isComplete ? sumOf(prices) : price;
}

/** Without the crumbs of binary fractions. */
export const sumOf = (prices: readonly number[]): number =>
  Number(prices.reduce((sum, one) => sum + one, 0).toFixed(6));

/**
 * Sent gives the first answer to a key again without looking at the message. A replay is ours where an earlier try of
 * this very request explains it; even then it must be about its people and its template.
 * @throws AppError `conflict` where it is not.
 */
export function checkReplay(
  accepted: SentAccepted,
  request: {
    to: readonly string[];
    templateId: string | undefined;
    isExplained: boolean;
    /** Whether the key is one that the user gave. */
    hasUserKey: boolean;
  },
): void {
  const meant = new Set(request.to);
  const others = accepted.recipients.some((one) => one.to !== undefined && !meant.has(toE164(one.to)));
  const template = accepted.template_id ?? request.templateId;
  if (request.isExplained && !others && template === request.templateId) return;
  throw new AppError(
    'conflict',
    'Sent knows the key of this request from an earlier message and gave its answer again, so nothing new was sent.',
    {
      next: request.hasUserKey
        ? 'Look with get_message whether the earlier one was this. If it was not, leave idempotency_key out.'
        : 'Look with get_message whether the earlier one was this, and ask the user before it is sent anew.',
    },
  );
}
