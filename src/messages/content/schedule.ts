import { AppError } from '../../errors.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** ISO 8601 with seconds or without, and always with an offset: a time without one means another moment elsewhere. */
const WITH_OFFSET = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,7})?)?(Z|[+-]\d{2}:?\d{2})$/i;

/**
 * The moment at which a message is to go out, as the API takes it.
 * @throws AppError `invalid_input` unless it is a time with an offset, a minute to 30 days ahead.
 */
export function readSchedule(given: string, now: number): string {
  const text = given.trim();
  const at = WITH_OFFSET.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) {
    throw new AppError('invalid_input', 'scheduled_at is not a time with its offset.', {
      next: 'Nothing was sent. Write it such as 2026-12-24T09:00:00+01:00, in the time zone that the user means.',
    });
  }
  if (at < now + MINUTE_MS || at > now + 30 * DAY_MS) {
    throw new AppError('invalid_input', 'scheduled_at is not between a minute and 30 days ahead.', {
      next: 'Nothing was sent. Ask the user for another time, or leave scheduled_at out to send now.',
    });
  }
  return new Date(at).toISOString();
}
