import type { Caller, Clock } from '../../runtime/index.ts';
import { type Person, type Recipients, recheck } from '../people/index.ts';
import { leftPeople, type SendRecord } from '../record/index.ts';
import type { SendParts } from './parts.ts';
import { type Chosen, gotTheSameBefore } from './plan/index.ts';
import { isoOf } from './result.ts';

/** What is known of opt-outs may be so old when a message goes out. */
const FRESH_MS = 60_000;
/** What was asked so lately is not asked again for the same call. */
const ASK_AGAIN_MS = 15_000;
/** Numbers that a warning names. */
const MAX_NAMED = 10;

export type Drop = { to: string; reason: string };
/** The people of a send by the latest that is known. */
export type Latest = {
  recipients: Recipients;
  /** Those who must get nothing any more. */
  drops: readonly Drop[];
  /** The record as it will be without them; what is remembered stays as it is until it is done. */
  shown: SendRecord;
  /** What is not certain about them; said wherever the plan is shown, asked about or done. */
  unsure: readonly string[];
  /** How old what is known of opt-outs is, where that is more than a minute. */
  age: string | undefined;
};

/** Looks the people of a send up again, unless that has just been done. */
export async function latestOf(
  { record, recipients }: Chosen,
  parts: SendParts,
  caller: Caller,
): Promise<Latest> {
  const { clock, log } = parts;
  const isFresh = recipients !== undefined && clock.monotonic() - recipients.askedAt < ASK_AGAIN_MS;
  const left = leftPeople(record);
  const { contactIds } = record.plan;
  const latest = isFresh ? recipients : await recheck(left, { contactIds }, parts, caller);
  const drops = dropsAmong(left, latest);
  const dropped = new Map([
    ...record.dropped,
    ...drops.map(({ to, reason }): [string, string] => [to, reason]),
  ]);
  return {
    recipients: { ...latest, bySelection: recipients?.bySelection === true },
    drops,
    shown: { ...record, dropped },
    unsure: unsureOf(record, latest, { log }),
    age: ageOf(latest, clock),
  };
}

/** Those of these people who must get nothing any more. */
export function dropsAmong(
  numbers: readonly string[],
  { people }: { people: readonly Pick<Person, 'to' | 'optedOut'>[] },
): Drop[] {
  const byNumber = new Map(people.map((person) => [person.to, person]));
  return numbers.flatMap((to): Drop[] => {
    const person = byNumber.get(to);
    if (person === undefined) return [{ to, reason: 'no longer that contact' }];
    return person.optedOut ? [{ to, reason: 'opted_out' }] : [];
  });
}

/** A sentence that says how old what is known of opt-outs is, where that is more than a minute. */
export function ageOf(
  { asOf, unchecked }: Pick<Recipients, 'asOf' | 'unchecked'>,
  clock: Pick<Clock, 'now'>,
): string | undefined {
  if (clock.now() - asOf < FRESH_MS) return undefined;
  const known =
    asOf === 0
      ? 'Of some nothing is known, so that they may have opted out'
      : `Opt-outs are known as of ${isoOf(asOf)} and could not all be checked anew`;
  return `${known} (${unchecked ?? 'it took too long'}); Sent filters opt-outs itself.`;
}

function unsureOf(record: SendRecord, { people }: Recipients, { log }: Pick<SendParts, 'log'>): string[] {
  const same = gotTheSameBefore(log, record.plan);
  const odd = people.filter(({ isPlausible }) => !isPlausible).map(({ to }) => to);
  const more = odd.length > MAX_NAMED ? ` and ${odd.length - MAX_NAMED} more` : '';
  return [
    ...(same ? [`${same.people} of them got the same words before, the last at ${isoOf(same.at)}.`] : []),
    ...(odd.length > 0
      ? [`No numbering plan knows ${odd.slice(0, MAX_NAMED).join(', ')}${more}: check with the user.`]
      : []),
  ];
}
