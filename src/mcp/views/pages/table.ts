import { element } from './element.ts';
import type { Words } from './words.ts';

export type Row = Record<string, unknown>;
export type Column = {
  title: string;
  /** What is shown. */
  cell(row: Row): Node | string;
  /** What is sorted and filtered by. */
  text(row: Row): string;
};

const ROWS_A_PAGE = 50;

/**
 * A table that sorts by a click on a heading, filters by what is typed, and shows 50 rows at a time, so that any number
 * of rows is drawn at once. `more` brings further rows, where there are any.
 */
export function createTable(
  options: {
    label: string;
    columns: readonly Column[];
    words: Words;
    more?: () => Promise<Row[] | undefined>;
  },
  first: readonly Row[],
): HTMLElement {
  const { columns, words } = options;
  let rows = [...first];
  let sortedBy: { column: Column; descending: boolean } | undefined;
  let wanted = '';
  let page = 0;
  let more = options.more;

  const body = element('tbody');
  const status = element('span', { role: 'status' });
  const headings = columns.map((column) =>
    element(
      'th',
      { scope: 'col' },
      element('button', { type: 'button', click: () => sortBy(column) }, column.title),
    ),
  );
  const button = (text: string, click: () => void) =>
    element<HTMLButtonElement>('button', { type: 'button', click }, text);
  const previous = button('Previous', () => turnTo(page - 1));
  const next = button('Next', () => turnTo(page + 1));
  const load = button('Load more', () => void loadMore());
  const filter = element<HTMLInputElement>('input', {
    type: 'search',
    placeholder: 'Filter what is shown',
    'aria-label': 'Filter what is shown',
    input: () => {
      wanted = filter.value.trim().toLowerCase();
      turnTo(0);
    },
  });

  function sortBy(column: Column): void {
    sortedBy = { column, descending: sortedBy?.column === column && !sortedBy.descending };
    const { descending } = sortedBy;
    rows = [...rows].sort((a, b) => words.compare(column.text(a), column.text(b)) * (descending ? -1 : 1));
    headings.forEach((heading, place) => {
      if (columns[place] === column)
        heading.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
      else heading.removeAttribute('aria-sort');
    });
    turnTo(0);
  }

  function turnTo(wantedPage: number): void {
    const found = wanted
      ? rows.filter((row) => columns.some((c) => c.text(row).toLowerCase().includes(wanted)))
      : rows;
    const pages = Math.max(1, Math.ceil(found.length / ROWS_A_PAGE));
    page = Math.min(Math.max(0, wantedPage), pages - 1);
    const from = page * ROWS_A_PAGE;
    const shown = found.slice(from, from + ROWS_A_PAGE);
    body.replaceChildren(
      ...shown.map((row) =>
        element(
          'tr',
          {},
          columns.map((column) => element('td', {}, column.cell(row))),
        ),
      ),
    );
    const last = words.number(from + shown.length);
    status.textContent =
      found.length === 0 ? 'None' : `${words.number(from + 1)}–${last} of ${words.number(found.length)}`;
    previous.disabled = page === 0;
    next.disabled = page === pages - 1;
    load.hidden = more === undefined;
    previous.hidden = next.hidden = pages === 1;
  }

  async function loadMore(): Promise<void> {
    load.disabled = true;
    const before = rows.length;
    const brought = await more?.().catch(() => undefined);
    load.disabled = false;
    if (brought === undefined) more = undefined;
    else rows = [...rows, ...brought];
    turnTo(Math.floor(before / ROWS_A_PAGE));
  }

  turnTo(0);
  return element(
    'div',
    { class: 'table' },
    rows.length > 5 && filter,
    element(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': options.label },
      element(
        'table',
        { 'aria-label': options.label },
        element('thead', {}, element('tr', {}, headings)),
        body,
      ),
    ),
    element('nav', { 'aria-label': `Pages of ${options.label}` }, previous, status, next, load),
  );
}

/** A phone number keeps its order among right-to-left text. */
export const phone = (number: unknown): HTMLElement =>
  element('bdi', { dir: 'ltr', class: 'phone' }, String(number));
/** Somebody's words, in their own direction. */
export const words = (text: string): HTMLElement => element('bdi', { dir: 'auto' }, text);
