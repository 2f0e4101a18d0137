import { type ConfigData, type FileFormat, isObject } from './file-problem.ts';

const MASK = '••••';
const CONTEXT = 2;

/**
 * The difference between two states of a file, line by line, in a layout of our own. Only names, booleans and the
 * strings of `visible` are shown as they are: a file may hold the secrets of other servers.
 */
export function maskedDiff(
  format: FileFormat,
  before: ConfigData,
  after: ConfigData,
  visible: ReadonlySet<string>,
): string {
  const lines = (data: ConfigData): { plain: string[]; shown: string[] } => {
    const masked = mask(data, visible);
    return { plain: split(format.show(data)), shown: split(format.show(isObject(masked) ? masked : {})) };
  };
  const [old, fresh] = [lines(before), lines(after)];
  const rows = compare(old.plain, fresh.plain).map(({ sign, at }) => {
    const line = (sign === '+' ? fresh : old).shown[at] ?? '';
    return { sign, line };
  });
  const near = (index: number): boolean =>
    rows.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ sign }) => sign !== ' ');
  const output: string[] = [];
  for (const [index, { sign, line }] of rows.entries()) {
    if (!near(index)) continue;
    if (index === 0 || !near(index - 1)) output.push('@@');
    output.push(sign + line);
  }
  return output.join('\n');
}

const split = (text: string): string[] => text.replace(/\n$/, '').split('\n');

function mask(value: unknown, visible: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => mask(item, visible));
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, mask(part, visible)]));
  }
  if (typeof value === 'boolean' || value === null) return value;
  return typeof value === 'string' && visible.has(value) ? value : MASK;
}

type Row = { sign: ' ' | '-' | '+'; at: number };

/** The shortest way from one text to the other; `at` counts in the old lines, for `+` in the new ones. */
function compare(old: readonly string[], fresh: readonly string[]): Row[] {
  let head = 0;
  while (head < old.length && head < fresh.length && old[head] === fresh[head]) head += 1;
  let tail = 0;
  const most = Math.min(old.length, fresh.length) - head;
  while (tail < most && old.at(-1 - tail) === fresh.at(-1 - tail)) tail += 1;

  const [oldEnd, freshEnd] = [old.length - tail, fresh.length - tail];
  // lengths[i][j]: longest common part of the old lines from i on and the new lines from j on.
  const lengths = Array.from({ length: oldEnd + 1 }, () => [] as number[]);
  const common = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = oldEnd - 1; i >= head; i -= 1) {
    for (let j = freshEnd - 1; j >= head; j -= 1) {
      const row = lengths[i] ?? [];
      row[j] = old[i] === fresh[j] ? common(i + 1, j + 1) + 1 : Math.max(common(i + 1, j), common(i, j + 1));
    }
  }
  const rows: Row[] = Array.from({ length: head }, (_, at) => ({ sign: ' ', at }));
  for (let i = head, j = head; i < oldEnd || j < freshEnd; ) {
    if (i < oldEnd && j < freshEnd && old[i] === fresh[j]) {
      rows.push({ sign: ' ', at: i });
      i += 1;
      j += 1;
    } else if (j >= freshEnd || (i < oldEnd && common(i + 1, j) >= common(i, j + 1))) {
      rows.push({ sign: '-', at: i });
      i += 1;
    } else {
      rows.push({ sign: '+', at: j });
      j += 1;
    }
  }
  for (let at = oldEnd; at < old.length; at += 1) rows.push({ sign: ' ', at });
  return rows;
}
