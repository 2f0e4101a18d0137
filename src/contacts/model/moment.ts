import { AppError } from '../../errors.ts';

const DAY_MS = 86_400_000;
const SPAN_MS: Record<string, number> = { h: 3_600_000, d: DAY_MS, w: 7 * DAY_MS };
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/i;

/**
 * A moment in milliseconds since the epoch: an ISO 8601 date (its first instant, UTC), a time (UTC unless it says
 * otherwise), or a span back from now in hours, days, weeks, calendar months or years (`24h`, `7d`, `2w`, `3mo`, `1y`).
 * @throws AppError `invalid_input`
 */
export function readMoment(input: string, now: number, field: string): number {
  const text = input.trim();
  const span = /^(\d{1,5})\s*(h|d|w|mo|y)$/i.exec(text);
  if (span) {
    const count = Number(span[1]);
    const unit = (span[2] ?? '').toLowerCase();
    const fixed = SPAN_MS[unit];
    return fixed === undefined ? monthsBack(now, unit === 'y' ? 12 * count : count) : now - count * fixed;
  }
  const zoned = /([zZ]|[+-]\d{2}:?\d{2})$/.test(text.slice(10));
  const moment = DATE.test(text)
    ? Date.parse(text)
    : TIME.test(text)
      ? Date.parse(`${text.replace(' ', 'T')}${zoned ? '' : 'Z'}`)
      : Number.NaN;
  // V8 reads 31 February as 3 March: a day that does not exist is a mistake, not a date.
  const exists = new Date(`${text.slice(0, 10)}T00:00Z`).getUTCDate() === Number(text.slice(8, 10));
  if (Number.isNaN(moment) || !exists) {
    throw new AppError('invalid_input', `${field} is not a date.`, {
      next: 'Use an ISO date (2026-09-01), a time (2026-09-01T08:00:00Z) or a span back from now (24h, 7d, 3mo, 1y).',
    });
  }
  return moment;
}

/** The same day and time some months ago, or the last day of that month where it is shorter. */
function monthsBack(now: number, months: number): number {
  const date = new Date(now);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() - months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  return date.setUTCDate(Math.min(day, last));
}
