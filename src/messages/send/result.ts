import { AppError } from '../../errors.ts';
import {
  cutOffBy,
  isComplete,
  isTakenBack,
  isUnscheduled,
  type SendRecord,
  type SentOne,
  type Skipped,
  type Standing,
  standingOf,
} from '../record/index.ts';
import type { Stop } from './stop.ts';

/** A message, in a plan with the words that just this person reads. */
export type ShownMessage = SentOne & {
  name?: string | undefined;
  text?: string;
  parameters?: Readonly<Record<string, string>>;
};

export type SendResult = {
  /** `accepted` by Sent, which is not yet delivered; or how far it came; or nothing went out, as the word says. */
  status: 'accepted' | 'partial' | 'preview' | 'dry_run' | 'nothing_to_send' | 'cancelled';
  /** Names the send in every later call. Absent where there is nothing to name. */
  plan?: string;
  /** Messages that Sent has accepted. */
  accepted: number;
  messages: readonly ShownMessage[];
  not_sent: readonly Skipped[];
  /** Who may have it: nobody knows. */
  unknown: readonly string[];
  skipped: readonly Skipped[];
  /** Entries that the lists above leave out, by list. */
  left_out?: Readonly<Record<string, number>>;
  /** Those who certainly have not got it. */
  selection?: string;
  template?: { id: string; name: string } | undefined;
  /** When it was begun, where this call was not the first. */
  sent_at?: string;
  scheduled_at?: string | undefined;
  /** Of a dry run that tells it: all messages together, in the currency of the account. */
  price?: number;
  sandbox?: true;
  preview?: PreviewFacts;
  next?: string;
  warnings?: readonly string[];
};

/** What a plan comes to. */
export type PreviewFacts = {
  people: number;
  messages: number;
  countries: Readonly<Record<string, number>>;
  requests: number;
  takes_seconds: number;
  /** All messages together, in the currency of the account; where a dry run tells it. */
  price?: number;
  /** ISO 8601; absent where of somebody nothing is known. */
  opt_outs_as_of?: string;
  not_yet_contacts?: readonly string[];
  in_no_numbering_plan?: readonly string[];
};

/**
 * A complete send lists everybody up to so many, and of more only the first few, since its plan tells of all; one in
 * parts lists everybody, up to the other bound.
 */
export const MAX_SHOWN = 20;
const FIRST_FEW = 8;
const MAX_LISTED = 2_500;

type CutOff = ReturnType<typeof cutOffBy>;
type Lists = Pick<SendResult, 'messages' | 'not_sent' | 'unknown' | 'skipped'>;

/** Lists that are not longer than a reader can use, and how many entries each leaves out. */
export function limited(lists: Lists, most: number): Lists & Pick<SendResult, 'left_out'> {
  const cut = <T>(list: readonly T[], bound: number): readonly T[] =>
    list.length <= bound ? list : list.slice(0, bound === MAX_SHOWN ? FIRST_FEW : bound);
  const shown = {
    messages: cut(lists.messages, most),
    not_sent: cut(lists.not_sent, MAX_LISTED),
    unknown: cut(lists.unknown, MAX_LISTED),
    skipped: cut(lists.skipped, Math.min(most, MAX_LISTED)),
  };
  const left = (Object.keys(shown) as (keyof Lists)[])
    .map((name): [string, number] => [name, lists[name].length - shown[name].length])
    .filter(([, more]) => more > 0);
  return { ...shown, ...(left.length > 0 && { left_out: Object.fromEntries(left) }) };
}

/** A send as it stands. Pure; what a call has to say beside it comes in `warnings`. */
export function resultOf(
  record: SendRecord,
  facts: {
    now: number;
    /** How long it can be gone on with, in words. */
    within: string;
    stop?: Stop | undefined;
    warnings: readonly string[];
    isRepeated: boolean;
  },
): SendResult {
  const { plan } = record;
  const standing = standingOf(record);
  const cutOff = cutOffBy(record, facts.now);
  const why = reasonFor(facts.stop, cutOff);
  const not_sent = [
    ...standing.takenBack.map(({ to }) => ({ to, reason: 'taken back' })),
    ...standing.notSent.map(({ to, code }) => ({ to, reason: code ?? why })),
  ];
  const isWhole = not_sent.length === 0 && standing.unknown.length === 0;
  const { accepted } = standing;
  const lists = { messages: accepted, not_sent, unknown: standing.unknown, skipped: standing.skipped };
  const warnings = [
    ...(isUnscheduled(record) ? [NOT_SCHEDULED] : []),
    ...facts.warnings,
    ...(facts.isRepeated && record.startedAt !== undefined ? [repeated(record, isWhole, cutOff)] : []),
    ...withoutIds(accepted),
  ];
  const followUp = accepted.length > 0 ? `Follow up with get_message, plan ${plan.id}.` : undefined;
  const next = isWhole || isTakenBack(record) ? followUp : nextStep(record, standing, { ...facts, cutOff });
  return {
    status: statusOf(record, isWhole, accepted.length),
    plan: plan.id,
    accepted: accepted.length,
    ...limited(lists, isWhole ? MAX_SHOWN : MAX_LISTED),
    ...contentFacts(record),
    ...(facts.isRepeated && record.startedAt !== undefined && { sent_at: isoOf(record.startedAt) }),
    ...(next !== undefined && { next }),
    ...(warnings.length > 0 && { warnings }),
  };
}

