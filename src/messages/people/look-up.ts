import { setMaxListeners } from 'node:events';
import { type Contact, type Contacts, toContact } from '../../contacts/index.ts';
import { AppError } from '../../errors.ts';
import type { Caller, Clock } from '../../runtime/index.ts';
import type { SentClient } from '../../sent/index.ts';

/** Up to so many people are looked up one by one; for more the directory is read. */
const FEW = 10;
const AT_ONCE = 5;

export type PersonKey = { phone?: string | undefined; id?: string | undefined };
export type LookedUp = {
  /** Undefined for those who are no contact. */
  people: readonly (Contact | undefined)[];
  /** Milliseconds since the epoch: nothing in it is older. */
  asOf: number;
  /** Why some of it may not be the latest. */
  unchecked?: string;
};

/** The contacts as they are now, so far as that can be had within `withinMs`. */
export async function lookUp(
  keys: readonly PersonKey[],
  parts: { contacts: Contacts; client: SentClient; clock: Clock },
  withinMs: number,
  caller: Caller,
): Promise<LookedUp> {
  const { contacts, client, clock } = parts;
  const { directory } = contacts;
  const asOf = clock.now();
  const unchecked: string[] = [];
  const fromDirectory = keys.length > FEW;
  if (fromDirectory) {
    const reading = await directory.ready(caller).catch((error: unknown) => {
      unchecked.push(tolerable(error).code);
      return undefined;
    });
    if (reading && !reading.complete) unchecked.push('the account has not been read whole yet');
  }

  const lookUps = new AbortController();
  setMaxListeners(4 * AT_ONCE, lookUps.signal); // Each look-up listens, and each wait; more would be a leak.
  const hurry = () => lookUps.abort();
  caller.signal.addEventListener('abort', hurry, { once: true });
  void clock.sleep(withinMs, lookUps.signal).then(hurry);

  const one = async ({ phone, id }: PersonKey): Promise<Contact | undefined> => {
    const known = id === undefined ? directory.book.byPhone(phone ?? '') : directory.book.get(id);
    if (fromDirectory && (known || id === undefined)) return known;
    if (id === undefined && unchecked.length > 0) return known;
    const waiting = { ...caller, signal: lookUps.signal };
    try {
      const found = await (id === undefined
        ? contacts.finder.byNumber(phone ?? '', waiting)
        : client.getContact(id, { signal: lookUps.signal }));
      if (found) directory.saw([toContact(found)]);
      return found && toContact(found);
    } catch (error) {
      if (id !== undefined && error instanceof AppError && error.isAboutRequest) return undefined;
      const late = lookUps.signal.aborted && !caller.signal.aborted;
      unchecked.push(late ? 'it took too long' : tolerable(error).code);
      return known;
    }
  };

  const people: (Contact | undefined)[] = [];
  try {
    for (let start = 0; start < keys.length; start += AT_ONCE) {
      people.push(...(await Promise.all(keys.slice(start, start + AT_ONCE).map(one))));
    }
  } finally {
    caller.signal.removeEventListener('abort', hurry);
    hurry();
  }
  return { people, asOf, ...(unchecked[0] !== undefined && { unchecked: unchecked[0] }) };
}

/** A look-up that failed only leaves an opt-out unchecked, unless the send would fail for the same reason. */
function tolerable(error: unknown): AppError {
  if (!(error instanceof AppError) || error.endsBatch) throw error;
  return error;
}
