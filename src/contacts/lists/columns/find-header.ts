import { isKnownHeading } from '../headings/index.ts';
import { shapeOf } from './cell-shape.ts';

/** So many records may stand above the header: a title, a date, a blank. */
const MAX_ABOVE = 12;

/**
 * The place of the header among the first records: the first one that names columns and holds no number itself, else
 * the one above the first number. Undefined where there is none.
 */
export function findHeader(
  records: readonly (readonly string[])[],
  countries: readonly string[],
): number | undefined {
  const filledIn = (cells: readonly string[]) => cells.filter((cell) => cell.trim() !== '').length;
  const holdsNumber = (cells: readonly string[]) =>
    cells.some((cell) => (shapeOf(cell, countries).phone ?? 0) >= 0.4 || /@[\w-]+\.\w/.test(cell));
  const widest = Math.max(0, ...records.map(filledIn));
  const least = widest > 1 ? 2 : 1; // A single cell above a table is its title.
  const above = records.slice(0, MAX_ABOVE);
  const firstData = above.findIndex(holdsNumber);
  const until = firstData < 0 ? above.length : firstData;
  const named = above.slice(0, until).findIndex((cells) => {
    const known = cells.filter((cell) => cell.trim() !== '' && isKnownHeading(cell)).length;
    return filledIn(cells) >= least && known >= Math.min(2, least);
  });
  if (named >= 0) return named;
  if (firstData < 0) return records.length > 0 ? 0 : undefined;
  // Names that nobody foresaw, right above the first number.
  return firstData > 0 && filledIn(records[firstData - 1] ?? []) >= least ? firstData - 1 : undefined;
}
