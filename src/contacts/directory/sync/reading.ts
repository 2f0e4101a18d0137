import type { Instant } from '../../../runtime/index.ts';
import { MAX_PAGE_SIZE } from '../../../sent/index.ts';

/** What one page of the account told. */
export type PageFacts = {
  /** Contacts that this reading had not found yet. */
  fresh: number;
  /** Whether another page had them before. */
  repeated: boolean;
  /** How many contacts and pages the account has, and whether more come after this page, where the API says so. */
  total: number | undefined;
  pages: number | undefined;
  more: boolean | undefined;
};

/** One reading of the whole account; kept when it fails, so that the next try goes on where it stopped. */
export type Reading = {
  readonly startedAt: Instant;
  /** The number of this reading, from 1 on: the book tells by it what it has found. */
  readonly pass: number;
  /** Contacts found so far, and how many there are if the API has said so. */
  found(): number;
  total(): number | undefined;
  pagesLeft(): number;
  pages(): number;
  /**
   * Reads what is still to be read.
   * @param afterPage is called when a page has been counted.
   * @throws as `readPage` does.
   */
  run(readPage: (page: number) => Promise<PageFacts>, afterPage: () => void): Promise<void>;
};

export const PAGES_AT_ONCE = 6;
/** How often the whole account is read where contacts are missing in the end. */
const MAX_ROUNDS = 3;
/** Pages one after the other that bring nobody new, though no contact came or went. */
const MAX_WITHOUT_NEWS = 2 * PAGES_AT_ONCE;
/** Ends a listing that never ends by itself. */
const MAX_PAGES = 20_000;

/**
 * Contacts that are added or removed meanwhile move the others from page to page. The count that comes with each page
 * tells where: two neighbours with different counts may have lost a contact between them and are read again; so are
 * the first pages, where new contacts appear; and if contacts are still missing, everything.
 */
export function createReading(startedAt: Instant, pass: number): Reading {
  /** The pages that are read, each with the count that came with it. */
  const counts = new Map<number, number | undefined>();
  let last: number | undefined;
  let found = 0;
  let total: number | undefined;
  let repeated = false;
  let pagesWithoutNews = 0;
  /** In the first round, so many pages without anybody new are a listing that turns in a circle. */
  const isCircle = (): boolean => pagesWithoutNews > MAX_WITHOUT_NEWS && new Set(counts.values()).size === 1;

  return {
    startedAt,
    pass,
    found: () => found,
    total: () => total,
    pages: () => last ?? counts.size + 1,
    pagesLeft: () => Math.max(0, (last ?? counts.size + 1) - counts.size),
    async run(readPage, afterPage) {
      const read = async (page: number): Promise<PageFacts> => {
        const facts = await readPage(page);
        found += facts.fresh;
        repeated ||= facts.repeated;
        total = facts.total ?? total;
        counts.set(page, facts.total);
        const end = facts.pages ?? last;
        // An API that says of every page that more follow is believed as long as its pages bring something.
        const goesOn = facts.more && facts.fresh > 0;
        if (end !== undefined) last = Math.min(MAX_PAGES, goesOn ? Math.max(end, page + 1) : end);
        pagesWithoutNews = facts.fresh > 0 ? 0 : pagesWithoutNews + 1;
        afterPage();
        return facts;
      };

      for (let round = 1; ; round++) {
        const before = found;
        await readAll(read, () => round === 1 && isCircle());
        if (round === 1 && isCircle()) return;
        const moved = repeated || new Set(counts.values()).size > 1;
        await rereadGaps(read);
        if (total === undefined) return;
        if (moved || found < total) await readNewest(read);
        // A count that a second look does not bear out is the API's own mistake.
        if (found >= total || round === MAX_ROUNDS || (round > 1 && found === before)) return;
        counts.clear();
        repeated = false;
      }
    },
  };

  /** Page after page until the API has said how many there are, then several at once. */
  async function readAll(read: (page: number) => Promise<PageFacts>, isOver: () => boolean): Promise<void> {
    let next = 1;
    for (; last === undefined && next <= MAX_PAGES; next++) {
      if (counts.has(next)) continue;
      const { fresh, more } = await read(next);
      // Where the API says nothing of more, only a page without news is the end.
      if (last === undefined && (fresh === 0 || more === false)) return;
    }
    const failures: unknown[] = [];
    const worker = async (): Promise<void> => {
      while (failures.length === 0 && !isOver() && next <= (last ?? 0)) {
        const page = next++;
        if (!counts.has(page)) await read(page).catch((error: unknown) => void failures.push(error));
      }
    };
    // A worker that finds nothing to do ends, and the last page may then turn out not to be the last.
    while (failures.length === 0 && !isOver() && next <= (last ?? 0)) {
      await Promise.all(Array.from({ length: PAGES_AT_ONCE }, worker));
    }
    if (failures.length > 0) throw failures[0];
  }

  /** Where the count fell by some between two pages, as many may have moved past the reader, to pages nearby. */
  async function rereadGaps(read: (page: number) => Promise<PageFacts>): Promise<void> {
    const torn = new Set<number>();
    for (const [page, count] of counts) {
      const drop = (count ?? 0) - (counts.get(page + 1) ?? count ?? 0);
      const reach = Math.ceil(drop / MAX_PAGE_SIZE);
      for (let near = page - reach + 1; near <= page + reach; near++) if (near >= 1) torn.add(near);
    }
    for (const page of torn) await read(page);
  }

  async function readNewest(read: (page: number) => Promise<PageFacts>): Promise<void> {
    for (let page = 1; page <= (last ?? 0); page++) if ((await read(page)).fresh === 0) return;
  }
}
