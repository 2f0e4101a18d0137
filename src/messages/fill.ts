/** What stands in braces in a parameter, such as `{name}`: the field of each recipient that fills it. */
const PLACEHOLDER = /\{([\p{L}\p{N}_][\p{L}\p{N}_ .-]{0,59})\}/gu;

/** The fields that parameters ask of each recipient. */
export function fieldsAskedBy(parameters: Readonly<Record<string, string>>): string[] {
  const found = Object.values(parameters).flatMap((value) => [...value.matchAll(PLACEHOLDER)]);
  return [...new Set(found.map(([, field]) => field ?? ''))];
}

/** The parameters for one recipient, each value on one line; or the first field that this recipient lacks. */
export function fill(
  parameters: Readonly<Record<string, string>>,
  fields: Readonly<Record<string, string>> = {},
): { parameters: Record<string, string> } | { lacks: string } {
  const byName = new Map(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]));
  const known = (field: string): string =>
    (byName.get(field.toLowerCase()) ?? '').replace(/\s+/g, ' ').trim();
  const lacks = fieldsAskedBy(parameters).find((field) => known(field) === '');
  if (lacks !== undefined) return { lacks };
  const filled = Object.entries(parameters).map(([name, value]) => [
    name,
    value.replace(PLACEHOLDER, (_all, field: string) => known(field)),
  ]);
  return { parameters: Object.fromEntries(filled) };
}
