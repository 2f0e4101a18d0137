import { createHash } from 'node:crypto';
import type { Content } from './content.ts';

/** Marks that keyboards and programs change by themselves: quotes, dashes, the ellipsis. */
const FOLDED: readonly (readonly [RegExp, string])[] = [
  [/[\u2018\u2019\u201a\u201b\u2032\u00b4`]/g, "'"],
  [/[\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb]/g, '"'],
  [/[\u2010-\u2015\u2212]/g, '-'],
  [/\p{Cf}/gu, ''],
  [/\s+/g, ' '],
];

/** Words as two people would say that they are the same. */
const normalised = (text: string): string =>
  FOLDED.reduce((folded, [marks, plain]) => folded.replace(marks, plain), text.normalize('NFKC')).trim();

const hashOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 40);

const sorted = (words: Readonly<Record<string, string>>): [string, string][] =>
  Object.entries(words)
    .map(([place, value]): [string, string] => [place, normalised(value)])
    .sort(([a], [b]) => (a < b ? -1 : 1));

/** What is said, whoever gets it on whichever channel: the same for a message that is only a little different. */
export const fingerprintOfWords = ({ template, parameters = {}, text }: Content): string =>
  hashOf([template?.id ?? null, sorted(parameters), text === undefined ? null : normalised(text)]);

/**
 * What is said, how, when and to whom: two calls with the same fingerprint mean the same send, whatever their order and
 * spacing. Those who are skipped count, so that an opt-out in between does not make it another; what fills the fields of
 * each does not, so that neither does a name that has become known.
 */
export function fingerprintOf(content: Content, people: readonly { to: string }[]): string {
  const { channels, scheduled_at } = content;
  const to = people.map((person) => person.to).sort();
  return hashOf([fingerprintOfWords(content), [...channels].sort(), scheduled_at ?? null, to]);
}
