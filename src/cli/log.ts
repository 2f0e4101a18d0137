import type { LogLevel } from '../config/index.ts';
import type { Log } from '../runtime/index.ts';

const RANKS = { silent: 0, error: 1, info: 2, debug: 3 } as const;

/** Writes one line of JSON for each event, of the chosen level or a graver one. */
export function createLog(level: LogLevel, write: (line: string) => void, now: () => number): Log {
  return (grade, event, fields = {}) => {
    if (RANKS[grade] > RANKS[level]) return;
    write(`${JSON.stringify({ time: new Date(now()).toISOString(), level: grade, event, ...fields })}\n`);
  };
}
