import { countryWords, type Facets } from '../model/index.ts';
import { type Criteria, NUMBER_FIT, type NumberPart, type Test, wordFit } from '../question/index.ts';
import { type Columns, EMPTY } from './columns/index.ts';

/** A question put to a book: what many rows share is looked at once, so that a row costs a few look-ups. */
export type Matcher = {
  /**
   * Calls `use` for each row that fits, with how well its text does (0 without a text).
   * @param backwards begins with the last row.
   */
  each(use: (row: number, score: number) => void, backwards?: boolean): void;
};

type RowTest = (row: number) => boolean;
/** What a combination of facets says of its rows. */
const [NO, YES, BY_NUMBER] = [0, 1, 2];
/** What a cell of the metadata says of its row. */
const [WRONG_VALUE, RIGHT_VALUE] = [1, 2];

/** Finds the rows whose contact `matches` the criteria; text is scored besides. */
export function createMatcher(criteria: Criteria, columns: Columns): Matcher {
  const ofFacets = criteria.tests.filter((test) => test.on === 'facets');
  const byFacets = Uint8Array.from(columns.facets(), (facets) => {
    const failing = ofFacets.filter((test) => !test.fits(facets));
    if (failing.length === 0) return YES;
    return failing.every(({ orNumber }) => orNumber !== undefined) ? BY_NUMBER : NO;
  });
  const fitsByNumber: RowTest = (row) => {
    const facets = columns.facets()[columns.facetsOf(row)] as Facets;
    return ofFacets.every((test) => test.fits(facets) || test.orNumber?.(columns.numbers.text(row)) === true);
  };
  const rowTests = criteria.tests.flatMap((test) => rowTest(test, columns) ?? []);
  const scoreOf = scorer(criteria, columns);

  return {
    each(use, backwards = false) {
      const end = columns.rows();
      for (let turn = 0; turn < end; turn++) {
        const row = backwards ? end - 1 - turn : turn;
        const facets = columns.facetsOf(row);
        if (facets === EMPTY) continue;
        const fit = byFacets[facets];
        if (fit === NO || (fit === BY_NUMBER && !fitsByNumber(row))) continue;
        let holds = true;
        for (const test of rowTests) holds &&= test(row);
        if (!holds) continue;
        const score = scoreOf(row);
        if (score >= 0) use(row, score);
      }
    },
  };
}

/** How a test is put to a row; facets and text have ways of their own. */
function rowTest(test: Test, columns: Columns): RowTest | undefined {
  switch (test.on) {
    case 'facets':
    case 'text':
      return undefined;
    case 'number':
      return (row) => test.fits(columns.numbers.text(row));
    case 'created_at':
      return (row) => test.fits(columns.created.time(row));
    case 'updated_at':
      return (row) => test.fits(columns.updated.time(row));
    case 'metadata': {
      const { metadata } = columns;
      const ofCells = Uint8Array.from(metadata.cells(), (cell) =>
        cell.key === test.key ? (test.fits(cell.value) ? RIGHT_VALUE : WRONG_VALUE) : 0,
      );
      const withoutKey = test.fits(undefined) ? RIGHT_VALUE : WRONG_VALUE;
      return (row) => (metadata.best(row, ofCells) || withoutKey) === RIGHT_VALUE;
    }
  }
}

/** How well a row fits a text: the sum over its parts, or -1 where a part is not found. */
function scorer({ text }: Criteria, columns: Columns): (row: number) => number {
  if (text === undefined) return () => 0;
  const parts = [
    ...text.words.map((word) => wordScorer(word, columns)),
    ...text.numbers.map((part) => numberScorer(part, columns)),
  ];
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return (row) => only(row) || -1;
  return (row) => {
    let score = 0;
    for (const part of parts) {
      const fit = part(row);
      if (fit === 0) return -1;
      score += fit;
    }
    return score;
  };
}

/** A word is sought in the metadata and in the names of the country; typos are forgiven where nobody has the very word. */
function wordScorer(word: string, { metadata, facets, facetsOf }: Columns): (row: number) => number {
  const regions = facets().map(({ region_code }) =>
    region_code === undefined ? [] : countryWords(region_code),
  );
  const forgiving = !metadata.words().has(word) && !regions.some((words) => words.includes(word));
  const byFacets = Uint8Array.from(regions, (words) =>
    words.reduce((best, candidate) => Math.max(best, wordFit(word, candidate, forgiving)), 0),
  );
  const byCell = metadata.words().find(word, metadata.cells().length, forgiving);
  return (row) => Math.max(byCell ? metadata.best(row, byCell) : 0, byFacets[facetsOf(row)] ?? 0);
}

/** Digits are sought in the number, and as words in the metadata, where order numbers are. */
function numberScorer(part: NumberPart, { metadata, numbers, rows }: Columns): (row: number) => number {
  const scores = numbers.scores(part, rows());
  const cells = metadata.cells().length;
  const words = part.words.map((word) => metadata.words().find(word, cells, false));
  const known = words.filter((byCell) => byCell !== undefined);
  const mayBeWords = known.length === words.length;
  return (row) => {
    const fit = scores[row] ?? 0;
    if (fit > 0 || !mayBeWords) return fit;
    return known.every((byCell) => metadata.best(row, byCell) > 0) ? NUMBER_FIT.metadata : 0;
  };
}
