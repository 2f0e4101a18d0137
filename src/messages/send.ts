import type { Contacts } from '../contacts/index.ts';
import { AppError, toAppError } from '../errors.ts';
import type { Caller, Clock } from '../runtime/index.ts';
import type { SendBody, SentClient } from '../sent/index.ts';
import { inlineList } from '../text/index.ts';
import { checkReplay, eachChannel, messagesOf, type SentOne } from './accepted.ts';
import { fieldsAskedBy, fill } from './fill.ts';
import { createLedger, type Entry } from './ledger.ts';
import { type Batch, type Plan, planSend, questionFor, type Skipped } from './plan.ts';
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

const NOT_CONFIRMED =
  'WARNING: Sent did not confirm that this was a dry run: the messages may really be on their way.';
const RESUMED =
  'The same message had been begun before without an end: this call finished it, and nobody got it twice.';

export type Send = (request: SendRequest, caller: Caller) => Promise<SendResult>;

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
  clock: Clock;
  newKey: () => string;
  defaultCountry: string | undefined;
  sandbox: boolean;
}): Send {
  const { client, templates } = parts;
  const ledger = createLedger(parts.newKey);

  /** Sends what is not known to be accepted, request by request, each under the same key on every repetition. */
  async function sendBatches(plan: Plan, entry: Entry, caller: Caller): Promise<SentOne[]> {
    const messages: SentOne[] = [];
    let people = 0;
    ledger.keep(entry);
    for (const [index, batch] of plan.batches.entries()) {
      const { to } = batch;
      if (to.length === 0) continue;
      let accepted = entry.accepted.get(index);
      if (accepted === undefined) {
        const idempotencyKey = index === 0 ? entry.key : `${entry.key}-${index + 1}`;
        const options = { signal: caller.signal, idempotencyKey, repeats: entry.unknown };
        const answer = await client.sendMessage(bodyOf(plan, batch), options).catch((thrown: unknown) => {
          const error = toAppError(thrown);
          entry.unknown = error.code === 'unknown_outcome' || (entry.unknown && error.code === 'cancelled');
          throw withProgress(error, { plan, entry, people, messages: messages.length });
        });
        if (answer.replayed) checkReplay(answer.data, to, plan);
        accepted = messagesOf(answer.data, to, plan.channels);
        entry.accepted.set(index, accepted);
        entry.unknown = false;
      }
      messages.push(...accepted);
      people += to.length;
      caller.progress(messages.length, plan.messages, 'Messages accepted by Sent');
    }
    entry.done = true;
    return messages;
  }

  /** The same as a dry run. Its keys are fresh ones: the answer kept under them must never stand for a real one. */
  async function tryBatches(plan: Plan, caller: Caller) {
    const messages: SentOne[] = [];
    let confirmed = true;
    for (const batch of plan.batches.filter(({ to }) => to.length > 0)) {
      const options = { signal: caller.signal, dryRun: true };
      const answer = await client.sendMessage(bodyOf(plan, batch), options).catch(dryRunFailed);
      confirmed &&= answer.dryRun.confirmed;
      messages.push(...messagesOf(answer.data, batch.to, plan.channels));
    }
    return { messages, confirmed };
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
    const asked = fieldsAskedBy(key?.parameters ?? {});
    const resolved = await resolveRecipients(request.to, { ...parts, personal: asked.length > 0 }, caller);
    const plan = planSend({ template, parameters: key?.parameters, text, channels }, resolved.recipients);
    const warnings = [...plan.warnings, ...resolved.warnings];
    const result = (status: SendResult['status'], messages: readonly SentOne[]): SendResult => ({
      status,
      messages,
      skipped: plan.skipped,
      ...(template && { template: { id: template.id, name: template.name } }),
      ...(warnings.length > 0 && status !== 'nothing_to_send' && { warnings }),
    });
    const planned = plan.batches.flatMap(({ to, ...filled }) =>
      to.flatMap((one) => eachChannel(one, plan.channels).map((message) => ({ ...message, ...filled }))),
    );

    if (plan.recipients === 0) return result('nothing_to_send', []);
    if (request.preview) return result('preview', planned);
    if (request.sandbox || parts.sandbox) {
      const tried = await tryBatches(plan, caller);
      if (tried.confirmed) return { ...result('dry_run', planned), sandbox: true };
      warnings.unshift(NOT_CONFIRMED);
      return result('accepted', tried.messages);
    }

    const parameters = Object.entries(key?.parameters ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    const people = resolved.recipients.map(({ to, fields }) =>
      fields ? [to, fill(key?.parameters ?? {}, fields)] : to,
    );
    const said = [template?.id, parameters, text, plan.channels, people];
    const entry = await ledger.entryFor(request.idempotency_key, said);
    const begun = entry.unknown || entry.accepted.size > 0;
    if (begun && request.idempotency_key === undefined) warnings.unshift(RESUMED);
    const left = plan.batches.some((batch, index) => batch.to.length > 0 && !entry.accepted.has(index));
    const doubt = resolved.unchecked ? ' Whether any of them opted out could not be checked.' : '';
    if (left) await caller.confirm(`${questionFor(plan)}${doubt}`);
    const messages = await sendBatches(plan, entry, caller);
    const lost = [...new Set(messages.filter((one) => one.message_id === undefined).map(({ to }) => to))];
    if (lost.length > 0) {
      warnings.push(
        `Sent gave no message id for ${lost.length} of the recipients, so that theirs cannot be followed up: ${inlineList(lost)}.`,
      );
    }
    return { ...result('accepted', messages), idempotency_key: entry.key };
  };
}

/** The request for one batch, the template filled for just these people. */
function bodyOf({ content }: Plan, { to, parameters }: Batch): SendBody {
  const template = content.template && { ...content.template, ...(parameters && { parameters }) };
  return { to, ...content, ...(template && { template }) };
}

/** A dry run without an answer leaves nothing to be repeated under a key. */
const dryRunFailed = (error: unknown): never => {
  if (!(error instanceof AppError) || error.code !== 'unknown_outcome') throw error;
  throw error.with({ next: 'It was asked for as a dry run, which sends nothing: call again with sandbox.' });
};

/** The failure with what had been accepted before it, and the way to go on without sending twice. */
function withProgress(
  error: AppError,
  { plan, entry, people, messages }: { plan: Plan; entry: Entry; people: number; messages: number },
): AppError {
  const { code, sentCode } = error;
  const again = `make the same call with idempotency_key ${entry.key} within 24 hours: nothing goes out twice.`;
  const before = `${messages} of ${plan.messages} messages were accepted, those to the first ${people} of ${plan.recipients} recipients; `;
  const message =
    people === 0
      ? error.message
      : code === 'cancelled'
        ? `${before}then the call was cancelled.`
        : `${before}then: ${error.message}`;
  if (code === 'unknown_outcome')
    return error.with({ message, next: `To finish it or to learn what happened, ${again}` });
  const begun = people > 0 || entry.unknown || sentCode === 'CONFLICT_001';
  if (!begun) return error;
  if (code === 'cancelled') return error.with({ message, next: `To finish it, ${again}` });
  if (code === 'invalid_input') {
    return error.with({ message, next: `${error.next} Send to the other recipients alone, in a new call.` });
  }
  if (sentCode === 'CONFLICT_001') return error.with({ message, next: `Wait a few seconds, then ${again}` });
  return error.with({ message, next: `${error.next} To finish it, ${again}` });
}