function statusOf(record: SendRecord, isWhole: boolean, accepted: number): SendResult['status'] {
  if (isTakenBack(record)) return 'cancelled';
  if (!isWhole) return 'partial';
  return accepted > 0 ? 'accepted' : 'nothing_to_send';
}

const NOT_SCHEDULED =
  'WARNING: Sent accepted messages without confirming scheduled_at, so that they may have gone out at once. Tell the user; get_message shows what became of them.';

export function contentFacts(record: SendRecord): Pick<SendResult, 'template' | 'scheduled_at'> {
  const { template, scheduled_at } = record.plan.content;
  return {
    ...(template && { template }),
    ...(scheduled_at !== undefined && !isUnscheduled(record) && { scheduled_at }),
  };
}

export const isoOf = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

/** Why those were not sent to whose request has not been made. */
function reasonFor(stop: Stop | undefined, cutOff: CutOff): string {
  if (cutOff !== undefined) return 'cut off';
  if (stop === undefined) return 'under way';
  if ('error' in stop) return `stopped: ${stop.error.code}`;
  return { time: 'not yet', schedule: 'cut off', cancelled: 'cancelled', closing: 'server ended' }[stop.why];
}

function repeated(record: SendRecord, isWhole: boolean, cutOff: CutOff): string {
  const at = isoOf(record.startedAt ?? 0);
  if (isTakenBack(record)) return `This send was begun at ${at} and taken back: nothing goes out.`;
  if (cutOff !== undefined) {
    const why = cutOff === 'age' ? 'Sent has forgotten its keys' : 'What is left would not wait for its time';
    return `This very send was begun at ${at} and cut off. ${why}, so that it is not finished: nothing went out now.`;
  }
  return isWhole && record.isHeard
    ? `This very send was done at ${at}: nothing went out now. again: true sends it once more.`
    : `This very send was begun at ${at}; nobody got it twice.`;
}

/** What to do about those who have not got it; safe to follow to the letter. */
function nextStep(
  record: SendRecord,
  { notSent, unknown }: Standing,
  { stop, cutOff, within }: { stop?: Stop | undefined; cutOff: CutOff; within: string },
): string {
  const { id } = record.plan;
  if (cutOff !== undefined || isComplete(record)) {
    const before = cutOff === undefined ? 'Correct what was refused, then' : 'To reach the rest,';
    const steps = [
      notSent.length > 0 &&
        `${before} send to the selection, which holds those who certainly have not got it.`,
      unknown.length > 0 &&
        `Of ${unknown.length} it is not known whether they have it: ask the user before they are sent to again.`,
    ];
    return steps.filter((step) => step !== false).join(' ') || `Follow up with get_message, plan ${id}.`;
  }
  const wait = stop !== undefined && 'error' in stop ? `${firstStep(stop.error)}Then call` : 'Call';
  return `${wait} send_message with plan: ${id} and nothing else to go on, ${within}: nobody gets it twice.`;
}

function withoutIds(accepted: readonly SentOne[]): string[] {
  const people = new Set(accepted.filter((one) => one.message_id === undefined).map(({ to }) => to));
  return people.size === 0
    ? []
    : [
        `Sent gave no message id for ${people.size} of the recipients, so that theirs cannot be followed up: ${[...people].slice(0, 10).join(', ')}.`,
      ];
}

/**
 * What is thrown where a run reached nobody; undefined where it did, and the result tells. Whatever ended the run, it is
 * not known who has a message where a request is open, and its plan finishes it.
 */
export function failureOf(record: SendRecord, stop: Stop | undefined, within: string): AppError | undefined {
  if (stop === undefined || !('error' in stop)) return undefined;
  const { accepted, unknown } = standingOf(record);
  if (accepted.length > 0) return undefined;
  const { error } = stop;
  if (unknown.length === 0) return error;
  const { id } = record.plan;
  const next = `Call send_message with plan: ${id} and nothing else, ${within}: it finishes this very send and tells what happened; nobody gets it twice.`;
  if (error.mayHaveRun) return error.with({ next });
  const message = `${error.message} Whether ${count(unknown.length)} got it by an earlier request is not known.`;
  const { sentCode, requestId, retryAfterMs } = error;
  return new AppError('unknown_outcome', message, {
    ...{ sentCode, requestId, retryAfterMs },
    next: `${firstStep(error)}${next}`,
  });
}

const count = (people: number): string => (people === 1 ? 'the recipient' : `the ${people} recipients`);

/** What has to be done before the plan is called again; how long to wait without the words about calling. */
const firstStep = ({ next, retryAfterMs }: AppError): string =>
  retryAfterMs === undefined ? `${next} ` : `Wait ${Math.ceil(retryAfterMs / 1000)} seconds. `;
