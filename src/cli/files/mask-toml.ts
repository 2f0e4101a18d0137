import { MASK } from './file-format.ts';
import { placesIn } from './toml-places.ts';

/** Strings of all four kinds, comments, and whatever else is a value: numbers and dates. */
const TOKEN =
  /"""[\s\S]*?"{3,5}|'''[\s\S]*?'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|#[^\n]*|(?<![\w-])[+-]?\d[\w:.+-]*/g;

/** TOML, as `FileFormat.mask` has it: headers and names of keys stay, their values do not. */
export function maskToml(text: string, visible: ReadonlySet<string>): string {
  const places = placesIn(text);
  // Where a name stands: a header, or a key before its value.
  const names = places.map(({ kind, start, end, value }) =>
    kind === 'header' ? [start, end] : [start, value],
  );
  const isName = (at: number): boolean => names.some(([start = 0, end = 0]) => start <= at && at < end);
  return text.replace(TOKEN, (token, at: number) => {
    if (token.startsWith('#')) return `#${MASK}`;
    if (isName(at) || visible.has(token.replace(/^["']|["']$/g, ''))) return token;
    return /^["']/.test(token) ? `"${token.replace(/[^\r\n]+/g, MASK)}"` : MASK;
  });
}
