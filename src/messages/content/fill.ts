import { fold } from '../../text/index.ts';

/** A name, and the words for those who have none. */
const FIELD = String.raw`\s*([^{}|\s"':;,=<>[\]\\][^{}|":;,=<>[\]\\\r\n]{0,99}?)\s*(?:\|\s*([^{}\r\n]{0,200}?)\s*)?`;
/**
 * A field in braces, as people write it: `{name}`, `{{name}}`, `{ First name }`, `{name|friend}`. What no name of a field
 * looks like, such as `{"a": 1}` or `{ }`, is text like any other.
 */
const PLACEHOLDER = new RegExp(String.raw`\{\{${FIELD}\}\}|\{${FIELD}\}`, 'g');
/** The parts of a match: each way of writing it has its own groups. */
const partsOf = ([twice, fallbackTwice, once, fallbackOnce]: readonly (string | undefined)[]) =>
  twice === undefined
    ? { field: once ?? '', fallback: fallbackOnce }
    : { field: twice, fallback: fallbackTwice };

/** Words by their place: the text of a message, or the parameters of a template. */
export type Words = Readonly<Record<string, string>>;

/** Names are compared without regard to case, accents and punctuation; what is nothing else, as it stands. */
const fieldKey = (name: string): string => fold(name) || name.trim();

/** The fields that words ask of each recipient, as they were first written; those without a fallback are needed. */
export function fieldsAskedBy(words: Words): { field: string; isNeeded: boolean }[] {
  const found = new Map<string, { field: string; isNeeded: boolean }>();
  for (const value of Object.values(words)) {
    for (const [, ...groups] of value.matchAll(PLACEHOLDER)) {
      const { field, fallback } = partsOf(groups);
      const before = found.get(fieldKey(field));
      const isNeeded = !fallback || before?.isNeeded === true;
      found.set(fieldKey(field), { field: before?.field ?? field, isNeeded });
    }
  }
  return [...found.values()];
}

/** What these words ask of one person: the value of each field, on one line; '' for one that is not known. */
export function valuesFor(words: Words, fields: Words = {}): Record<string, string> {
  const known = new Map(Object.entries(fields).map(([name, value]) => [fieldKey(name), value]));
  const asked = fieldsAskedBy(words).map(({ field }): [string, string] => [
    field,
    (known.get(fieldKey(field)) ?? '').replace(/\s+/g, ' ').trim(),
  ]);
  return Object.fromEntries(asked);
}

/** The first field that is needed and has no value. */
export const missingField = (words: Words, values: Words): string | undefined =>
  fieldsAskedBy(words).find(({ field, isNeeded }) => isNeeded && !values[field])?.field;

/** The words with the values in their places. A value is never filled again, whatever it holds. */
export function fill(words: Words, values: Words): Record<string, string> {
  const byKey = new Map(Object.entries(values).map(([field, value]) => [fieldKey(field), value]));
  const filled = Object.entries(words).map(([place, value]) => [
    place,
    value.replace(PLACEHOLDER, (_all, ...groups) => {
      const { field, fallback } = partsOf(groups);
      return byKey.get(fieldKey(field)) || (fallback ?? '');
    }),
  ]);
  return Object.fromEntries(filled);
}
