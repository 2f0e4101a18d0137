import { AppError } from '../../errors.ts';
import type { Caller } from '../../runtime/index.ts';
import { isOver, type SendRecord, standingOf } from '../record/index.ts';
import type { SendParts } from './parts.ts';
import { failureOf, resultOf, type SendResult } from './result.ts';
import type { Stop } from './stop.ts';

/**
 * The answer to a call for which nothing more is done. That somebody has heard the end is written down, and so is that
 * a send has reached nobody: then it stands in nobody's way.
 * @throws AppError where nothing went out, or nobody knows.
 */
export async function report(
  record: SendRecord,
  parts: SendParts,
  caller: Caller,
  facts: { stop?: Stop | undefined; warnings: readonly string[]; isRepeated: boolean },
): Promise<SendResult> {
  const { log, clock } = parts;
  const send = record.plan.id;
  const { accepted, unknown, notSent } = standingOf(record);
  const isUntouched = accepted.length === 0 && unknown.length === 0;
  if (facts.stop && isUntouched) await log.write({ event: 'withdraw', send }).catch(() => {});
  const failure = failureOf(record, facts.stop, log.within);
  if (failure) throw failure;
  if (facts.stop && isUntouched) {
    throw new AppError('cancelled', 'The call was cancelled before anything was sent.');
  }

  const result = resultOf(record, { now: clock.now(), within: log.within, ...facts });
  const selection = result.status === 'partial' ? await selectionOf(notSent, parts) : undefined;
  const isHeardNow = !caller.signal.aborted && !parts.closing.aborted;
  if (isOver(record, clock.now()) && !record.isHeard && isHeardNow) {
    await log.write({ event: 'finish', send }).catch(() => {}); // Then it stays open, which is the safer mistake.
  }
  return { ...result, ...(selection !== undefined && { selection }) };
}

/** A handle for those who certainly have not got it; an extra, since the list names them. */
async function selectionOf(
  people: readonly { to: string }[],
  { contacts }: SendParts,
): Promise<string | undefined> {
  if (people.length === 0) return undefined;
  return contacts.selections.ofNumbers(people.map(({ to }) => to)).catch(() => undefined);
}
