import { AppError } from '../../../errors.ts';
import { fingerprintOf } from '../../content/index.ts';
import { planId, type SendPlan, type SentOne } from '../../record/index.ts';
import type { SendParts } from '../parts.ts';
import { limited, MAX_SHOWN, type SendResult } from '../result.ts';

const NO_MORE = 'Make no more dry runs here, since Sent does not honour them.';

/** What is told of a dry run that Sent did not confirm to be one, by the messages that came of it: loudly, and with the messages, whose ids show whether they are real. */
export async function unconfirmedResult(
  plan: SendPlan,
  messages: readonly SentOne[],
  parts: SendParts,
): Promise<SendResult> {
  const doubt = await writeDoubt(plan, messages, parts);
  const { template } = plan.content;
  const lists = { messages, not_sent: [], unknown: peopleIn(messages), skipped: [] };
  return {
    status: 'partial',
    ...(doubt !== undefined && { plan: doubt }),
    accepted: 0,
    ...limited(lists, MAX_SHOWN),
    ...(template && { template }),
    next: `${NO_MORE} Tell the user, and look with get_message whether these messages exist.${doubt === undefined ? NOT_WRITTEN : ''}`,
    warnings: [
      'WARNING: Sent did not confirm that this was a dry run: the messages may really be on their way.',
    ],
  };
}

/** The same where it was a step on the way to something else. */
export async function unconfirmedError(
  plan: SendPlan,
  messages: readonly SentOne[],
  parts: SendParts,
): Promise<AppError> {
  const doubt = await writeDoubt(plan, messages, parts);
  return new AppError(
    'unknown_outcome',
    'Whether this account can send later was tried with one person, and Sent did not confirm that it was a dry run: that message may really be on its way.',
    {
      next: `${NO_MORE} Tell the user; do not use scheduled_at.${doubt === undefined ? NOT_WRITTEN : ` get_message with plan: ${doubt} names the person.`}`,
    },
  );
}

const NOT_WRITTEN = ' This could not be written down: the same call would send them again.';

const peopleIn = (messages: readonly SentOne[]): string[] => [...new Set(messages.map(({ to }) => to))];

/**
 * Written down as a send of which nobody knows, so that the same words never go to those people as if nothing had gone
 * out.
 * @returns its plan; undefined where it could not be written.
 */
async function writeDoubt(
  { content, words }: SendPlan,
  messages: readonly SentOne[],
  { log, newKey }: SendParts,
): Promise<string | undefined> {
  const to = peopleIn(messages);
  const plan: SendPlan = {
    id: planId(newKey()),
    fingerprint: fingerprintOf(
      content,
      to.map((one) => ({ to: one })),
    ),
    words,
    content,
    requests: [{ to }],
    skipped: [],
    warnings: [],
  };
  const send = plan.id;
  try {
    await log.write({ event: 'plan', send, plan });
    await log.start(plan, log.lastStarted(plan.fingerprint));
    await log.write({ event: 'markUnknown', send, request: 0, isFinal: true });
    await log.write({ event: 'finish', send });
    return send;
  } catch {
    return undefined;
  }
}
