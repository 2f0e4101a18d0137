import { AppError } from '../../errors.ts';

/** Where the connection failed or the server is going down or coming up: it may be well in a moment. */
const PASSING =
  /^(08|57P0|40001|40P01|53300|55P03|ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_|CONNECT|TIMED_OUT)/;

const codeOf = (error: unknown): string | undefined => {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && /^[A-Z0-9_]{3,40}$/.test(code) ? code : undefined;
};

export const isPassing = (error: unknown): boolean => PASSING.test(codeOf(error) ?? '');
/** The row is there already: a repeat of what was done, whose answer was lost. */
export const isDuplicate = (error: unknown): boolean => codeOf(error) === '23505';
/** Behind a pooler that hands each transaction to another connection, prepared statements are lost. */
export const isPooler = (error: unknown): boolean => ['26000', '42P05'].includes(codeOf(error) ?? '');

/** A failure of the database in our words: its own may hold the address, a user or what was written. */
export function databaseFailure(error: unknown): unknown {
  const code = codeOf(error);
  if (error instanceof AppError || code === undefined) return error;
  if (isPassing(error)) {
    return new AppError('unavailable', `The database for what lasts cannot be reached (${code}).`, {
      next: 'Make the same call again in a minute; if it lasts, ask the user to look at the database of SENT_STATE.',
    });
  }
  if (/^(28|3D|42501|25006)/.test(code)) {
    return new AppError('unavailable', `The database for what lasts refuses this server (${code}).`, {
      next: 'Ask the user to correct the user, password or database in SENT_STATE, or the rights there, and to restart the server.',
    });
  }
  return new AppError('unavailable', `The database for what lasts failed (${code}).`, {
    next: 'Make the same call again in a minute; if it lasts, ask the user to look at the database of SENT_STATE.',
  });
}
