/** Nested deeper than this, a value only breaks what walks through it. */
const MAX_DEPTH = 100;

/** The same metadata, with an ellipsis below a hundred levels; what nests nothing is not touched. */
export const limitDepth = (metadata: Record<string, unknown>): Record<string, unknown> =>
  Object.values(metadata).some((value) => typeof value === 'object')
    ? (shallow(metadata, MAX_DEPTH) as Record<string, unknown>)
    : metadata;

function shallow(value: unknown, levels: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return '…';
  if (Array.isArray(value)) return value.map((item) => shallow(item, levels - 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shallow(item, levels - 1)]));
}
