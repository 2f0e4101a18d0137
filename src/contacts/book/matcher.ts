import { countryWords } from '../model/index.ts';
import type { NumberPart } from '../question/index.ts';
import { type Criteria, fitsFacets, isSame, isWithin } from '../question/index.ts';
import { type Columns, EMPTY } from './columns.ts';
import { fitOf } from './word-index.ts';

/** A question put to a book: what many rows share is looked at once, so that a row costs a few look-ups. */
export type Matcher = {
  /**
   * Calls `use` for each row that fits, with how well its text does (0 without a text).
   * @param backwards begins with the last row.
   */
  each(use: (row: number, score: number) => void, backwards?: boolean): void;
};

/** The score of digits found as words of the metadata, below any place in the number. */
const NUMBER_IN_METADATA = 2;
/** What a trait says of its rows. */
const [NO, YES, BY_NUMBER] = [0, 1, 2];

export function createMatcher(criteria: Criteria, columns: Columns): Matcher {
  const { created, updated } = columns;
  const byFacets = Uint8Array.from(columns.facets(), (facets) => {
    const fit = fitsFacets(criteria, facets);
    return fit === 'by number' ? BY_NUMBER : fit ? YES : NO;
  });
  const hasMetadata = metadataFilter(criteria, columns);
  const scoreOf = scorer(criteria, columns);
  const ranged = criteria.created !== undefined || criteria.updated !== undefined;
  const hasCode = (phone: string) => criteria.callingCodes.some((code) => phone.startsWith(code));

  return {
    each(use, backwards = false) {
      const end = columns.rows();
      for (let turn = 0; turn < end; turn++) {
        const row = backwards ? end - 1 - turn : turn;
        const facets = columns.facetsOf(row);
        if (facets === EMPTY) continue;
        const fit = byFacets[facets];
        if (fit === NO || (fit === BY_NUMBER && !hasCode(columns.numbers.text(row)))) continue;
        if (
          ranged &&
          !(isWithin(criteria.created, created.time(row)) && isWithin(criteria.updated, updated.time(row)))
        )
          continue;
        if (!hasMetadata(row)) continue;
        const score = scoreOf(row);
        if (score >= 0) use(row, score);
      }
    },
  };
}

/** Whether a row has all the metadata that is asked for; null asks that a key is not there. */
function metadataFilter({ metadata: wanted }: Criteria, { metadata }: Columns): (row: number) => boolean {
  if (wanted.length === 0) return () => true;
  const checks = wanted.map(([key, value]) => {
    const fits = Uint8Array.from(metadata.cells(), (cell) =>
      cell.key === key && (value === null || isSame(cell.value, value)) ? 1 : 0,
    );
    const due = value === null ? 0 : 1;
    return (row: number) => metadata.best(row, fits) === due;
  });
  return (row) => checks.every((check) => check(row));
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
  const forgiving = !metadata.vocabulary().has(word) && !regions.some((words) => words.includes(word));
  const byFacets = Uint8Array.from(regions, (words) =>
    words.reduce((best, candidate) => Math.max(best, fitOf(word, candidate, forgiving)), 0),
  );
  const byCell = metadata.vocabulary().find(word, metadata.cells().length, forgiving);
  return (row) => Math.max(byCell ? metadata.best(row, byCell) : 0, byFacets[facetsOf(row)] ?? 0);
}

/** Digits are sought in the number, and as words in the metadata, where order numbers are. */
function numberScorer(part: NumberPart, { metadata, numbers, rows }: Columns): (row: number) => number {
  const scores = numbers.scores(part, rows());
  const cells = metadata.cells().length;
  const words = part.words.map((word) => metadata.vocabulary().find(word, cells, false));
  const known = words.filter((byCell) => byCell !== undefined);
  const mayBeWords = known.length > 0 && known.length === words.length;
  return (row) => {
    const fit = scores[row] ?? 0;
    if (fit > 0 || !mayBeWords) return fit;
    return known.every((byCell) => metadata.best(row, byCell) > 0) ? NUMBER_IN_METADATA : 0;
  };
}
