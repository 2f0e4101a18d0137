import { AppError } from '../../errors.ts';
import type { Clock } from '../../runtime/index.ts';
import type { AccountState, Hold } from '../../state/index.ts';

const ASK_EVERY_MS = 50;
const WAIT_AT_MOST_MS = 10_000;

/** Runs work on one contact at a time, in this process and in all that share the state. */
export type ContactLock = <T>(contactId: string, work: () => Promise<T>) => Promise<T>;

/** @throws AppError `conflict` where somebody else holds the contact for longer than 10 s. */
export function createContactLock(state: Pick<AccountState, 'hold'>, clock: Clock): ContactLock {
  /** The end of the last work here that has asked for a contact. */
  const queue = new Map<string, Promise<unknown>>();

  /** Undefined where nothing can be held: then the queue of this process is all there is. */
  async function holdOf(contactId: string): Promise<Hold | undefined> {
    for (let waitedMs = 0; waitedMs <= WAIT_AT_MOST_MS; waitedMs += ASK_EVERY_MS) {
      try {
        const hold = await state.hold(`contact ${contactId}`);
        if (hold !== undefined) return hold;
      } catch {
        return undefined;
      }
      await clock.sleep(ASK_EVERY_MS);
    }
    throw new AppError('conflict', 'Another change to this contact is under way.', {
      next: 'Make the same call again in a few seconds.',
    });
  }

  return (contactId, work) => {
    const before = queue.get(contactId) ?? Promise.resolve();
    const mine = before.then(async () => {
      const hold = await holdOf(contactId);
      try {
        return await work();
      } finally {
        await hold?.release();
      }
    });
    const end = mine.catch(() => {});
    queue.set(contactId, end);
    void end.then(() => {
      if (queue.get(contactId) === end) queue.delete(contactId);
    });
    return mine;
  };
}
