import type { Shape } from './shape.ts';

/** What decides where a host keeps its files, and what is there. */
export type Machine = {
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
  /** The person's home folder. */
  home: string;
  exists: (path: string) => boolean;
  /** The names in a folder, none where there is no such folder. */
  list: (folder: string) => readonly string[];
};

/** A host that can start the server, and where it reads that from. */
export type Host = {
  id: string;
  title: string;
  format: 'json' | 'toml';
  /** How the file says what to start. */
  shape: Shape;
  /** The file that holds for all of the person's projects. */
  file: (machine: Machine) => string;
  /** What is there where the host is; the file's folder where nothing is said. */
  traces?: (machine: Machine) => readonly string[];
  /** True where the host can ask for the key itself and keep it out of the file. */
  canPrompt?: true;
  /** What to do for a change to take effect. */
  next: string;
};
