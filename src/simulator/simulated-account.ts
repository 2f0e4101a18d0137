import type { Book, Dialect } from './book/index.ts';
import type { MessageLog } from './messages/index.ts';

/** What one simulated account consists of; every route works on this. */
export type SimulatedAccount = {
  readonly key: string;
  readonly dialect: Dialect;
  readonly customerId: string;
  /** Whether contacts have `metadata`. */
  readonly storesMetadata: boolean;
  /** Whether a dry run of a send tells prices. */
  readonly pricedDryRuns: boolean;
  readonly now: () => number;
  readonly startedAt: number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly stepMs: number;
  readonly book: Book;
  readonly log: MessageLog;
};
