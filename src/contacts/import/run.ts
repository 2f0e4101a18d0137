import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { AppError, toAppError } from '../../errors.ts';
import type { Clock } from '../../runtime/index.ts';
import type { SentClient } from '../../sent/index.ts';
import { type Contact, toContact } from '../model/index.ts';

/** What became of a number. */
export type RowOutcome = { outcome: 'created' | 'existing' } | Failure;
/** `again`: it may go well another time, since nothing was wrong with the number itself. */
export type Failure = { outcome: 'failed'; code: string; sentCode: string | undefined; again: boolean };

export type Run = {
  client: Pick<SentClient, 'createContact'>;
  clock: Pick<Clock, 'sleep'>;
  /** A contact that has just come to be. */
  onCreated(contact: Contact): void;
  /** Something may have been done that was not seen. */
  invalidate(): void;
  dryRun: boolean;
  /** This goes on with an import that stopped: an answer replayed by Sent is then that import's own. */
  resumed: boolean;
  /** No further request goes out after it; those under way are heard to their end. */
  signal: AbortSignal;
  settled(e164: string, outcome: RowOutcome): void;
  /** A failure that was none of the number itself. */
  onTrouble?(error: AppError): void;
  /** The rate limit holds the run up; it goes on by itself unless its signal is aborted. */
  onThrottled?(error: AppError): void;
};

const AT_ONCE = 8;
/** So many failures that say nothing of the number, and no success between them, end the run. */
const MAX_TROUBLES = 24;

/** What failed in passing is tried once more at the end, after this pause. */
const SECOND_ROUND_AFTER_MS = 2_000;

export const NOT_CONFIRMED = new AppError(
  'unknown_outcome',
  'Sent did not confirm that this was a dry run, so one number may have been created for real.',
  {
    next: 'Do not make this call or another dry run again: each may create one more. get_contact shows whether a number is there.',
  },
);

/**
 * The idempotency key of a number in an import: the same whenever an import with this number is made, so that a
 * request repeated after a lost answer, a kill or a crash cannot run beside the first. It never stands alone for an
 * answer: Sent keeps the first answer of a key for 24 hours (contract, section 5), even if the contact was deleted
 * since, so a replayed answer is followed by one request with a fresh key, which creates or finds the contact as it
 * is then. A dry run has fresh keys only: its made-up answer would be replayed for the real thing. A hash, since keys
 * are logged and numbers are private.
 */
export const importKey = (e164: string): string =>
  `import_${createHash('sha256').update(`sent-contacts-mcp import ${e164}`).digest('hex').slice(0, 40)}`;

/** How a run ended: what stopped it for all numbers, if something did. */
export type RunEnd = { stopped: AppError | undefined };

/**
 * POST /v3/contacts for each number, what failed in passing once more at the end, unless nothing went well at all.
 * @returns what stopped the run for all numbers, if something did; a signal alone is no such thing.
 */
export async function runImport(numbers: readonly string[], run: Run): Promise<RunEnd> {
  const again: string[] = [];
  let wentWell = false;
  const settled = (e164: string, outcome: RowOutcome) => {
    if (outcome.outcome !== 'failed') wentWell = true;
    else if (outcome.again) again.push(e164);
    run.settled(e164, outcome);
  };
  const first = await runRound(numbers, { ...run, settled });
  if (first.stopped || again.length === 0 || !wentWell || run.signal.aborted) return first;
  await run.clock.sleep(SECOND_ROUND_AFTER_MS, run.signal);
  return runRound(again, { ...run, resumed: true });
}

/**
 * One request for each number, several at once, in turn under the account's rate limit (sent/rate-limiter.ts).
 * Each number is settled once or, where the run stopped before, not at all. RESOURCE_007 is an existing contact.
 */
async function runRound(numbers: readonly string[], run: Run): Promise<RunEnd> {
  const { client, dryRun, signal } = run;
  setMaxListeners(4 * AT_ONCE, signal); // Each request under way listens, and each wait; more would be a leak.
  let next = 0;
  let troubles = 0;
  let stopped: AppError | undefined;

  async function create(e164: string): Promise<'created' | 'existing'> {
    const call = { signal, dryRun, background: true, onThrottled: run.onThrottled ?? (() => {}) };
    try {
      const answer = await client.createContact(e164, {
        ...call,
        ...(!dryRun && { idempotencyKey: importKey(e164) }),
      });
      if (dryRun && !answer.dryRun.confirmed) throw NOT_CONFIRMED;
      if (!answer.replayed || dryRun) {
        if (answer.data && !dryRun) run.onCreated(toContact(answer.data));
        return 'created';
      }
      // Made by this key before; by this import, where it is the answer to its own earlier try.
      const again = await client.createContact(e164, call).catch(exists);
      if (again?.data) run.onCreated(toContact(again.data));
      else if (answer.data) run.onCreated(toContact(answer.data));
      return again !== undefined || run.resumed || answer.tries > 1 ? 'created' : 'existing';
    } catch (error) {
      exists(error);
      return 'existing';
    }
  }

  /** Settles a number, or leaves it for another time. */
  async function settle(e164: string): Promise<void> {
    try {
      run.settled(e164, { outcome: await create(e164) });
      troubles = 0;
    } catch (thrown) {
      const error = toAppError(thrown);
      const { code, sentCode } = error;
      const trouble = error.isRetryable || error.mayHaveRun;
      if (trouble) run.onTrouble?.(error);
      if (code === 'cancelled' || (signal.aborted && error.isThrottled)) return;
      if (error === NOT_CONFIRMED || error.endsBatch) {
        run.invalidate();
        stopped ??= error;
        return;
      }
      if (trouble && ++troubles >= MAX_TROUBLES) stopped ??= error;
      if (error.mayHaveRun) run.invalidate();
      run.settled(e164, { outcome: 'failed', code, sentCode, again: trouble });
    }
  }

  const worker = async (): Promise<void> => {
    while (next < numbers.length && !signal.aborted && stopped === undefined) {
      const e164 = numbers[next++];
      if (e164 !== undefined) await settle(e164);
    }
  };
  // The first goes alone: a wrong key then costs one request. A dry run goes one by one: one that is none then costs one contact.
  const [first] = numbers;
  if (first !== undefined) {
    next = 1;
    await settle(first);
  }
  await Promise.all(Array.from({ length: dryRun ? 1 : AT_ONCE }, worker));
  return { stopped };
}

/** Undefined for "that exists already"; anything else is thrown on. */
function exists(error: unknown): undefined {
  if (error instanceof AppError && error.sentCode === 'RESOURCE_007') return undefined;
  throw error;
}
