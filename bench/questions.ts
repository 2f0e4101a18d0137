/** A question of each kind, and how long it takes once the account is read. */
import type { Contacts } from '../src/contacts/contacts.ts';
import type { SearchRequest } from '../src/contacts/search-request.ts';

export const QUESTIONS: Record<string, Partial<SearchRequest>> = {
  'digits, ends in': { query: 'ends in 70877' },
  'digits, anywhere': { query: '(415) 555' },
  'one digit': { query: '7' },
  word: { query: 'hernández' },
  'word with a typo (fuzzy)': { query: 'hernandezz' },
  'two words, one a typo (fuzzy)': { query: 'Sofia Hernandes' },
  'country and word': { query: 'brazil vip' },
  country: { country: 'Spain' },
  'all filters': {
    country: ['Spain', 'Brazil'],
    channel: 'whatsapp',
    opt_out: false,
    created_after: '1y',
    metadata: { segment: 'vip' },
  },
  metadata: { metadata: { company: 'Kestrel Books' } },
  'dates, oldest first': { created_after: '1y', sort: 'oldest' },
  'recently updated': { sort: 'recently_updated' },
  'by number': { sort: 'phone_number', limit: 100 },
  'counts by country': { group_by: 'country' },
  'counts by metadata': { group_by: 'metadata.company' },
};

/** p50 and p95 in milliseconds, and how many contacts fit. */
export type Timing = { total: number; p50: number; p95: number };

/** @param contacts read whole, with a clock that stands still. */
export async function timeQuestions(contacts: Contacts, runs: number): Promise<Record<string, Timing>> {
  const caller = {
    signal: new AbortController().signal,
    canAsk: false,
    progress: () => {},
    confirm: async () => {},
  };
  const timings: Record<string, Timing> = {};
  for (const [name, question] of Object.entries(QUESTIONS)) {
    const took: number[] = [];
    let total = 0;
    for (let run = 0; run < runs; run++) {
      const began = performance.now();
      ({ total } = await contacts.search({ limit: 20, ...question }, caller));
      took.push(performance.now() - began);
    }
    took.sort((a, b) => a - b);
    const at = (share: number) => took[Math.min(runs - 1, Math.floor(share * runs))] ?? 0;
    timings[name] = { total, p50: at(0.5), p95: at(0.95) };
  }
  return timings;
}
