import { element } from './element.ts';
import type { Words } from './words.ts';

export type Count = { value: string; count: number; tone?: string | undefined };

/** Counts as bars, each with its name and figure; read as a table. */
export function bars(label: string, counts: readonly Count[], words: Words): HTMLElement {
  const most = Math.max(1, ...counts.map(({ count }) => count));
  return element(
    'table',
    { class: 'bars', 'aria-label': label },
    counts.map(({ value, count, tone }) =>
      element(
        'tr',
        {},
        element('th', { scope: 'row' }, element('bdi', { dir: 'auto' }, value)),
        element(
          'td',
          {},
          element('span', { class: `bar ${tone ?? ''}`, style: `inline-size:${(100 * count) / most}%` }),
        ),
        element('td', { class: 'count' }, words.number(count)),
      ),
    ),
  );
}

const [WIDTH, HEIGHT, EDGE] = [600, 160, 8];

/** Counts over time as a line, from the first to the last; its figures are said to who cannot see it. */
export function line(label: string, counts: readonly Count[], words: Words): HTMLElement {
  const most = Math.max(1, ...counts.map(({ count }) => count));
  const step = (WIDTH - 2 * EDGE) / Math.max(1, counts.length - 1);
  const points = counts.map(({ count }, place) => ({
    x: EDGE + place * step,
    y: HEIGHT - EDGE - (count / most) * (HEIGHT - 2 * EDGE),
  }));
  const said = counts.map(({ value, count }) => `${value}: ${words.number(count)}`);
  return element(
    'figure',
    {},
    element(
      'svg',
      { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': `${label}. ${said.join(', ')}` },
      element('path', { d: points.map(({ x, y }, i) => `${i ? 'L' : 'M'}${x} ${y}`).join('') }),
      points.map(({ x, y }, place) =>
        element('circle', { cx: x, cy: y, r: 3 }, element('title', {}, said[place])),
      ),
    ),
    element('figcaption', {}, counts[0]?.value, element('span', {}, counts.at(-1)?.value)),
  );
}
