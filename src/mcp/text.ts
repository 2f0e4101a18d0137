import { sanitise } from '../text/index.ts';

export { inline, inlineList, quoted, sanitise } from '../text/index.ts';

/** Metadata and the like may be as wide and as deep as this. */
const MAX_ENTRIES = 100;
const MAX_LEVELS = 10;
/** The lists that a result itself is made of are not cut: contacts, messages, and what stands beside them. */
const OWN_LEVELS = 3;

/**
 * A whole result cleaned, without nulls and without what was not given. Each text has at most 2,000 characters; what
 * the network nests has at most 100 entries a level and ten levels.
 */
export function sanitiseResult(value: unknown, level = 0): unknown {
  if (typeof value === 'string') return sanitise(value);
  if (typeof value !== 'object' || value === null) return value;
  if (level > MAX_LEVELS) return '… (cut)';
  const max = level < OWN_LEVELS ? undefined : MAX_ENTRIES;
  if (Array.isArray(value)) {
    const items = value.filter((item) => item !== null && item !== undefined);
    return items.slice(0, max).map((item) => sanitiseResult(item, level + 1));
  }
  const kept = Object.entries(value)
    .filter(([, inner]) => inner !== undefined && inner !== null)
    .slice(0, MAX_ENTRIES);
  return Object.fromEntries(
    kept.map(([key, inner]) => [sanitise(key, 200), sanitiseResult(inner, level + 1)]),
  );
}

/** `1 contact`, `2 contacts`. */
export const count = (amount: number, one: string): string => `${amount} ${one}${amount === 1 ? '' : 's'}`;

/** The lines that are there. */
export const lines = (...texts: (string | false | undefined | readonly string[])[]): string =>
  texts
    .flat()
    .filter((text) => text !== false && text !== undefined && text !== '')
    .join('\n');
