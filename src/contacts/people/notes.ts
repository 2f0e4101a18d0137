import type { AccountState, Position } from '../../state/index.ts';

export type Metadata = Readonly<Record<string, unknown>>;
/** What is noted of a contact: a key given as null is removed. */
export type NoteChanges = Readonly<Record<string, unknown>>;

/**
 * Metadata that the Sent API does not keep, by the id of its contact. Kept until it is removed, and the same in every
 * process that shares the state. An entry holds only the keys that change, so that two changes at once lose neither.
 */
export type Notes = {
  /** What is noted of a contact, by any process; an empty object for nothing. */
  of(contactId: string): Promise<Metadata>;
  /** All notes by the id of their contact. */
  all(): Promise<ReadonlyMap<string, Metadata>>;
  /** @throws AppError `unavailable` where it cannot be written: then nothing was noted. */
  set(contactId: string, changes: NoteChanges): Promise<void>;
  removeContact(contactId: string): Promise<void>;
  /** Reads what has been written since, by all processes, but perhaps what others wrote in the last second. */
  catchUp(): Promise<void>;
  /** What was noted when it was last caught up; undefined for nothing. */
  known(contactId: string): Metadata | undefined;
  /** The contacts whose notes have changed since this was last asked; or all of them. */
  takeChanged(all?: boolean): readonly string[];
};

/** An entry of the log: some keys of one contact, or that all of them go. */
type NoteEntry = { contact_id: string; changes?: NoteChanges; removed?: true };

export function createNotes(state: Pick<AccountState, 'append' | 'read' | 'isUnchanged'>): Notes {
  const notes = new Map<string, Metadata>();
  const changed = new Set<string>();
  let position: Position | undefined;
  let reading: Promise<void> = Promise.resolve();

  function apply({ contact_id, changes, removed }: NoteEntry): void {
    changed.add(contact_id);
    const kept = removed ? {} : { ...notes.get(contact_id), ...changes };
    const noted = Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== null));
    if (Object.keys(noted).length > 0) notes.set(contact_id, noted);
    else notes.delete(contact_id);
  }

  async function readOn(): Promise<void> {
    const { entries, position: at } = await state.read('notes', position);
    position = at;
    for (const entry of entries) if (isNote(entry)) apply(entry);
  }
  /** One reading after the other, so that no entry is applied twice. */
  function inTurn(read: () => Promise<void>): Promise<void> {
    const next = reading.then(read);
    reading = next.catch(() => {}); // Whoever asked hears of it; the next one tries again.
    return next;
  }
  const readAll = () => inTurn(readOn);
  const isUnchanged = () => position !== undefined && state.isUnchanged('notes', position);
  async function write(entry: NoteEntry): Promise<void> {
    await state.append('notes', entry);
    await readAll();
  }

  return {
    async of(contactId) {
      await readAll();
      return notes.get(contactId) ?? {};
    },
    async all() {
      await readAll();
      return notes;
    },
    set: (contact_id, changes) => write({ contact_id, changes }),
    removeContact: (contact_id) => write({ contact_id, removed: true }),
    catchUp: () => inTurn(async () => (isUnchanged() ? undefined : readOn())),
    known: (contactId) => notes.get(contactId),
    takeChanged(all = false) {
      const ids = [...(all ? notes.keys() : changed)];
      changed.clear();
      return ids;
    },
  };
}

const isNote = (
  entry: Readonly<Record<string, unknown>>,
): entry is Readonly<Record<string, unknown>> & NoteEntry =>
  typeof entry.contact_id === 'string' &&
  (entry.removed === true || (typeof entry.changes === 'object' && entry.changes !== null));
