import type { Criteria, GroupBy, GroupPart } from '../question/index.ts';
import { groupsOfValue, monthOf, NO_GROUP } from '../question/index.ts';
import type { Columns } from './columns/index.ts';
import { createMatcher } from './matcher.ts';

export type Grouped = { total: number; groups: { value: string; count: number }[] };

type Lists = readonly string[];
/** Where contacts are counted by one thing, the second is this for all of them. */
const ONE: Lists = [''];

/** Counts what fits by group, most first. Of two things each pair is a group, with a comma between them. */
export function countGroups(
  criteria: Criteria,
  { parts }: GroupBy,
  columns: Columns,
  isExcluded?: (phone: string) => boolean,
): Grouped {
  const [first, second] = parts;
  const firstOf = createGroupsOf(first, columns);
  const secondOf = second ? createGroupsOf(second, columns) : () => ONE;
  const tally = new Map<Lists, Map<Lists, number>>();
  let total = 0;
  createMatcher(criteria, columns).each((row) => {
    if (isExcluded?.(columns.numbers.text(row))) return;
    total++;
    const names = firstOf(row);
    const inner = tally.get(names) ?? new Map<Lists, number>();
    if (inner.size === 0) tally.set(names, inner);
    const others = secondOf(row);
    inner.set(others, (inner.get(others) ?? 0) + 1);
  });
  const counts = new Map<string, number>();
  for (const [names, inner] of tally) {
    for (const [others, count] of inner) {
      for (const name of names) {
        for (const other of others) {
          const value = second ? `${name},${other}` : name;
          counts.set(value, (counts.get(value) ?? 0) + count);
        }
      }
    }
  }
  return { total, groups: sortedGroups(counts) };
}

/** Groups, most first. */
export const sortedGroups = (counts: ReadonlyMap<string, number>): Grouped['groups'] =>
  [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));

/** The groups of a row; the same list for all rows of the same kind. */
function createGroupsOf(part: GroupPart, columns: Columns): (row: number) => Lists {
  if (part.on === 'facets') {
    const lists = columns.facets().map(part.groupsOf);
    return (row) => lists[columns.facetsOf(row)] ?? NO_GROUP;
  }
  if (part.on === 'created_month') {
    const byDay = new Map<number, Lists>();
    return (row) => {
      const time = columns.created.time(row);
      const day = Math.floor(time / 86_400_000);
      const known = byDay.get(day);
      if (known !== undefined) return known;
      const list = monthOf(time);
      byDay.set(day, list);
      return list;
    };
  }
  const lists = columns.metadata
    .cells()
    .map(({ key, value }) => (key === part.key ? groupsOfValue(value) : NO_GROUP));
  return (row) => lists[columns.metadata.cellOf(row, part.key) ?? -1] ?? NO_GROUP;
}
