/** Whether the text and the structure of a result hold the same facts: some hosts show a model only one of them. */

/** What a flag is called in a text; without an entry it stands there as `key: value`. */
const WORDS: Record<string, { true: RegExp; false: RegExp }> = {
  opt_out: { true: /OPTED OUT|opt_out true/, false: /Not opted out|opt_out false/ },
  in_sent: { true: /./, false: /not in sent/i },
  complete: { true: /^(?!.*so far)/, false: /so far|not complete|incomplete/ },
  created: { true: /Created|Would be created/, false: /Existed already/ },
  settled: { true: /, settled|settled/, false: /not settled/ },
  sandbox: { true: /dry run/i, false: /./ },
  preview: { true: /Preview/, false: /./ },
  is_valid: { true: /: valid/, false: /: not valid/ },
  is_inherited: { true: /inherited/i, false: /./ },
};
/** What a word of a status reads like in a text. */
const STATUSES: Record<string, RegExp> = {
  preview: /Preview/,
  dry_run: /Dry run/i,
  done: /Done|would be done/,
  partial: /Only in part|Done for|to go|failed/,
  accepted: /Accepted/i,
  nothing_to_send: /Nothing was sent/,
  cancelled: /Taken back/,
};
/** Labels of ours that are so long that they could be facts. */
const LABELS: readonly RegExp[] = [/^number country channels/, /^Preview nothing done/];
/** A country's name before its code says no more than the code. */
const COUNTRY = /[\p{L}][\p{L} .&'’-]* \(\)/gu;
/** What is left of a line without the facts is a label; longer than this it says something by itself. */
const MAX_LABEL = 60;

type Leaf = { path: string; key: string; value: string | number | boolean };

function leavesOf(value: unknown, path = '', key = ''): Leaf[] {
  if (Array.isArray(value)) return value.flatMap((item, at) => leavesOf(item, `${path}[${at}]`, key));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, `${path}.${name}`, name));
  return [{ path, key, value: value as Leaf['value'] }];
}

/** How a value may stand in a text. */
function writtenAs(value: string): string[] {
  const line = value.replace(/\s+/g, ' ').trim();
  const moment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.exec(value)?.[0];
  const forms = [
    value,
    line,
    JSON.stringify(value),
    JSON.stringify(line),
    ...(moment ? [moment, moment.replace('T', ' ')] : []),
  ];
  return [...new Set(forms.flatMap((form) => (form.length > 40 ? [form, form.slice(0, 38)] : [form])))];
}

/** Facts of the structure that the text does not tell. */
export function missingInText(text: string, data: Record<string, unknown>): string[] {
  return leavesOf(data)
    .filter(({ key, value }) => {
      if (typeof value === 'boolean') {
        const words = WORDS[key];
        return words ? !words[`${value}`].test(text) : !text.includes(`${key}: ${value}`);
      }
      // Nothing to tell of nobody.
      if (typeof value === 'number')
        return (
          value !== 0 && !new RegExp(`(?<![\\d.])${String(value).replace('.', '\\.')}(?![\\d])`).test(text)
        );
      if (key === 'status' && STATUSES[value]) return !STATUSES[value].test(text);
      return !writtenAs(value).some((form) => text.includes(form));
    })
    .map(({ path, value }) => `${path} = ${JSON.stringify(value)}`);
}

/** Facts of the text that the structure does not hold: numbers, handles, quotes and whole sentences. */
export function missingInData(text: string, data: Record<string, unknown>): string[] {
  const leaves = leavesOf(data);
  const strings = leaves.flatMap(({ value }) => (typeof value === 'string' ? writtenAs(value) : []));
  const names = leaves.map(({ key }) => key);
  let rest = text;
  for (const known of [...strings].sort((a, b) => b.length - a.length)) {
    if (known.length > 1) rest = rest.replaceAll(known, '');
  }
  const counts = new Set(numbersIn(data));
  const strangers = [...rest.matchAll(/\d+(?:\.\d+)?/g)]
    .map(([figure]) => figure)
    .filter((figure) => !counts.has(Number(figure)));
  const quotes = [...rest.matchAll(/"[^"\n]{3,}"/g)].map(([quote]) => quote);
  const sentences = rest
    .split('\n')
    .map((line) =>
      names
        .reduce((left, name) => left.replaceAll(name, ''), line)
        .replace(COUNTRY, '')
        .replace(/[\d|;:,.\s]+/g, ' ')
        .trim(),
    )
    .filter((line) => line.length > MAX_LABEL && !LABELS.some((label) => label.test(line)));
  return [...strangers, ...quotes, ...sentences];
}

/** Every number of the structure, how long its lists are, and what its own numbers add up to. */
function numbersIn(data: unknown): number[] {
  if (typeof data === 'number') return [data];
  if (Array.isArray(data)) return [data.length, ...data.flatMap(numbersIn)];
  if (typeof data !== 'object' || data === null) return [];
  const entries: unknown[] = Object.values(data);
  const own = entries.flatMap((value) =>
    typeof value === 'number' ? [value] : Array.isArray(value) ? [value.length] : [],
  );
  return [own.reduce((sum, value) => sum + value, 0), ...entries.flatMap(numbersIn)];
}
