/** A first collection empties the young part of the heap; only one after a rest makes it small again. */
const COLLECT_AFTER_MS = [5_000, 10_500];
let waiting: NodeJS.Timeout[] = [];

/**
 * Lets the system have what reading an account left behind, when the server has come to rest. Node collects when it
 * wants room, so that a server that rests keeps all it ever took: 155 MB instead of 100 after 100,000 contacts
 * (docs/lookup.md). Each collection takes 20 to 30 ms.
 */
export async function giveBackMemory(): Promise<void> {
  const [{ setFlagsFromString }, { runInNewContext }] = await Promise.all([
    import('node:v8'),
    import('node:vm'),
  ]);
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (const timer of waiting) clearTimeout(timer);
  waiting = COLLECT_AFTER_MS.map((ms) => setTimeout(collect, ms).unref());
}
