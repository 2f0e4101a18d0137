import type { Contact, Contacts } from '../../contacts/index.ts';
import { AppError } from '../../errors.ts';
import type { Caller } from '../../runtime/index.ts';

export type Selections = {
  ofNumbers(numbers: readonly string[]): Promise<string>;
  people(handle: string, caller: Caller): Promise<{ contacts: readonly Contact[]; complete: boolean }>;
};

/** @throws AppError `unavailable` while contacts know no selections. */
export function selectionsOf(contacts: Contacts): Selections {
  const { selections } = contacts as { selections?: Selections };
  if (selections) return selections;
  throw new AppError('unavailable', 'Selections are not known.');
}
