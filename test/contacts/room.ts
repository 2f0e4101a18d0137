import { createContacts } from '../../src/contacts/contacts.ts';
import {
  createRefreshThrottle,
  type RefreshThrottle,
} from '../../src/contacts/directory/sync/refresh-throttle.ts';
import type { SearchRequest } from '../../src/contacts/search-request.ts';
import { createSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/simulator.ts';
import { createMemoryStore } from '../../src/state/memory.ts';
import type { AccountState } from '../../src/state/state.ts';
import { client } from '../sent/client.ts';
import { createVirtualClock, START, type VirtualClock } from '../virtual-clock.ts';

export { START };

type Shared = { clock: VirtualClock; simulator: Simulator; state: AccountState };

/**
 * The search of an account over the simulator, in virtual time.
 * @param options `before` is called with each page number of the account that is asked for, before it is answered.
 */
export function room(
  options: SimulatorOptions & {
    /** What other rooms share with this one. */
    state?: AccountState;
    /** Another room whose account, clock and state this one shares, as another process does. */
    beside?: Shared;
    before?: (page: number) => void;
    refreshThrottle?: RefreshThrottle;
    change?: (response: Response) => Promise<Response>;
  } = {},
) {
  const clock = options.beside?.clock ?? createVirtualClock(START);
  const simulator =
    options.beside?.simulator ?? createSimulator({ now: clock.trueTime, sleep: clock.work, ...options });
  const state =
    options.state ?? options.beside?.state ?? createMemoryStore(clock, { lasts: true }).account('a');
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const url = new URL(new Request(input).url);
    if (url.pathname === '/v3/contacts' && url.searchParams.get('page_size') === '100')
      options.before?.(Number(url.searchParams.get('page')));
    const response = await clock.during(simulator.fetch(input, init));
    return options.change ? options.change(response) : response;
  };
  const { sent } = client(fetch, { clock, apiKey: simulator.key });
  let keys = 0;
  const contacts = createContacts(sent, {
    clock,
    state,
    newKey: () => `${options.beside ? 'beside' : 'key'}-${String(++keys).padStart(8, '0')}`,
    defaultCountry: undefined,
    sandbox: false,
    refreshThrottle: options.refreshThrottle ?? createRefreshThrottle(clock),
  });
  const { directory, search } = contacts;
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
    state,
    sent,
    contacts,
    directory,
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
