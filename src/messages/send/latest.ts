import type { Caller } from '../../runtime/index.ts';
import { type Recipients, recheck } from '../people/index.ts';
import { leftPeople, type SendRecord } from '../record/index.ts';
import { gotTheSameBefore } from './near-repeat.ts';
import type { SendParts } from './parts.ts';
import type { Chosen } from './plan-for.ts';
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
};

/** Looks the people of a send up again, unless that has just been done. */
export async function latestOf(
  { record, recipients }: Chosen,
  parts: SendParts,
  caller: Caller,
): Promise<Latest> {
  const { clock } = parts;
  const isFresh = recipients !== undefined && clock.monotonic() - recipients.askedAt < ASK_AGAIN_MS;
  const left = leftPeople(record);
  const latest = isFresh ? recipients : await recheck(left, record.plan.contactIds ?? {}, parts, caller);
  const byNumber = new Map(latest.people.map((person) => [person.to, person]));
  const drops = left.flatMap((to): Drop[] => {
    const person = byNumber.get(to);
    if (person === undefined) return [{ to, reason: 'no longer that contact' }];
    return person.optedOut ? [{ to, reason: 'opted_out' }] : [];
  });
  const dropped = new Map([
    ...record.dropped,
    ...drops.map(({ to, reason }): [string, string] => [to, reason]),
  ]);
  return {
    recipients: { ...latest, bySelection: recipients?.bySelection === true },
    drops,
    shown: { ...record, dropped },
    unsure: unsureOf(record, latest, parts),
  };
}

function unsureOf(record: SendRecord, recipients: Recipients, { log, clock }: SendParts): string[] {
  const { people, asOf, unchecked } = recipients;
  const same = gotTheSameBefore(log, record.plan);
  const odd = people.filter(({ isPlausible }) => !isPlausible).map(({ to }) => to);
  const isOld = unchecked !== undefined || clock.now() - asOf >= FRESH_MS;
  return [
    ...(same ? [`${same.people} of them got the same words before, the last at ${isoOf(same.at)}.`] : []),
    ...(odd.length > 0
      ? [
          `No numbering plan knows ${odd.slice(0, MAX_NAMED).join(', ')}${odd.length > MAX_NAMED ? ` and ${odd.length - MAX_NAMED} more` : ''}: check with the user.`,
        ]
      : []),
    ...(isOld
      ? [`${knownAsOf(asOf)} (${unchecked ?? 'it took too long'}); Sent filters opt-outs itself.`]
      : []),
  ];
}

const knownAsOf = (asOf: number): string =>
  asOf === 0
    ? 'Of some nothing is known, so that they may have opted out'
    : `Opt-outs are known as of ${isoOf(asOf)} and could not all be checked anew`;
