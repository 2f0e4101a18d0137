/** One thing that `doctor` looked at: what was found, and what to do where it is not well. */
export type Finding = { name: string; ok: boolean; found: string; next?: string };
