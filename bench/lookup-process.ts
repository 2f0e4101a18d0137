/** Reads one account in three ways and asks it questions: `<url> <key> <contacts>`; tells what it measured. */
import { contactsOf, ourFill, rawFill, sdkFill } from './fill.ts';
import { type Timing, timeQuestions } from './questions.ts';

export type Measured = {
  /** Seconds. */
  best: { raw: number; sdk: number; ours: number };
  timings: Record<string, Timing>;
  /** What the directory keeps, after a collection. */
  heapBytes: number;
};

const RUNS = 200;

const liveBytes = (): number => {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

async function measure(url: string, key: string, contacts: number): Promise<Measured> {
  const simulator = { url, key, stop: () => {} };
  /** Each way reads the account so often, in turns; the best counts. */
  const rounds = contacts <= 100_000 ? 3 : 1;
  const best = {
    raw: Number.POSITIVE_INFINITY,
    sdk: Number.POSITIVE_INFINITY,
    ours: Number.POSITIVE_INFINITY,
  };
  let ours = contactsOf(simulator);
  let heapBytes = 0;
  for (let round = 0; round < rounds; round++) {
    best.raw = Math.min(best.raw, await rawFill(simulator, contacts));
    best.sdk = Math.min(best.sdk, await sdkFill(simulator, contacts));
    ours = contactsOf(simulator);
    const before = liveBytes();
    best.ours = Math.min(best.ours, await ourFill(ours.contacts, contacts));
    heapBytes = liveBytes() - before;
  }
  ours.freeze();
  return { best, timings: await timeQuestions(ours.contacts, RUNS), heapBytes };
}

const [url = '', key = '', contacts] = process.argv.slice(2);
void measure(url, key, Number(contacts)).then((measured) => process.send?.(measured));
