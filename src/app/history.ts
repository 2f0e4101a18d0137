import { toAppError } from '../errors.ts';
import type { Act, Clock, Log } from '../runtime/index.ts';
import type { AccountState } from '../state/index.ts';

/** An act as the history keeps it: numbers by their last four digits. */
export type PastAct = Act & {
  /** Milliseconds since the epoch. */
  at: number;
};

/** What was done through the tools and by commands, by whom and when; kept for 90 days. */
export type History = {
  /** Writes an act down; where that fails the log says so, and what was done stays done. */
  record(act: Act): Promise<void>;
  /** The acts from this moment on, oldest first. */
  since(ms: number): Promise<readonly PastAct[]>;
};

/** Numbers kept of an act about many. */
const MAX_NUMBERS = 3;
/** Whoever called waits no longer than this for it to be written down. */
const WAIT_AT_MOST_MS = 2_000;
const lastFour = (e164: string): string => `…${e164.slice(-4)}`;

export function createHistory(
  state: Pick<AccountState, 'append' | 'read'>,
  clock: Pick<Clock, 'sleep'>,
  log: Log,
): History {
  return {
    async record({ numbers = [], ...act }) {
      const kept = numbers.slice(0, MAX_NUMBERS).map(lastFour);
      const written = state
        .append('acts', { ...act, ...(kept.length > 0 && { numbers: kept }) })
        .catch((error: unknown) => {
          log('error', 'act_not_written', { tool: act.tool, code: toAppError(error).code });
        });
      const enough = new AbortController();
      await Promise.race([
        written.finally(() => enough.abort()),
        clock.sleep(WAIT_AT_MOST_MS, enough.signal),
      ]);
    },
    async since(ms) {
      const { entries } = await state.read('acts');
      return entries.filter(({ at }) => at >= ms).map((entry) => entry as unknown as PastAct);
    },
  };
}
