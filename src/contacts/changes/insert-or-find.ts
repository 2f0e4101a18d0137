import { AppError } from '../../errors.ts';
import type { Caller } from '../../runtime/index.ts';
import type { SentClient, SentContact } from '../../sent/index.ts';
import type { Finder } from '../directory/index.ts';

export type Inserted = {
  sent: SentContact;
  created: boolean;
  /** A refusal because it exists changed nothing, dry run or not: then nothing was asked that could be confirmed. */
  dryRun: { asked: boolean; confirmed: boolean };
};

/**
 * Makes the contact of a number, or gives the one that is there (RESOURCE_007).
 * @throws as the API fails; `unknown_outcome` or `conflict` where Sent has the contact but does not show it.
 */
export async function insertOrFind(
  parts: { client: Pick<SentClient, 'createContact'>; finder: Pick<Finder, 'byNumber'> },
  e164: string,
  how: { dryRun: boolean; caller: Caller },
): Promise<Inserted> {
  const { dryRun, caller } = how;
  const made = await parts.client
    .createContact(e164, { signal: caller.signal, dryRun })
    .catch((error: unknown) => {
      if (error instanceof AppError && error.sentCode === 'RESOURCE_007') return undefined;
      throw error;
    });
  const find = () =>
    parts.finder.byNumber(e164, caller).catch((error: unknown) => {
      if (made === undefined) throw error;
      return undefined;
    });
  const sent = made?.data ?? (await find());
  if (sent !== undefined)
    return { sent, created: made !== undefined, dryRun: made?.dryRun ?? { asked: false, confirmed: false } };
  const what = made ? 'Sent has taken the contact' : 'Sent has this number already';
  throw new AppError(made ? 'unknown_outcome' : 'conflict', `${what} but does not show it.`, {
    next: 'Look for it with get_contact by its number; making the same call again is safe.',
    consequences: { mayHaveRun: true },
  });
}
