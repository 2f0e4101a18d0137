import { createHash } from 'node:crypto';
import { AppError } from '../../errors.ts';
import type { Clock } from '../../runtime/index.ts';
import { type AccountState, type Entry, LOGS, type Position } from '../../state/index.ts';

/** Values under short handles, found by every process that shares the state, for as long as their log lasts. */
export type Stored<T> = {
  /**
   * Keeps a value under a new handle.
   * @returns `lasts` resolves when it is written; false where it could not be: then it is found by this process alone.
   */
  put(value: T): { handle: string; lasts: Promise<boolean> };
  /** Undefined for a handle that was made up, belongs to another account or is too old. */
  get(handle: string): Promise<T | undefined>;
};

/** RFC 4648, in small letters: no letter is taken for a digit. */
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
/** Twelve letters are sixty bits: nobody guesses one of those that live. */
const HANDLE_LETTERS = 12;

/** A short word that only its maker can have made, at most 16 letters with a prefix of four. */
function createHandle(prefix: string, newKey: () => string): string {
  const bytes = createHash('sha256').update(newKey()).digest();
  const letters = Array.from({ length: HANDLE_LETTERS }, (_, at) => BASE32[(bytes[at] ?? 0) & 31]);
  return prefix + letters.join('');
}

export type StoredOptions = {
  state: Pick<AccountState, 'append' | 'read'>;
  /** Gives a fresh unguessable word. */
  newKey: () => string;
  clock: Pick<Clock, 'now'>;
};

/** @param read checks what another process wrote; undefined for what is none. */
export function createStored<T extends object>(
  options: StoredOptions & { log: 'selections' | 'cursors'; prefix: string },
  read: (entry: Entry) => T | undefined,
): Stored<T> {
  const { log, prefix, state, newKey, clock } = options;
  const values = new Map<string, { value: T; at: number }>();
  let position: Position | undefined;
  let reading: Promise<void> = Promise.resolve();

  const dropOld = (): void => {
    for (const [handle, { at }] of values) {
      if (clock.now() - at < LOGS[log]) return; // The oldest come first.
      values.delete(handle);
    }
  };
  async function isWritten(writing: Promise<void>): Promise<boolean> {
    try {
      await writing;
      return true;
    } catch (error) {
      if (error instanceof AppError) return false;
      throw error;
    }
  }
  async function readOn(): Promise<void> {
    const { entries, position: next } = await state.read(log, position);
    position = next;
    for (const entry of entries) {
      const value = typeof entry.handle === 'string' ? read(entry) : undefined;
      if (value !== undefined && !values.has(entry.handle as string))
        values.set(entry.handle as string, { value, at: entry.at });
    }
  }

  return {
    put(value) {
      dropOld();
      const handle = createHandle(prefix, newKey);
      values.set(handle, { value, at: clock.now() });
      return { handle, lasts: isWritten(state.append(log, { handle, ...value })) };
    },
    async get(handle) {
      if (!values.has(handle)) {
        // One reading after the other, so that none is read twice.
        reading = reading.catch(() => {}).then(readOn);
        await reading;
      }
      dropOld();
      return values.get(handle)?.value;
    },
  };
}
