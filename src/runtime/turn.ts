/** So long, in milliseconds, long work runs before other work has its turn. */
const TURN_MS = 8;
const LOOKS_EVERY = 8;

/**
 * A turn of long work, such as reading a list, which holds nobody up: when `isOver`, await `next`. By time and not by
 * amount, since a busy machine does less in it; it changes when something is done, never what.
 */
export function createTurn(): { isOver(): boolean; next(): Promise<void> } {
  let endsAt = performance.now() + TURN_MS;
  let asked = 0;
  return {
    // To look at the clock takes as long as to read a line.
    isOver: () => ++asked % LOOKS_EVERY === 0 && performance.now() > endsAt,
    async next() {
      await new Promise<void>((resolve) => setImmediate(resolve));
      endsAt = performance.now() + TURN_MS;
    },
  };
}
