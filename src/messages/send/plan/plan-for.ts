import { AppError } from '../../../errors.ts';
import type { Caller, Clock } from '../../../runtime/index.ts';
import type { SentClient } from '../../../sent/index.ts';
import { type ContentRequest, checkKind, fieldsAskedBy, readContent, wordsOf } from '../../content/index.ts';
import { type RecipientParts, type Recipients, resolveRecipients } from '../../people/index.ts';
import { planId, type SendLog, type SendRecord } from '../../record/index.ts';
import type { Templates } from '../../template.ts';
import { decide } from './decide.ts';
import { checkNoOpenRepeat, sameSend } from './near-repeat.ts';

export type PlanRequest = ContentRequest & {
  to?: readonly string[] | undefined;
  again?: boolean | undefined;
  sandbox?: boolean | undefined;
  idempotency_key?: string | undefined;
};
export type PlanParts = RecipientParts & {
  client: SentClient;
  clock: Clock;
  templates: Templates;
  log: SendLog;
  newKey: () => string;
  /** Every send is a dry run. */
  sandbox: boolean;
};

/** A send to be made or gone on with; its people by the latest that is known, where they have been looked up. */
export type Chosen = { record: SendRecord; recipients?: Recipients | undefined };

const DAY_MS = 24 * 3_600_000;

/** @throws AppError `invalid_input` for a handle that names no plan of a send, or one that is too old. */
export function namedPlan(log: SendLog, plan: string, now: number): Chosen {
  const record = log.get(plan.trim());
  const isUsable = record && (record.startedAt !== undefined || now - record.plannedAt < DAY_MS);
  if (isUsable) return { record };
  const [, tool] = /^(update|delete)_/.exec(plan.trim()) ?? [];
  throw new AppError('invalid_input', 'plan is not one of send_message, or it is too old.', {
    next:
      tool === undefined
        ? `This call sent nothing. A plan can be followed ${log.within}; if a part of this one may have gone out, ask the user before it is made anew.`
        : `Nothing was sent. This plan belongs to ${tool}_contact.`,
  });
}

/**
 * The send that a call means: the one that was begun with the same words to the same people, the plan that was shown
 * for it lately, or a new plan, written down.
 * @throws AppError for what cannot succeed; `conflict` while a send that is nearly the same is open.
 */
export async function planFor(
  request: PlanRequest,
  parts: PlanParts,
  now: () => number,
  caller: Caller,
): Promise<Chosen> {
  const { log, templates } = parts;
  if (request.to === undefined || request.to.length === 0) {
    throw new AppError('invalid_input', 'Nobody is named: to or plan must be given.');
  }
  checkKind(request);
  const key = request.template;
  const template = key && (await templates.find(key, caller.signal));
  // What is wrong with the words is said before anybody is looked up.
  const { content, warnings } = readContent(request, template, now());
  const isPersonal = fieldsAskedBy(wordsOf(content)).length > 0;
  const recipients = await resolveRecipients(request.to, isPersonal, parts, caller);
  const plan = decide({
    id: planId(parts.newKey()),
    content,
    people: recipients.people,
    again: request.again === true,
    dryRun: request.sandbox === true || parts.sandbox,
    userKey: request.idempotency_key,
    warnings: [...warnings, ...recipients.warnings],
  });
  await log.refresh();
  const known = (plan.dryRun ? undefined : sameSend(log, plan, now())) ?? log.shownLately(plan);
  if (known) return { record: known, recipients };
  if (!plan.dryRun) checkNoOpenRepeat(log, plan, now());
  await log.write({ event: 'plan', send: plan.id, plan });
  const record = log.get(plan.id);
  if (record === undefined)
    throw new AppError('unavailable', 'The plan could not be written down, so nothing was sent.');
  return { record, recipients };
}
