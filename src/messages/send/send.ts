import { AppError } from '../../errors.ts';
import type { Caller } from '../../runtime/index.ts';
import { type Recipients, recheck } from '../people/index.ts';
import { isComplete, isPastResuming, leftOf, type SendRecord, standingOf } from '../record/index.ts';
import { checkSchedule, NOT_CONFIRMED, tryRequests } from './dry-run.ts';
import { checkNoOpenRepeat, gotTheSameBefore, sameSend } from './near-repeat.ts';
import { type Chosen, namedPlan, type PlanParts, type PlanRequest, planFor } from './plan-for.ts';
import { leftPeople, previewOf } from './preview.ts';
import { questionFor } from './question.ts';
import { failureOf, isoOf, limited, restOf, resultOf, type SendResult } from './result.ts';
import { runRequests, type Stop } from './run-requests.ts';

export type SendRequest = PlanRequest & {
  plan?: string | undefined;
  preview?: boolean | undefined;
  sandbox?: boolean | undefined;
};
export type Send = (request: SendRequest, caller: Caller) => Promise<SendResult>;

export type SendParts = PlanParts & {
  /** Every send is a dry run. */
  sandbox: boolean;
  /** Whether the process is about to end. */
  isClosing: () => boolean;
  /** Requests a minute that the account may make, where the API has told. */
  perMinute: () => number | undefined;
};

/** No request of a call begins after this, so that the host hears how far it came. */
const CALL_MS = 45_000;
/** How often a send that another call makes is looked at. */
const LOOK_EVERY_MS = 250;
/** What is known of opt-outs may be so old when a message goes out. */
const FRESH_MS = 60_000;
/** More people than this are not sent to before they have been shown to somebody. */
const MAX_UNSHOWN = 10;

/**
 * Sends a message once to each recipient. It is known by what it says and to whom, written down before its first
 * request, and goes on where it stood, whoever calls again and from which process.
 * @throws AppError where nothing went out, or nobody knows: `unknown_outcome` names the plan that finishes it.
 */
