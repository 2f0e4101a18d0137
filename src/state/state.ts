/**
 * What lasts for one account. Entries are JSON objects; a store adds nothing to them but the moment `at`.
 * Stores: `memory`, `folder`, `postgres`; one set of contract tests holds them all (test/state/contract.ts).
 */
export type Entry = Readonly<Record<string, unknown>>;
export type StoredEntry = Entry & {
  /** Milliseconds since the epoch at which it was written. */
  readonly at: number;
};

const DAY_MS = 24 * 3_600_000;

/** The logs of an account, each with how long its entries last, in milliseconds. */
export const LOGS = {
  /** Metadata that the Sent API does not keep. Until removed. */
  notes: Number.POSITIVE_INFINITY,
  /** Sends: plans, each acceptance, message ids, last known statuses. */
  sends: 90 * DAY_MS,
  /** Bulk changes and deletes: plans and what is done of them. */
  changes: 90 * DAY_MS,
  /** Who did what, when, to how many, and what came of it. */
  acts: 90 * DAY_MS,
  /** Changes to contacts made through this server, so that every process knows them at once. */
  contacts: DAY_MS,
  selections: DAY_MS,
  cursors: DAY_MS,
} as const satisfies Record<string, number>;
export type LogName = keyof typeof LOGS;
/** What is asked for again where it is lost: a store may write these entries with less effort. */
export const CAN_BE_ASKED_AGAIN: ReadonlySet<LogName> = new Set(['selections', 'cursors']);

/** A place in a log, opaque; everything written before it has been read. Survives nothing: it belongs to the process. */
export type Position = string & { readonly brand: unique symbol };

export type Read = { entries: readonly StoredEntry[]; position: Position; more?: boolean };

export type AccountState = {
  /** False where nothing outlives the process (`SENT_STATE=off`): said where it matters. */
  readonly lasts: boolean;
  /**
   * Writes one entry; when it resolves the entry is read by every process and survives a crash of any. It survives a
   * crash of the store's own machine as well, unless it can be asked for again.
   * @throws AppError `unavailable` where it cannot be written: then it was not.
   */
  append(log: LogName, entry: Entry): Promise<void>;
  /**
   * The entries of a log that have not expired, oldest first; with `after`, those that came since, of all processes.
   * @param bytes of a long log a store may give only so much at a time: `more` says that reading on brings the rest.
   */
  read(log: LogName, after?: Position, bytes?: number): Promise<Read>;
  /**
   * Writes the entry if nobody has claimed this key in this log before; of many at once, in all processes, one wins.
   * A claim is durable before it is told, and expires with the entries of its log. The winning entry is read by `read`
   * like any other, the losing ones never are.
   */
  claim(log: LogName, key: string, entry: Entry): Promise<{ won: boolean; entry: StoredEntry }>;
  /**
   * A hold on a name that one process at a time can have; it ends with `release` or with the holder's death, kill -9
   * included. Undefined while somebody else who lives has it.
   */
  hold(name: string): Promise<Hold | undefined>;
  /** A whole value, replaced at once or not at all; undefined where there is none or it is damaged. */
  saveSnapshot(name: string, bytes: Uint8Array): Promise<void>;
  loadSnapshot(name: string): Promise<{ bytes: Uint8Array; savedAt: number } | undefined>;
  /**
   * Whether nobody has written to a log since this position, but perhaps in the last second: what is asked before each
   * answer need not be read each time. False where that is not known without reading.
   */
  isUnchanged(log: LogName, since: Position): boolean;
};

export type Hold = { release(): Promise<void> };

/** A place where things last, for any number of accounts, which never see each other. */
export type StateStore = {
  readonly kind: 'memory' | 'folder' | 'postgres';
  /** For a person: the folder, or the address without user and password. */
  readonly place: string;
  /** As `AccountState.lasts`. */
  readonly lasts: boolean;
  /** @param account the id that the API gives it, and the profile; never the key. Nothing is opened by this call. */
  account(account: string): AccountState;
  /**
   * Changes a small JSON value that all processes share, alone among them, and gives it as it is then; undefined where
   * there is none yet. `change` is pure and quick, and may be called again. `now`: milliseconds of one clock for all.
   * Quick enough to be asked before each request, and for what may be lost: a crash of the store's machine forgets it.
   * No such thing where a store is one machine's: its processes then go each by their own.
   */
  update?<T>(account: string, name: string, change: (found: T | undefined, now: number) => T): Promise<T>;
  /** For `doctor`: what is there, and which lines are broken or foreign. */
  report(): Promise<StateReport>;
  /** Removes everything it keeps and says what that was. */
  forget(): Promise<StateReport>;
  close(): Promise<void>;
};

export type StateReport = {
  accounts: number;
  /** Entries by log, over all accounts. */
  entries: Partial<Record<LogName, number>>;
  snapshots: number;
  bytes: number;
  /** Lines that are no entries, each with its place; they cost nothing but themselves. */
  damaged: readonly { where: string; lines: number }[];
};
