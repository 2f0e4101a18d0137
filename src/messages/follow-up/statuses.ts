import { type AppError, toAppError } from '../../errors.ts';
import type { Caller, Clock } from '../../runtime/index.ts';
import type { SentClient } from '../../sent/index.ts';
import type { SendLog, SendRecord, Settled } from '../record/index.ts';
import { type Message, toMessage } from './message.ts';

/** Messages asked about at once; the rate limit of the account says how fast. */
const AT_ONCE = 5;
/** No message is asked about after this, so that the host hears what is known by then. */
const CALL_MS = 40_000;
/** Settled statuses written down together. */
const WRITE_EACH = 100;

/** What is known of the messages of a send, by id; those that were not reached in this call are missing. */
export type Statuses = {
  known: ReadonlyMap<string, Settled & { isSettled: boolean }>;
  /** Why some were not asked about. */
  stopped: AppError | undefined;
};

/**
 * Asks what became of each message that is not settled yet, under the rate limit of the account. What is settled is
 * written down and never asked about again.
 */
export async function askStatuses(
  record: SendRecord,
  ids: readonly string[],
  parts: { client: SentClient; clock: Clock; log: SendLog },
  caller: Caller,
): Promise<Statuses> {
  const { client, clock, log } = parts;
  const known = new Map([...record.settled].map(([id, one]) => [id, { ...one, isSettled: true }]));
  const open = ids.filter((id) => !known.has(id));
  const until = clock.monotonic() + CALL_MS;
  let unwritten: Settled[] = [];
  let stopped: AppError | undefined;
  let asked = 0;

  const write = async () => {
    const messages = unwritten;
    unwritten = [];
    // What cannot be written down is asked about again the next time.
    if (messages.length > 0)
      await log.write({ event: 'status', send: record.plan.id, messages }).catch(() => {});
  };
  const timeUp = new AbortController();
  const signal = AbortSignal.any([caller.signal, timeUp.signal]);
  void clock.sleep(CALL_MS, timeUp.signal).then(() => timeUp.abort());

  const ask = async (): Promise<void> => {
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (stopped || signal.aborted || clock.monotonic() >= until) return;
      try {
        const sent = await client.getMessage(id, { signal, background: true });
        const { status, settled, reason } = summaryOf(toMessage(id, sent, sent.events));
        known.set(id, { message_id: id, status, reason, isSettled: settled });
        if (settled) unwritten.push({ message_id: id, status, ...(reason !== undefined && { reason }) });
        if (unwritten.length >= WRITE_EACH) await write();
      } catch (thrown) {
        const error = toAppError(thrown);
        if (error.isAboutRequest) known.set(id, { message_id: id, status: 'NOT_FOUND', isSettled: false });
        else if (!timeUp.signal.aborted) stopped ??= error;
      }
      caller.progress(++asked, ids.length, 'Messages asked about');
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, ask));
  timeUp.abort();
  await write();
  if (stopped?.endsBatch && asked <= 1) throw stopped;
  return { known, stopped };
}

const summaryOf = ({ status, settled, events }: Message) => ({
  status,
  settled,
  reason: events.findLast((event) => event.status === status)?.reason,
});
