import { AppError } from '../../errors.ts';
import type { AccountState, Position, StoredEntry } from '../../state/index.ts';
import type { Contact } from '../model/index.ts';

/** Changes made through this server, as every process of it hears of them. */
export type Change =
  | { changed: Contact }
  | { removed: string }
  /** The whole account was kept, as it was at this moment: milliseconds since the epoch. */
  | { kept: number };

export type ChangeFeed = {
  /** Tells the other processes of a change; several at once are one entry. Never rejects: it is told as soon as it can be. */
  tell(change: Change): Promise<void>;
  /**
   * Calls `apply` with the changes of all processes that came since the last time, but perhaps those of the last second.
   * Never rejects.
   */
  read(apply: (change: Change, at: number) => void): Promise<void>;
  /** The changes of the last day, oldest first, with the wall clock at which each was told; undefined where they cannot be read. */
  all(): Promise<{ change: Change; at: number }[] | undefined>;
  /** Why it cannot be read at present; undefined where all is well. */
  problem(): AppError | undefined;
};

/** So many changes in one entry; more wait for the next. */
const MAX_IN_ENTRY = 200;

export function createChangeFeed(
  state: Pick<AccountState, 'append' | 'read' | 'isUnchanged'> | undefined,
): ChangeFeed {
  let position: Position | undefined;
  let problem: AppError | undefined;
  let queue: Change[] = [];
  let writing: Promise<void> = Promise.resolve();
  let reading: Promise<void> = Promise.resolve();

  const noting = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
      problem = undefined;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      problem = error;
    }
  };

  return {
    tell(change) {
      if (state === undefined) return Promise.resolve();
      queue.push(change);
      writing = writing.then(() =>
        noting(async () => {
          const changes = queue.slice(0, MAX_IN_ENTRY);
          queue = queue.slice(MAX_IN_ENTRY);
          if (changes.length > 0) await state.append('contacts', { changes });
        }),
      );
      return writing;
    },
    read(apply) {
      if (state === undefined) return Promise.resolve();
      // One reading after the other, so that no change is applied twice.
      reading = reading.then(() =>
        noting(async () => {
          if (position !== undefined && state.isUnchanged('contacts', position)) return;
          const { entries, position: next } = await state.read('contacts', position);
          position = next;
          for (const { change, at } of changesIn(entries)) apply(change, at);
        }),
      );
      return reading;
    },
    async all() {
      let changes: { change: Change; at: number }[] | undefined;
      if (state === undefined) return [];
      await noting(async () => {
        changes = changesIn((await state.read('contacts')).entries);
      });
      return changes;
    },
    problem: () => problem,
  };
}

const changesIn = (entries: readonly StoredEntry[]): { change: Change; at: number }[] =>
  entries.flatMap(({ changes, at }) =>
    Array.isArray(changes) ? changes.filter(isChange).map((change) => ({ change, at })) : [],
  );

function isChange(value: unknown): value is Change {
  const { removed, changed, kept } = (value ?? {}) as {
    removed?: unknown;
    changed?: Partial<Contact>;
    kept?: unknown;
  };
  if (typeof removed === 'string' || typeof kept === 'number') return true;
  return (
    typeof changed?.id === 'string' &&
    typeof changed.phone_number === 'string' &&
    Array.isArray(changed.available_channels)
  );
}
