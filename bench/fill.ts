/** Reading a whole account, three ways. Each gives the seconds it took. */
import Sent from '@sentdm/sentdm';
import { type Contacts, createContacts } from '../src/contacts/contacts.ts';
import { systemClock } from '../src/runtime/clock.ts';
import { createSentClient } from '../src/sent/client.ts';
import { createMemoryStore } from '../src/state/memory.ts';
import type { Running } from './simulator-process.ts';

async function timed(work: () => Promise<number>, contacts: number): Promise<number> {
  const began = performance.now();
  const read = await work();
  if (read !== contacts) throw new Error(`read ${read} of ${contacts}`);
  return (performance.now() - began) / 1000;
}

/** What anybody would write first: page after page. */
export const rawFill = ({ url, key }: Running, contacts: number): Promise<number> =>
  timed(async () => {
    let read = 0;
    for (let page = 1, more = true; more; page++) {
      const response = await fetch(`${url}/v3/contacts?page=${page}&page_size=100`, {
        headers: { 'x-api-key': key },
      });
      const { data } = (await response.json()) as {
        data: { contacts: unknown[]; pagination: { has_more: boolean } };
      };
      read += data.contacts.length;
      more = data.pagination.has_more;
    }
    return read;
  }, contacts);

export const sdkFill = ({ url, key }: Running, contacts: number): Promise<number> =>
  timed(async () => {
    const sent = new Sent({ apiKey: key, baseURL: url });
    let read = 0;
    for (let page = 1, more = true; more; page++) {
      const { data } = await sent.contacts.list({ page, page_size: 100 });
      read += data?.contacts?.length ?? 0;
      more = data?.pagination?.has_more ?? false;
    }
    return read;
  }, contacts);

/** The contacts of an account; `freeze` stops their clock, so that what was read does not grow old. */
export function contactsOf({ url, key }: Running): { contacts: Contacts; freeze(): void } {
  let frozen: { now: number; monotonic: number } | undefined;
  const clock = {
    now: () => frozen?.now ?? systemClock.now(),
    monotonic: () => frozen?.monotonic ?? systemClock.monotonic(),
    sleep: systemClock.sleep,
  };
  const newKey = () => crypto.randomUUID();
  const client = createSentClient({
    apiKey: key,
    baseUrl: url,
    sandbox: false,
    timeoutMs: 30_000,
    userAgent: 'bench',
    fetch: globalThis.fetch,
    clock,
    newKey,
    random: Math.random,
    log: () => {},
  });
  const state = createMemoryStore(clock, { lasts: false }).account('bench');
  return {
    contacts: createContacts(client, { clock, state, newKey, defaultCountry: undefined, sandbox: false }),
    freeze() {
      frozen = { now: clock.now(), monotonic: clock.monotonic() };
    },
  };
}

/** Ours: read, parsed, checked, kept and made ready for questions. */
export const ourFill = ({ directory }: Contacts, contacts: number): Promise<number> =>
  timed(async () => {
    const caller = { signal: new AbortController().signal, progress: () => {} };
    while (!(await directory.ready(caller)).complete);
    return directory.book.size;
  }, contacts);
