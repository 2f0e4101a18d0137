import type { Caller } from '../contacts/caller.ts';
import type { Contacts } from '../contacts/contacts.ts';
import { toE164 } from '../contacts/phone.ts';
import { AppError, toAppError } from '../errors.ts';
import type { SentClient } from '../sent/client.ts';
import type { SentAccepted } from '../sent/wire.ts';
import { type Plan, planSend, questionFor, type Skipped } from './plan.ts';
import { resolveRecipients } from './recipients.ts';
import type { TemplateKey, Templates } from './template.ts';

export type SendRequest = {
  /** Numbers in any usual format, or contact ids. */
  to: readonly string[];
  template?: (TemplateKey & { parameters?: Readonly<Record<string, string>> | undefined }) | undefined;
  text?: string | undefined;
  channels?: readonly string[] | undefined;
  preview?: boolean | undefined;
  sandbox?: boolean | undefined;
  idempotency_key?: string | undefined;
};

export type SentOne = { message_id?: string | undefined; to: string; channel?: string | undefined };
export type SendResult = {
  /** `accepted` by Sent, which is not yet delivered; or nothing went out, for the reason that the word says. */
  status: 'accepted' | 'preview' | 'dry_run' | 'nothing_to_send';
  messages: readonly SentOne[];
  skipped: readonly Skipped[];
  /** Repeats this very send safely. Absent where nothing was really sent. */
  idempotency_key?: string;
  template?: { id: string; name: string } | undefined;
  sandbox?: true;
  warnings?: readonly string[];
};

export type Send = (request: SendRequest, caller: Caller) => Promise<SendResult>;

/** What is known of a send under a key: what it said, and which of its requests Sent has accepted. */
type Known = { said: string; accepted: Map<number, SentAccepted> };

/** Sends remembered, for calls that repeat one under its key; after that the API's own 24 hours remain. */
const MOST_KNOWN = 200;

/**
 * Sends a message once to each recipient: planned, asked, then one request for each 1,000 people, each under a key
 * of its own that all its tries share.
 * @throws AppError `unknown_outcome` with the key where a request may have been done; the same call with that key
 * sends only what is not known to be accepted. Any other failure says how many had been accepted before it.
 */
export function createSend(parts: {
  client: SentClient;
  contacts: Contacts;
  templates: Templates;
  newKey: () => string;
  defaultCountry: string | undefined;
  sandbox: boolean;
}): Send {
  const { client, contacts, templates } = parts;
  const sends = new Map<string, Known>();

  /** The memory of a send; the same key for other words or people is a mistake, not a repetition. */
  function recall(key: string, said: string): Known {
    const known = sends.get(key) ?? { said, accepted: new Map() };
    if (known.said !== said) {
      throw new AppError(
        'conflict',
        'This idempotency_key belongs to another message, so nothing was sent.',
        {
          next: 'Leave idempotency_key out for a new message; give it only to repeat the very same call.',
        },
      );
    }
    sends.delete(key);
    sends.set(key, known);
    if (sends.size > MOST_KNOWN) sends.delete(sends.keys().next().value ?? '');
    return known;
  }

  async function sendBatches(plan: Plan, key: string, known: Known, caller: Caller): Promise<SentOne[]> {
    const messages: SentOne[] = [];
    for (const [index, to] of plan.batches.entries()) {
      if (to.length === 0) continue;
      let accepted = known.accepted.get(index);
      try {
        if (accepted === undefined) {
          // The first request carries the key as it is, the others a number after it: the same on every repetition.
          const idempotencyKey = index === 0 ? key : `${key}-${index + 1}`;
          const answer = await client.sendMessage(
            { to, ...plan.content },
            { signal: caller.signal, idempotencyKey },
          );
          if (answer.replayed) checkReplay(answer.data, to);
          accepted = answer.data;
          known.accepted.set(index, accepted);
        }
      } catch (error) {
        throw withProgress(toAppError(error), messages.length, plan.messages, key);
      }
      messages.push(...messagesOf(accepted, to, plan.channels));
      caller.progress(messages.length, plan.messages, 'Messages accepted by Sent');
    }
    return messages;
  }

  return async (request, caller) => {
    const { template: key, text, channels } = request;
    if ((key === undefined) === (text === undefined)) {
      throw new AppError('invalid_input', 'Exactly one of template and text must be given.');
    }
    if (key && (key.id === undefined) === (key.name === undefined)) {
      throw new AppError('invalid_input', 'Exactly one of template.id and template.name must be given.');
    }
    const template = key && (await templates.find(key, caller.signal));
    // What is wrong with the words is said before anybody is looked up.
    planSend({ template, parameters: key?.parameters, text, channels }, []);
    const resolved = await resolveRecipients(
      request.to,
      { contacts, client, defaultCountry: parts.defaultCountry },
      caller,
    );
    const plan = planSend({ template, parameters: key?.parameters, text, channels }, resolved.recipients);
    const warnings = [...plan.warnings, ...resolved.warnings];
    const result = (status: SendResult['status'], messages: readonly SentOne[]): SendResult => ({
      status,
      messages,
      skipped: plan.skipped,
      ...(template && { template: { id: template.id, name: template.name } }),
      ...(warnings.length > 0 && status !== 'nothing_to_send' && { warnings }),
    });
    const planned = plan.batches.flat().flatMap((to) => eachChannel(to, plan.channels));

    if (plan.recipients === 0) return result('nothing_to_send', []);
    if (request.preview) return result('preview', planned);
    if (request.sandbox || parts.sandbox) {
      let confirmed = true;
      for (const to of plan.batches.filter((batch) => batch.length > 0)) {
        // A dry run has a key of its own: its answer is kept under it, and must never stand for the real one.
        const answer = await client.sendMessage(
          { to, ...plan.content },
          { signal: caller.signal, dryRun: true },
        );
        confirmed &&= answer.dryRun.confirmed;
      }
      if (confirmed) return { ...result('dry_run', planned), sandbox: true };
      warnings.unshift(
        'WARNING: Sent did not confirm that this was a dry run: the messages may really be on their way.',
      );
      return result('accepted', planned);
    }

    const sendKey = request.idempotency_key ?? parts.newKey();
    const said = JSON.stringify([plan.content, resolved.recipients.map(({ to }) => to)]);
    const known = recall(sendKey, said);
    const left = plan.batches.some((batch, index) => batch.length > 0 && !known.accepted.has(index));
    if (left) await caller.confirm(questionFor(plan));
    const messages = await sendBatches(plan, sendKey, known, caller);
    if (messages.some(({ message_id }) => message_id === undefined)) {
      warnings.push('Sent gave no message id for some of them: they cannot be followed up.');
    }
    return { ...result('accepted', messages), idempotency_key: sendKey };
  };
}

