import type { ListedContact } from './render.ts';

/** What each contact of a list may cost: twenty of them with the rest of a result about 1,000 tokens. */
const TOKENS_EACH = 43;
const FEW = 20;
/** Shorter pages show all. */
const LEAN_FROM = 10;

/**
 * The same list with as many keys of the metadata as fit, so that a page never floods its reader: those that were asked
 * for, then those that most have; and one time of each, to the day. A shorter page has room for more; `get_contact` has all.
 */
export function leanList(
  all: readonly ListedContact[],
  askedFor: readonly string[],
): { contacts: ListedContact[]; leftOut: string[] } {
  if (all.length < LEAN_FROM) return { contacts: [...all], leftOut: [] };
  const contacts = all.map(toTheDay);
  const hasBoth = all.some(({ created_at, updated_at }) => created_at && updated_at);
  const costs = new Map<string, { tokens: number; count: number }>();
  let used = 0;
  for (const { metadata, ...rest } of contacts) {
    used += tokensIn(JSON.stringify(rest));
    for (const [key, value] of Object.entries(metadata ?? {})) {
      const cost = costs.get(key) ?? { tokens: 0, count: 0 };
      const tokens = WORDINESS * tokensIn(`"${key}":${JSON.stringify(value)}`);
      costs.set(key, { tokens: cost.tokens + tokens, count: cost.count + 1 });
    }
  }
  const byWorth = [...costs].sort(
    ([a, first], [b, second]) =>
      Number(askedFor.includes(b)) - Number(askedFor.includes(a)) || second.count - first.count,
  );
  const budget = TOKENS_EACH * Math.max(FEW, contacts.length);
  const shown = new Set<string>();
  for (const [key, { tokens }] of byWorth) {
    if (!askedFor.includes(key) && shown.size > 0 && used + tokens > budget) continue;
    used += tokens;
    shown.add(key);
  }
  const leftOut = [...(hasBoth ? ['created_at'] : []), ...[...costs.keys()].filter((key) => !shown.has(key))];
  if (leftOut.length === 0) return { contacts, leftOut };
  return { contacts: contacts.map((contact) => withKeys(contact, shown)), leftOut };
}

const dayOf = (time: string | undefined): string | undefined => time?.replace(/^(\d{4}-\d\d-\d\d)T.*/, '$1');

const toTheDay = ({ created_at, updated_at, ...contact }: ListedContact): ListedContact => ({
  ...contact,
  ...(created_at !== undefined && updated_at === undefined && { created_at: dayOf(created_at) }),
  ...(updated_at !== undefined && { updated_at: dayOf(updated_at) }),
});

/** About as many as a model counts: a word of a few letters, up to three digits, a run of punctuation. */
const tokensIn = (json: string): number =>
  json.match(/ ?[\p{L}_]{1,7}|\d{1,3}|[^\p{L}\d\s_]+/gu)?.length ?? 0;
/** Names and words of people take more than those of the API, by measurement. */
const WORDINESS = 1.35;

function withKeys({ metadata, from_address_book, ...contact }: ListedContact, shown: ReadonlySet<string>) {
  const kept = Object.entries(metadata ?? {}).filter(([key]) => shown.has(key));
  const theirs = from_address_book?.filter((key) => shown.has(key)) ?? [];
  return {
    ...contact,
    metadata: kept.length > 0 ? Object.fromEntries(kept) : undefined,
    ...(theirs.length > 0 && { from_address_book: theirs }),
  };
}
