/**
 * Does together what is asked for in one go, and what comes while that is under way as the next: a query for all of
 * them costs what a query for one does. None is in a query that was begun before it was asked for.
 * @param work gives an answer for each, in their order; where it fails, it fails for all.
 */
export function together<T, R>(work: (all: readonly T[]) => Promise<readonly R[]>): (one: T) => Promise<R> {
  type Waiting = { one: T; resolve(answer: R): void; reject(error: unknown): void };
  let waiting: Waiting[] = [];
  let isAtWork = false;

  async function workOn(): Promise<void> {
    while (waiting.length > 0) {
      const those = waiting;
      waiting = [];
      try {
        const answers = await work(those.map(({ one }) => one));
        for (const [at, { resolve }] of those.entries()) resolve(answers[at] as R);
      } catch (error) {
        for (const { reject } of those) reject(error);
      }
    }
    isAtWork = false;
  }

  return (one) =>
    new Promise((resolve, reject) => {
      waiting.push({ one, resolve, reject });
      if (isAtWork) return;
      isAtWork = true;
      process.nextTick(() => void workOn()); // After all that is ready to be asked for.
    });
}
