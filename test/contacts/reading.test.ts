/** Which pages one reading of the whole account asks for, whatever the API says of them. */
import { describe, expect, it } from 'vitest';
import { createReading, type PageFacts } from '../../src/contacts/directory/sync/reading.ts';

const people = (count: number) => Array.from({ length: count }, (_, at) => `c${at}`);
/** Lets whoever waits go on. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** @param says what the API says otherwise of a page. */
function stage(ids: string[], says: (page: number, times: number) => Partial<PageFacts> = () => ({})) {
  const asked: number[] = [];
  const known = new Set<string>();
  const reading = createReading({ wall: 0, monotonic: 0 }, 1);
  let atOnce = 0;
  let most = 0;
  let left: number[] = [];
  const readPage = async (page: number): Promise<PageFacts> => {
    asked.push(page);
    most = Math.max(most, ++atOnce);
    await turn();
    atOnce--;
    const rows = ids.slice((page - 1) * 100, page * 100);
    const fresh = rows.filter((id) => !known.has(id));
    const pages = Math.ceil(ids.length / 100);
    const facts = { total: ids.length, pages, more: page < pages };
    const said = says(page, asked.filter((one) => one === page).length);
    for (const id of rows) known.add(id);
    return { fresh: fresh.length, repeated: fresh.length < rows.length, ...facts, ...said };
  };
  return {
    ...{ reading, asked, known },
    most: () => most,
    left: () => left,
    async run() {
      left = [];
      await reading.run(readPage, () => void left.push(reading.pagesLeft()));
      return asked.splice(0);
    },
  };
}
const upTo = (last: number) => Array.from({ length: last }, (_, at) => at + 1);

describe('a reading', () => {
  it('asks for each page once, six at a time, and knows how many are left', async () => {
    const it = stage(people(1_450));
    expect([it.reading.pages(), it.reading.pagesLeft(), it.reading.total()]).toEqual([1, 1, undefined]);
    expect(await it.run()).toEqual(upTo(15));
    expect(it.left()).toEqual(upTo(15).map((page) => 15 - page));
    expect([it.reading.found(), it.reading.total(), it.reading.pages(), it.most()]).toEqual([
      1450, 1450, 15, 6,
    ]);
  });

  it('that fails begins no other page, and is taken up where it stopped', async () => {
    let isDown = true;
    const it = stage(people(2_000), (page) => {
      if (isDown && page === 4) throw new Error('down');
      return {};
    });
    await expect(it.run()).rejects.toThrow('down');
    expect(it.asked.splice(0)).toEqual(upTo(9));
    isDown = false;
    expect(await it.run()).toEqual([4, ...upTo(20).slice(9)]);
    expect(it.reading.found()).toBe(2_000);
  });

  it.each<[what: string, says: Partial<PageFacts>, pages: number[]]>([
    ['nothing of pages', { total: undefined, pages: undefined, more: undefined }, [1, 2, 3, 4]],
    ['only whether more follow', { total: undefined, pages: undefined }, [1, 2, 3]],
    ['only a count', { pages: undefined, more: undefined }, [1, 2, 3, 4]],
  ])('where the API says %s ends with the last page', async (_what, says, pages) => {
    const it = stage(people(250), () => says);
    expect(await it.run()).toEqual(pages);
    expect(it.reading.found()).toBe(250);
  });

  it('goes past the last page as long as more are said to follow and bring somebody', async () => {
    const it = stage(people(450), () => ({ pages: 2, more: true }));
    expect([...new Set(await it.run())]).toEqual(upTo(6));
    expect(it.reading.found()).toBe(450);
  });

  it('ends where page after page brings nobody new and nobody came or went', async () => {
    const it = stage(people(100), (page) => ({
      total: 100_000,
      pages: 1_000,
      more: true,
      fresh: page === 1 ? 100 : 0,
    }));
    const pages = await it.run();
    expect([pages.length, pages.slice(0, 14)]).toEqual([19, upTo(14)]);
  });

  it('of an empty account is one page', async () => {
    const it = stage([], () => ({ pages: 0 }));
    expect(await it.run()).toEqual([1]);
  });
});

describe('contacts that are counted and not listed', () => {
  it('are looked for once more, and no third time where that brought nobody', async () => {
    const it = stage(people(250), () => ({ total: 260 }));
    expect(await it.run()).toEqual([1, 2, 3, 1, 1, 2, 3, 1]);
    expect(it.reading.found()).toBe(250);
  });

  it('are looked for a third time where the second brought some, and no fourth', async () => {
    const fresh = (page: number, times: number) => (page === 2 && times <= 4 ? { fresh: 100 - times } : {});
    const it = stage(people(250), (page, times) => ({ total: 1_000, ...fresh(page, times) }));
    const pages = await it.run();
    expect(pages.filter((page) => page === 3)).toHaveLength(3);
  });
});

describe('pages whose counts differ', () => {
  it('are read again where they meet, as many as may hold whoever moved; then the first ones', async () => {
    const ids = people(1_000);
    const it = stage(ids, (page) => {
      if (page === 5) ids.splice(0, 250);
      return {};
    });
    expect(await it.run()).toEqual([...upTo(10), 3, 4, 5, 6, 7, 8, 1]);
    expect(ids.filter((id) => !it.known.has(id))).toEqual([]);
  });

  it('a count that rose by one reads the first page again, where whoever is new comes', async () => {
    const ids = people(400);
    const it = stage(ids, (page) => {
      if (page === 2) ids.unshift('new');
      return {};
    });
    expect(await it.run()).toEqual([1, 2, 3, 4, 5, 1, 2]);
    expect(ids.filter((id) => !it.known.has(id))).toEqual([]);
  });
});
