import type { Caller } from '../../../runtime/index.ts';
import { lookAgain, PATIENCE_MS } from '../../people/index.ts';
import { leftAt, type SendRecord } from '../../record/index.ts';
import { ageOf, dropsAmong } from '../latest.ts';
import type { SendParts } from '../parts.ts';

/** Requests of few people each are looked up together, for so many people. */
const TOGETHER = 50;

export type LastLook = {
  /**
   * Those of a request who are still to get it, by the latest that is known now: anew where that is too old, and of our
   * own changes always. Who gets nothing any more is written down.
   * @throws AppError of the API where whatever is sent would fail alike, and where it cannot be written.
   */
  atPeopleOf(index: number): Promise<string[]>;
  /** How old the oldest was that was gone by, a sentence; undefined where all was new enough. */
  age(): string | undefined;
};

/** The look at the people of each request just before it goes out. Looking up takes at most ten seconds of a call. */
export function createLastLook(
  record: SendRecord,
  parts: Pick<SendParts, 'clock' | 'contacts' | 'log'>,
  caller: Caller,
): LastLook {
  const { clock, log } = parts;
  const { id, requests, contactIds } = record.plan;
  let patienceMs = PATIENCE_MS;
  let oldest: { asOf: number; sentence: string } | undefined;

  function nextAfter(index: number): string[] {
    const people: string[] = [];
    for (let next = index + 1; next < requests.length && people.length < TOGETHER; next++)
      people.push(...leftAt(record, next));
    return people.slice(0, TOGETHER);
  }

  return {
    async atPeopleOf(index) {
      const people = leftAt(record, index);
      const from = clock.monotonic();
      const how = { contactIds, withinMs: patienceMs, soon: nextAfter(index) };
      const found = await lookAgain(people, how, parts, caller);
      patienceMs = Math.max(0, patienceMs - (clock.monotonic() - from));
      const drops = dropsAmong(people, found);
      if (drops.length > 0) await log.write({ event: 'drop', send: id, people: drops });
      const sentence = ageOf(found, clock);
      if (sentence !== undefined && found.asOf < (oldest?.asOf ?? Number.POSITIVE_INFINITY))
        oldest = { asOf: found.asOf, sentence };
      return leftAt(record, index);
    },
    age: () => oldest?.sentence,
  };
}
