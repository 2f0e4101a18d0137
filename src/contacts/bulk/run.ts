import { setMaxListeners } from 'node:events';
import { type AppError, toAppError } from '../../errors.ts';
import type { Settled } from './plan-log.ts';

/** Requests under way at once. */
const AT_ONCE = 8;
/** So many failures that say nothing of the person, and no success between them, end the run. */
const MAX_TROUBLES = 24;
export type RunEnd = {
  /** Failures that may pass, by place, after a second try. */
  passing: ReadonlyMap<number, string>;
  /** What stopped the run for everybody; a signal alone is no such thing. */
  stopped: AppError | undefined;
};

/**
 * Does something for each of many people, several at once, in turn under the account's rate limit; what failed in
 * passing has a second try at the end. Everybody is settled at most once.
 * @param act does it for the person at this place. An `AppError` of another kind than passing settles them as failed.
 * @param settled writes down what became of them before it counts.
 * @param signal after it no further request goes out; those under way are heard to their end.
 */
export async function runEach(
  places: readonly number[],
  parts: {
    act(place: number): Promise<void>;
    settled(one: Settled): Promise<void>;
    signal: AbortSignal;
    /** Nobody before the one in front is through, as a dry run must: one that is none then costs one person. */
    oneByOne: boolean;
  },
): Promise<RunEnd> {
  const { act, settled, signal } = parts;
  setMaxListeners(4 * AT_ONCE, signal); // Each request under way listens, and each wait; more would be a leak.
  const passing = new Map<number, string>();
  let troubles = 0;
  let stopped: AppError | undefined;
  const isOver = () => signal.aborted || stopped !== undefined;

  async function settle(place: number): Promise<void> {
    try {
      await act(place);
      await settled({ person: place });
      passing.delete(place);
      troubles = 0;
    } catch (thrown) {
      const error = toAppError(thrown);
      // Cancelled or held back at the end of the time: nothing was done, and nothing is said of the person.
      if (error.code === 'cancelled' || (error.isThrottled && signal.aborted)) return;
      if (error.endsBatch) stopped ??= error;
      else if (error.isRetryable || error.mayHaveRun) {
        passing.set(place, error.code);
        if (++troubles >= MAX_TROUBLES) stopped ??= error;
      } else {
        passing.delete(place);
        await settled({ person: place, code: error.code }).catch((failed: unknown) => {
          stopped ??= toAppError(failed);
        });
      }
    }
  }

  async function round(all: readonly number[]): Promise<void> {
    let next = 0;
    // The first goes alone: a wrong key then costs one request.
    const [first, ...others] = all;
    if (first !== undefined && !isOver()) await settle(first);
    const worker = async (): Promise<void> => {
      while (next < others.length && !isOver()) await settle(others[next++] ?? -1);
    };
    await Promise.all(Array.from({ length: parts.oneByOne ? 1 : AT_ONCE }, worker));
  }

  await round(places);
  if (passing.size > 0 && !isOver()) {
    troubles = 0;
    await round([...passing.keys()]);
  }
  return { passing, stopped };
}