const eachChannel = (to: string, channels: readonly string[]): SentOne[] =>
  channels.length > 0 ? channels.map((channel) => ({ to, channel })) : [{ to }];

function messagesOf(accepted: SentAccepted, to: readonly string[], channels: readonly string[]): SentOne[] {
  if (accepted.recipients.length === 0) return to.flatMap((number) => eachChannel(number, channels));
  return accepted.recipients.map((recipient, index) => ({
    ...(recipient.message_id !== undefined && { message_id: recipient.message_id }),
    to: recipient.to === undefined ? (to[index] ?? '') : toE164(recipient.to),
    ...(recipient.channel !== undefined && { channel: recipient.channel }),
  }));
}

/** Sent gives the first answer to a key again without looking at the message: it must be the answer to this one. */
function checkReplay(accepted: SentAccepted, to: readonly string[]): void {
  const wanted = new Set(to);
  const foreign = accepted.recipients.some(
    (recipient) => recipient.to !== undefined && !wanted.has(toE164(recipient.to)),
  );
  if (foreign) {
    throw new AppError(
      'conflict',
      'This idempotency_key was used for other people before, so nothing was sent now.',
      {
        next: 'Leave idempotency_key out for a new message.',
      },
    );
  }
}

/** The failure with what had been accepted before it and the way to go on without sending twice. */
function withProgress(error: AppError, accepted: number, all: number, key: string): AppError {
  if (error.code === 'conflict' && error.sentCode !== 'CONFLICT_001') return error;
  const before = accepted > 0 ? `${accepted} of ${all} messages were accepted; then: ` : '';
  const again = `make the same call with idempotency_key ${key}: nothing goes out twice.`;
  if (error.code === 'unknown_outcome') {
    return error.with({
      message: `${before}${accepted > 0 ? lowerFirst(error.message) : error.message}`,
      next: `To finish or to learn what happened, ${again}`,
    });
  }
  if (accepted === 0 && error.sentCode !== 'CONFLICT_001') return error;
  return error.with({
    message: `${before}${lowerFirst(error.message)}`,
    next: `${error.next} Then ${again}`,
  });
}

const lowerFirst = (sentence: string): string => sentence.charAt(0).toLowerCase() + sentence.slice(1);
