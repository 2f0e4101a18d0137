import type { Clock } from '../../runtime/index.ts';
import type { RowOutcome } from './run.ts';

/** A list left unfinished is gone on with when it comes again in this time; later it is looked at anew. */
const GOES_ON_WITHIN_MS = 15 * 60_000;
const MAX_UNFINISHED = 20;

/** What earlier calls did for a list, and the right to go on with it until it is released. */
export type Taken = {
  outcomes: Map<string, RowOutcome>;
  /** Whether an earlier call began it: then an answer that Sent repeats is the list's own. */
  isResumed: boolean;
  /** Whether this call had anything to do for these numbers. */
  hasWork(numbers: readonly string[]): boolean;
  /** The next call with this list may begin when the run has come to its end. */
  release(run: Promise<unknown>): void;
};
type Unfinished = { outcomes: Map<string, RowOutcome>; at: number };

/**
 * The imports of this process that stopped before their end. A list is gone on with by one call at a time: another one
 * waits, finds what the first has created, and claims none of it.
 * @param exists whether there is a contact with this number now.
 */
export function createUnfinished(clock: Pick<Clock, 'monotonic'>, exists: (e164: string) => boolean) {
  const lists = new Map<string, Unfinished>();
  const underWay = new Map<string, Promise<void>>();

  /** What has left the account since is not done. */
  function earlierOf(list: string): Unfinished | undefined {
    for (const [key, { at }] of lists) {
      if (clock.monotonic() - at > GOES_ON_WITHIN_MS || lists.size > MAX_UNFINISHED) lists.delete(key);
    }
    const known = lists.get(list);
    for (const [e164, { outcome }] of known?.outcomes ?? []) {
      const isGone = outcome === 'created' && !exists(e164);
      if (outcome === 'failed' || isGone) known?.outcomes.delete(e164);
    }
    return known;
  }

  function taken(outcomes: Map<string, RowOutcome>, isResumed: boolean, release: Taken['release']): Taken {
    const before = new Set(outcomes.keys());
    return { outcomes, isResumed, release, hasWork: (numbers) => numbers.some((e164) => !before.has(e164)) };
  }

  return {
    /** A dry run begins anew and leaves nothing. */
    takeNothing: async (): Promise<Taken> => taken(new Map(), false, () => {}),

    /** @param list what names it: all of its numbers. Waits for another call with it, but not beyond the signal. */
    async take(list: string, signal: AbortSignal): Promise<Taken> {
      if (underWay.has(list)) {
        const left = aborted(signal); // Once: each turn of the waiting would listen anew.
        for (let other = underWay.get(list); other && !signal.aborted; other = underWay.get(list))
          await Promise.race([other, left]);
      }
      const known = earlierOf(list);
      const part = known ?? { outcomes: new Map(), at: clock.monotonic() };
      lists.set(list, part);
      let done = () => {};
      const isOver = new Promise<void>((resolve) => {
        done = resolve;
      });
      underWay.set(list, isOver);
      return taken(part.outcomes, known !== undefined, (run) => {
        void run
          .catch(() => {})
          .then(() => {
            part.at = clock.monotonic();
            const size = list === '' ? 0 : list.split(',').length;
            const open = [...part.outcomes.values()].some((one) => 'again' in one && one.again);
            if (part.outcomes.size >= size && !open) lists.delete(list);
            underWay.delete(list);
            done();
          });
      });
    },
  };
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
