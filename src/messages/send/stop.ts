import type { AppError } from '../../errors.ts';

/** How a run ended before everything was sent: what failed, or why no further request was made. */
export type Stop = { error: AppError } | { why: 'time' | 'schedule' | 'cancelled' | 'closing' };
