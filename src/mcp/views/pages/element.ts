type Child = Node | string | number | false | undefined | null | readonly Child[];
type Attributes = Record<string, string | number | boolean | undefined | ((event: Event) => void)>;

const SVG = /^(svg|path|circle|line|text|title)$/;

/** An element with its attributes and children. Text is always text: nothing of a contact is ever read as HTML. */
export function element<T extends HTMLElement = HTMLElement>(
  tag: string,
  attributes: Attributes = {},
  ...children: Child[]
): T {
  const made = SVG.test(tag)
    ? document.createElementNS('http://www.w3.org/2000/svg', tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(name, value);
    else if (value !== undefined && value !== false)
      made.setAttribute(name, value === true ? '' : String(value));
  }
  append(made, children);
  return made as unknown as T;
}

function append(to: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (Array.isArray(child)) append(to, child);
    else if (child !== false && child !== undefined && child !== null)
      to.append(child instanceof Node ? child : String(child));
  }
}

/** Replaces what the page shows. */
export const showPage = (...children: Child[]): void =>
  document.body.replaceChildren(element('main', {}, ...children));

/** A heading with figures beside each other: `[267, 'found']`. */
export const figures = (
  list: readonly (readonly [value: string, label: string, tone?: string])[],
): HTMLElement =>
  element(
    'ul',
    { class: 'figures' },
    list.map(([value, label, tone]) => element('li', { class: tone }, element('b', {}, value), ` ${label}`)),
  );

/** Sentences that a person must not miss. */
export const warnings = (list: unknown): HTMLElement | undefined => {
  const texts = textsIn(list);
  return texts.length > 0
    ? element(
        'div',
        { role: 'note', class: 'warning' },
        texts.map((text) => element('p', {}, text)),
      )
    : undefined;
};

export const section = (title: string, ...children: Child[]): HTMLElement =>
  element('section', {}, element('h2', {}, title), ...children);

export const textsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
export const recordsIn = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value)
    ? value.filter((item): item is Record<string, unknown> => typeof item === 'object' && item !== null)
    : [];
export const textIn = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);
export const numberIn = (value: unknown): number => (typeof value === 'number' ? value : 0);
