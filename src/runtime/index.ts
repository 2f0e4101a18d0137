export type { Act } from './act.ts';
export type { Caller } from './caller.ts';
export { type Clock, systemClock } from './clock.ts';
export type { Log } from './log.ts';
