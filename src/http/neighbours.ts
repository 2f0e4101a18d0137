import type { Exchange } from './exchange.ts';

/** The other instances behind the same balancer. */
export type Neighbours = {
  /**
   * Passes a request on to the instance that has its session and its answer back, as it comes.
   * @returns false where the request is for this instance.
   */
  pass(exchange: Exchange, body: Buffer): Promise<boolean>;
};

/** An instance that is alone. */
export const alone: Neighbours = { pass: async () => false };
