import { AppError } from '../../errors.ts';
import type { Caller } from '../../runtime/index.ts';
import { namesOf } from '../people/index.ts';
import { isOver, leftPeople, type SendRecord, standingOf } from '../record/index.ts';
import { latestOf } from './latest.ts';
import type { Send, SendParts, SendRequest } from './parts.ts';
import { begin, type Chosen, checkNoOpenRepeat, namedPlan, planFor, sameSend } from './plan/index.ts';
import { report } from './report.ts';
import { MAX_SHOWN, type SendResult } from './result.ts';
import { runRequests } from './run/index.ts';
import { checkSchedule, dryRun, questionFor, showPlan } from './show/index.ts';
import { TAKE_BACK, takeBack } from './take-back.ts';
import { saidWhileOpen, whileOpen } from './while-open.ts';

/** No request of a call begins after this, so that the host hears how far it came. */
const CALL_MS = 45_000;
/** How often a send that another call makes is looked at. */
const LOOK_EVERY_MS = 250;
/** More people than this are not sent to before they have been shown to somebody. */
const MAX_UNSHOWN = 10;

/**
 * Sends a message once to each recipient. It is known by what it says and to whom, written down before its first
 * request, and goes on where it stood, whoever calls again and from which process.
 * @throws AppError where nothing went out, or nobody knows: `unknown_outcome` names the plan that finishes it.
 */
export function createSend(parts: SendParts): Send {
  const { log, clock } = parts;

  /** Asks, starts and sends, as the only call that does; the record of another call where that one is meant. */
  async function sendNow(
    chosen: Chosen,
    request: SendRequest,
    caller: Caller,
    until: number,
  ): Promise<SendResult | SendRecord> {
    const { record } = chosen;
    const { plan } = record;
    const isNew = record.startedAt === undefined;
    if (isNew) {
      const same = sameSend(log, plan, clock.now());
      if (same) return same;
      checkNoOpenRepeat(log, plan, clock.now());
    }
    const { recipients, drops, shown, unsure, age } = await latestOf(chosen, parts, caller);
    const left = leftPeople(shown);
    if (left.length === 0 && isNew) return report(shown, parts, caller, { warnings: [], isRepeated: false });

    const isUnseen = request.plan === undefined && isNew;
    if (isUnseen && recipients.bySelection) {
      const why = 'A selection is sent to in two steps, and nothing was sent yet.';
      return showPlan({ record, recipients }, parts, caller, why);
    }
    if (isUnseen && left.length > MAX_UNSHOWN && !caller.canAsk) {
      const why = 'This client cannot ask the user, so nothing was sent yet.';
      return showPlan({ record, recipients }, parts, caller, why);
    }
    if (isNew) await checkSchedule(plan, parts, caller);
    const doubts = [...unsure, ...(age === undefined ? [] : [age])];
    const names = await namesOf(left.slice(0, MAX_SHOWN), parts.contacts);
    const question = questionFor(shown, { recipients, names, msUntilSent: parts.msUntilSent }, doubts);
    const progress = standingOf(record).accepted.length;
    await caller.confirm(question, { plan: `${plan.id} ${record.order} ${progress}` }).catch((thrown) => {
      throw saidWhileOpen(thrown, record);
    });

    const other = isNew ? await begin(record, log, clock) : undefined;
    if (other) return other;
    if (drops.length > 0) await log.write({ event: 'drop', send: plan.id, people: drops });
    const run = await runRequests(record, parts, caller, until);
    return report(record, parts, caller, {
      stop: run.stop,
      warnings: [...plan.warnings, ...unsure, ...(run.age === undefined ? [] : [run.age])],
      isRepeated: !isNew,
    });
  }

  /** Sends what is left, or waits for the call that does. */
  async function sendOnce(chosen: Chosen, request: SendRequest, caller: Caller): Promise<SendResult> {
    const until = clock.monotonic() + CALL_MS;
    const { recipients } = chosen;
    let { record } = chosen;
    let isRepeated = record.startedAt !== undefined;
    for (;;) {
      await log.refresh();
      if (isOver(record, clock.now())) return report(record, parts, caller, { warnings: [], isRepeated });
      const hold = await log.hold(record.plan.id);
      if (hold) {
        try {
          await log.refresh();
          if (isOver(record, clock.now())) continue;
          const done = await sendNow({ record, recipients }, request, caller, until);
          if ('status' in done) return done;
          record = done;
        } finally {
          await hold.release();
        }
        isRepeated = true;
        continue;
      }
      isRepeated = true;
      if (caller.signal.aborted || parts.closing.aborted) throw leftAlone(record);
      if (clock.monotonic() >= until) return report(record, parts, caller, { warnings: [], isRepeated });
      await clock.sleep(LOOK_EVERY_MS, caller.signal);
    }
  }

  async function takeBackPlan(record: SendRecord, request: SendRequest, caller: Caller): Promise<SendResult> {
    if (request.scheduled_at !== TAKE_BACK) {
      throw new AppError('invalid_input', 'A plan is sent as it was shown, at the time that it holds.', {
        next: `Nothing was changed. To take a scheduled send back, give scheduled_at: ${TAKE_BACK} with its plan; for another time take it back and send anew.`,
      });
    }
    const hold = await log.hold(record.plan.id);
    if (hold === undefined)
      throw new AppError('conflict', 'This send is under way right now.', {
        next: 'Call again in a few seconds.',
      });
    try {
      await log.refresh();
      return await takeBack(record, parts, caller);
    } finally {
      await hold.release();
    }
  }

  async function choose(request: SendRequest, caller: Caller): Promise<Chosen> {
    const { plan, to, text, template } = request;
    if (plan === undefined) return planFor(request, parts, clock.now, caller);
    if ((to ?? text ?? template) === undefined) return namedPlan(log, plan, clock.now());
    throw new AppError(
      'invalid_input',
      'A plan is sent as it was shown: with plan, give no to, text or template.',
      {
        next: 'Nothing was sent. Call with plan alone, or without it to make another message.',
      },
    );
  }

  return async (request, caller) => {
    let chosen: Chosen | undefined;
    try {
      await log.refresh();
      chosen = await choose(request, caller);
      const { record } = chosen;
      if (request.plan !== undefined && request.scheduled_at !== undefined)
        return await takeBackPlan(record, request, caller);
      const isDryRun = record.plan.dryRun || request.sandbox || parts.sandbox;
      if (isDryRun) return await dryRun(chosen, parts, caller);
      if (request.preview && !isOver(record, clock.now())) return await showPlan(chosen, parts, caller);
      return await sendOnce(chosen, request, caller);
    } catch (thrown) {
      throw await whileOpen(thrown, request, chosen?.record, { log, now: clock.now });
    }
  };
}

const leftAlone = ({ plan }: SendRecord): AppError =>
  new AppError('cancelled', 'The call was cancelled; the very same send was under way in another call.', {
    next: `Call send_message with plan: ${plan.id} and nothing else to learn who has it; nobody gets it twice.`,
  });
