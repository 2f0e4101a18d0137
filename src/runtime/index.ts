export type { Act } from './act.ts';
export type { Caller } from './caller.ts';
export { ageMs, type Clock, type Instant, instant, systemClock } from './clock.ts';
export type { Log } from './log.ts';
export { placeOf } from './place-of.ts';
export { createTurn } from './turn.ts';
