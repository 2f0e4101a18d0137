import type { SentContact } from '../../sent/index.ts';

/** What is to become of a contact; what is not given stays as it is. */
export type Changes = {
  default_channel?: string | undefined;
  opt_out?: boolean | undefined;
  /** Merged key by key; null removes a key. */
  metadata?: Readonly<Record<string, unknown>> | undefined;
};

export const isEmpty = (changes: Changes): boolean =>
  Object.values(changes).every((value) => value === undefined);

/** The contact as it is to be; a metadata key to be removed stands in it as null. */
export const withChanges = (before: SentContact, changes: Changes): SentContact => ({
  ...before,
  default_channel: changes.default_channel ?? before.default_channel,
  opt_out: changes.opt_out ?? before.opt_out,
  metadata: changes.metadata ? { ...before.metadata, ...changes.metadata } : before.metadata,
});
