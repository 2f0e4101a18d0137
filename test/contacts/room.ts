import { createDirectory } from '../../src/contacts/directory/directory.ts';
import { createFinder } from '../../src/contacts/directory/finder.ts';
import { createSearch, type SearchRequest } from '../../src/contacts/search.ts';
import { createSimulator, type SimulatorOptions } from '../../src/simulator/simulator.ts';
import { client } from '../sent/client.ts';

export const START = Date.UTC(2026, 10, 23, 12);

/**
 * A clock that leaps to the next moment that somebody sleeps for, when nothing moves but time: work that is under way
 * holds it, unless it shows no sign of life through many turns of the event loop, as what hangs does.
 */
function createLeapingClock(start: number) {
  const [restTurns, hangTurns] = [40, 4_000];
  let at = start;
  let working = 0;
  let turns = 0;
  let running = false;
  const sleepers = new Set<{ due: number; wake: () => void }>();
  const run = (): void => {
    running = sleepers.size > 0;
    if (!running) return;
    setImmediate(run);
    if (turns++ < (working > 0 ? hangTurns : restTurns)) return;
    turns = 0;
    at = Math.max(at, Math.min(...[...sleepers].map(({ due }) => due)));
    for (const sleeper of [...sleepers]) if (sleeper.due <= at) sleeper.wake();
  };
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const sleeper = {
        due: at + ms,
        wake: () => {
          turns = 0;
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', sleeper.wake);
          resolve();
        },
      };
      turns = 0;
      sleepers.add(sleeper);
      signal?.addEventListener('abort', sleeper.wake, { once: true });
      if (!running) setImmediate(run);
      running = true;
    });
  return {
    now: () => at,
    sleep,
    /** Holds the clock while work goes on. */
    async during<T>(work: Promise<T>): Promise<T> {
      working++;
      return work.finally(() => {
        working--;
        turns = 0;
      });
    },
    /** How the simulator sleeps in the midst of work; rejects when aborted. */
    async work(ms: number, signal?: AbortSignal): Promise<void> {
      working--;
      await sleep(ms, signal);
      working++;
      signal?.throwIfAborted();
    },
  };
}

/**
 * The search of an account over the simulator, in virtual time.
 * @param options `before` is called with each page number of the account that is asked for, before it is answered.
 */
export function room(
  options: SimulatorOptions & {
    before?: (page: number) => void;
    change?: (response: Response) => Promise<Response>;
  } = {},
) {
  const clock = createLeapingClock(START);
  const simulator = createSimulator({ now: clock.now, sleep: clock.work, ...options });
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const url = new URL(new Request(input).url);
    if (url.pathname === '/v3/contacts' && url.searchParams.get('page_size') === '100')
      options.before?.(Number(url.searchParams.get('page')));
    const response = await clock.during(simulator.fetch(input, init));
    return options.change ? options.change(response) : response;
  };
  const { sent } = client(fetch, { clock, apiKey: simulator.key });
  const directory = createDirectory(sent, clock);
  const finder = createFinder(sent, directory, { defaultCountry: undefined });
  let keys = 0;
  const search = createSearch({
    directory,
    finder,
    clock,
    newKey: () => `cursor-${String(++keys).padStart(8, '0')}`,
    defaultCountry: undefined,
  });
  const progress: number[] = [];
  const caller = (signal = new AbortController().signal) => ({
    signal,
    progress: (done: number) => void progress.push(done),
    canAsk: false,
    confirm: async () => {},
  });
  return {
    clock,
    simulator,
    sent,
    directory,
    finder,
    progress,
    caller,
    ask: (request: Partial<SearchRequest>, signal?: AbortSignal) =>
      search({ limit: 20, ...request }, caller(signal)),
    /** The queries that went out since the last look. */
    wire: () =>
      simulator.requests
        .splice(0)
        .map(({ query: { pageSize: _, ...query } }) => new URLSearchParams(query).toString()),
    /** Waits until nobody reads any more. */
    async settled() {
      for (let count = -1; count !== simulator.requests.length; ) {
        count = simulator.requests.length;
        await clock.sleep(2_000);
      }
    },
  };
}
