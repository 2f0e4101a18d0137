/** A program with its arguments and variables, however a host writes it down. */
export type Launch = {
  command: string;
  args: readonly string[];
  env: Readonly<Record<string, unknown>>;
  /** What else the entry holds: the host's own switches. */
  rest: Readonly<Record<string, unknown>>;
};

/** How a host's file names its servers, and how it says what to start. */
export type Shape = {
  /** Name of the collection that holds the servers, at the top of the file. */
  servers: string;
  /** The entry that starts the program. */
  toEntry: (launch: Launch) => Record<string, unknown>;
  /** What an entry starts; undefined for one that starts no program, such as an address. */
  toLaunch: (entry: Readonly<Record<string, unknown>>) => Launch | undefined;
};

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  Object.prototype.toString.call(value) === '[object Object]';

export const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
