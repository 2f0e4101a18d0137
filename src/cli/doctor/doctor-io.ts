export type DoctorIo = {
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
  /** The person's home folder. */
  home: string;
  /** `v20.1.0`, as `process.version`. */
  nodeVersion: string;
  /** The wall clock, in milliseconds since 1970. */
  now: () => number;
  /** Milliseconds; measures how long something takes. */
  monotonic: () => number;
  fetch: typeof globalThis.fetch;
  stdout: { write: (text: string) => unknown };
  stderr: { write: (text: string) => unknown };
};