export function createSend(parts: SendParts): Send {
  const { log, clock, client } = parts;

  /** The people of a send by the latest that is known; those who must get nothing any more. */
  async function fresh({ record, recipients }: Chosen, caller: Caller) {
    const isFresh = recipients !== undefined && clock.now() - recipients.asOf < FRESH_MS;
    const left = leftPeople(record);
    const latest = isFresh ? recipients : await recheck(left, record.plan.contactIds ?? {}, parts, caller);
    const byNumber = new Map(latest.people.map((person) => [person.to, person]));
    const drops = left.flatMap((to) => {
      const person = byNumber.get(to);
      if (person === undefined) return [{ to, reason: 'no longer that contact' }];
      return person.optedOut ? [{ to, reason: 'opted_out' }] : [];
    });
    return { recipients: latest, drops };
  }

  /** What is to be said of a plan wherever it is shown, asked about or done. */
  function warningsFor(record: SendRecord, recipients: Recipients | undefined): string[] {
    const same = gotTheSameBefore(log, record.plan);
    const age = recipients === undefined ? 0 : clock.now() - recipients.asOf;
    const odd = recipients?.people.filter(({ isPlausible }) => !isPlausible).map(({ to }) => to) ?? [];
    return [
      ...(same ? [`${same.people} of them got the same words before, the last at ${isoOf(same.at)}.`] : []),
      ...(odd.length > 0 ? [`No numbering plan knows ${odd.slice(0, 10).join(', ')}: check with the user.`] : []),
      ...(recipients?.unchecked !== undefined || age >= FRESH_MS
        ? [
            `Opt-outs are known as of ${isoOf(recipients?.asOf ?? 0)} and could not all be checked anew (${recipients?.unchecked ?? 'it took too long'}); Sent filters them itself.`,
          ]
        : []),
    ];
  }

  const previewParts = (recipients: Recipients) => ({ recipients, perMinute: parts.perMinute() });

  async function preview(chosen: Chosen, caller: Caller, why?: string): Promise<SendResult> {
    const { record } = chosen;
    const { recipients, drops } = await fresh(chosen, caller);
    await checkSchedule(record.plan, client, caller);
    const gone = drops.map(({ to }) => to);
    const shown = withDrops(record, drops);
    if (leftPeople(shown).length === 0) return resultOf(shown, { now: clock.now(), warnings: [], isRepeated: true });
    const next = `${why ?? ''}Show this to the user. If they agree, call send_message with plan: ${record.plan.id} and nothing else.`;
    const begun = record.startedAt === undefined ? [] : [`This very send was begun at ${isoOf(record.startedAt)}; shown is what is left of it.`];
    const warnings = [...begun, ...record.plan.warnings, ...warningsFor(shown, recipients)];
    return previewOf(shown, previewParts({ ...recipients, people: recipients.people.filter(({ to }) => !gone.includes(to)) }), warnings, next);
  }

  async function dryRun({ record }: Chosen, caller: Caller): Promise<SendResult> {
    const { messages, isConfirmed } = await tryRequests(record, client, caller);
    const { skipped } = standingOf(record);
    const lists = limited({ messages, not_sent: [], unknown: [], skipped }, 20);
    const { warnings } = record.plan;
    if (messages.length === 0) return { ...resultOf(record, { now: clock.now(), warnings, isRepeated: false }) };
    const base = { plan: record.plan.id, accepted: isConfirmed ? 0 : messages.length, ...lists };
    return isConfirmed
      ? { status: 'dry_run', ...base, sandbox: true, ...(warnings.length > 0 && { warnings }) }
      : { status: 'accepted', ...base, warnings: [NOT_CONFIRMED, ...warnings] };
  }

  /** The answer to a call, once nothing more is done for it; that somebody has heard the end is written down. */
  async function report(
    record: SendRecord,
    caller: Caller,
    facts: { stop?: Stop | undefined; warnings: readonly string[]; isRepeated: boolean },
  ): Promise<SendResult> {
    const failure = failureOf(record, facts.stop);
    if (failure) {
      const { unknown } = standingOf(record);
      if (unknown.length === 0) await log.write({ event: 'withdraw', send: record.plan.id }).catch(() => {});
      throw failure;
    }
    const result = resultOf(record, { now: clock.now(), ...facts });
    const rest = restOf(record);
    const selection =
      result.status === 'partial' && rest.length > 0
        ? await parts.contacts.selections.ofNumbers(rest).catch(() => undefined)
        : undefined;
    if (isComplete(record) && !record.isHeard && !caller.signal.aborted && !parts.isClosing()) {
      await log.write({ event: 'finish', send: record.plan.id }).catch(() => {});
    }
    return { ...result, ...(selection !== undefined && { selection }) };
  }

  /** Asks, starts and sends, as the only call that does; undefined where another record turned out to be meant. */
  async function sendNow(
    chosen: Chosen,
    request: SendRequest,
    caller: Caller,
    until: number,
  ): Promise<SendResult | SendRecord> {
    const { record } = chosen;
    const { plan } = record;
    const isNew = record.startedAt === undefined;
    const { recipients, drops } = await fresh(chosen, caller);
    const shown = withDrops(record, drops);
    const left = leftPeople(shown);
    const warnings = [...plan.warnings, ...warningsFor(shown, recipients)];
    if (left.length === 0 && isNew) return report(shown, caller, { warnings: [], isRepeated: false });

    const isUnseen = request.plan === undefined && isNew;
    if (isUnseen && recipients.bySelection) {
      return preview({ record, recipients }, caller, 'A selection is sent to in two steps, and nothing was sent yet. ');
    }
    if (isUnseen && left.length > MAX_UNSHOWN && !caller.canAsk) {
      return preview({ record, recipients }, caller, 'This client cannot ask the user, so nothing was sent yet. ');
    }
    await checkSchedule(plan, client, caller);
    const progress = standingOf(record).accepted.length;
    const unsure = warnings.filter((warning) => !plan.warnings.includes(warning));
    const facts = previewParts(recipients);
    await caller.confirm(questionFor(shown, facts, unsure), { plan: `${plan.id} ${record.order} ${progress}` });

    if (isNew) {
      const other = await begin(record);
      if (other) return other;
    }
    if (drops.length > 0) await log.write({ event: 'drop', send: plan.id, people: drops });
    const stop = await runRequests(record, parts, caller, { until, isClosing: parts.isClosing });
    return report(record, caller, { stop, warnings, isRepeated: !isNew });
  }

  /** Starts the send; the record that another call started with the same meaning, where there is one. */
  async function begin(record: SendRecord): Promise<SendRecord | undefined> {
    const { plan } = record;
    await log.claimKey(plan);
    await log.refresh();
    const same = sameSend(log, plan, clock.now());
    if (same && same !== record) return same;
    checkNoOpenRepeat(log, plan, clock.now());
    const started = await log.start(plan, log.lastStarted(plan.fingerprint));
    if (started !== record) return started;
    try {
      // Of two that are nearly the same and begin at once, the first goes on.
      checkNoOpenRepeat(log, plan, clock.now(), record.order);
    } catch (error) {
      await log.write({ event: 'withdraw', send: plan.id });
      throw error;
    }
    return undefined;
  }

  /** Sends what is left, or waits for the call that does. */
  async function sendOnce(chosen: Chosen, request: SendRequest, caller: Caller): Promise<SendResult> {
    const until = clock.monotonic() + CALL_MS;
    let { record, recipients } = chosen;
    let isRepeated = record.startedAt !== undefined;
    for (;;) {
      await log.refresh();
      const isOver = record.startedAt !== undefined && (isComplete(record) || isPastResuming(record, clock.now()));
      if (isOver) return report(record, caller, { warnings: [], isRepeated });
      const hold = await log.hold(record.plan.id);
      if (hold) {
        try {
          await log.refresh();
          if (record.startedAt !== undefined && isComplete(record)) continue;
          const done = await sendNow({ record, recipients }, request, caller, until);
          if ('status' in done) return done;
          record = done;
          isRepeated = true;
          continue;
        } finally {
          await hold.release();
        }
      }
      isRepeated = true;
      if (caller.signal.aborted) throw new AppError('cancelled', 'The call was cancelled; the send goes on in another call.');
      if (clock.monotonic() >= until) return report(record, caller, { warnings: [], isRepeated });
      await clock.sleep(LOOK_EVERY_MS, caller.signal);
    }
  }

  return async (request, caller) => {
    await log.refresh();
    if (request.plan !== undefined && (request.to !== undefined || request.text !== undefined || request.template !== undefined)) {
      throw new AppError('invalid_input', 'A plan is sent as it was shown: with plan, give no to, text or template.', {
        next: 'Nothing was sent. Call with plan alone, or without it to make another message.',
      });
    }
    const chosen =
      request.plan === undefined ? await planFor(request, parts, clock.now, caller) : namedPlan(log, request.plan);
    if (request.sandbox || parts.sandbox) return dryRun(chosen, caller);
    const isOver = chosen.record.startedAt !== undefined && isComplete(chosen.record);
    if (request.preview && !isOver) return preview(chosen, caller);
    return sendOnce(chosen, request, caller);
  };
}

/** The record as it will be without those people; what is remembered stays as it is until it is done. */
const withDrops = (record: SendRecord, drops: readonly { to: string; reason: string }[]): SendRecord => ({
  ...record,
  requests: record.requests,
  dropped: new Map([...record.dropped, ...drops.map(({ to, reason }): [string, string] => [to, reason])]),
});

export const isNobodyLeft = (record: SendRecord): boolean =>
  record.plan.requests.every((request) => leftOf(record, request).length === 0);
