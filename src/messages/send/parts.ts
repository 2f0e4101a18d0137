import type { Caller } from '../../runtime/index.ts';
import type { PlanParts, PlanRequest } from './plan/index.ts';
import type { SendResult } from './result.ts';

export type SendRequest = PlanRequest & {
  /** Exactly this plan, or what is left of it; nothing else is given then. */
  plan?: string | undefined;
  preview?: boolean | undefined;
};
export type Send = (request: SendRequest, caller: Caller) => Promise<SendResult>;

export type SendParts = PlanParts & {
  /** Aborted when the process is about to end. */
  closing: AbortSignal;
  /** Milliseconds until so many requests can have gone out under the limit of sends: an estimate. */
  msUntilSent: (requests: number) => number;
  /** Whether a dry run of this account was confirmed as one and told prices: only then is one made for a preview. */
  dryRuns: { tellPrices: boolean };
};
