/** A first collection empties the young part of the heap; only one after a rest makes it small again. */
const COLLECT_AFTER_MS = [5_000, 10_500];
/** An answer has been written by then. */
const SOON_MS = 50;
let waiting: NodeJS.Timeout[] = [];

/**
 * Lets the system have what reading an account left behind, when the server has come to rest. Node collects when it
 * wants room, so that a server that rests keeps all it ever took: 155 MB instead of 100 after 100,000 contacts
 * (docs/lookup.md). Each collection takes 20 to 30 ms.
 */
export const giveBackMemory = (): Promise<void> => collectAfter(COLLECT_AFTER_MS);

/** The same after a large send, and once at its end: else of one after the other Node keeps 100 MB that nothing uses. */
export const giveBackMemorySoon = (): Promise<void> => collectAfter([SOON_MS, ...COLLECT_AFTER_MS]);

async function collectAfter(delays: readonly number[]): Promise<void> {
  const [{ setFlagsFromString }, { runInNewContext }] = await Promise.all([
    import('node:v8'),
    import('node:vm'),
  ]);
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (const timer of waiting) clearTimeout(timer);
  waiting = delays.map((ms) => setTimeout(collect, ms).unref());
}
