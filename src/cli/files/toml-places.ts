import { parse } from 'smol-toml';

/** A table's header or a key with its value, and where in the text it stands. */
export type Place = {
  kind: 'header' | 'pair';
  /** Names from the top. Below a list of tables one name is `[]`, which no edit asks for. */
  path: readonly string[];
  start: number;
  /** After the header or the value. */
  end: number;
  /** Where the value begins; of a header its start. */
  value: number;
  /** Where the inline table begins that holds the pair; undefined in a table of its own lines. */
  container: number | undefined;
};

const SPACE = /[ \t]*/y;
const VOID = /(?:\s|#[^\n]*)*/y;
const KEY = /[\w-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/y;
const SCALAR =
  /"""(?:[^\\]|\\[\s\S])*?"{3,5}|'''[\s\S]*?'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s,\]}#]+(?: \d[^\s,\]}#]*)?/y;

/** Every header and key of a text that has been parsed without error, in the text's order; a pair before those inside it. */
export function placesIn(text: string): Place[] {
  const places: Place[] = [];
  let at = 0;

  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? '';
    at += found.length;
    return found;
  };
  const takes = (mark: string): boolean => {
    const present = text.startsWith(mark, at);
    if (present) at += mark.length;
    return present;
  };
  const keys = (): string[] => {
    const names: string[] = [];
    do {
      take(SPACE);
      const name = take(KEY);
      names.push(/^["']/.test(name) ? String(parse(`k = ${name}`).k) : name);
      take(SPACE);
    } while (takes('.'));
    return names;
  };
  const pair = (table: readonly string[], container: number | undefined): void => {
    const place: Place = { kind: 'pair', path: [], start: at, end: at, value: at, container };
    places.push(place);
    place.path = [...table, ...keys()];
    takes('=');
    take(SPACE);
    place.value = at;
    value(place.path);
    place.end = at;
  };
  const value = (path: readonly string[]): void => {
    const open = at;
    const list = takes('[');
    if (!list && !takes('{')) {
      take(SCALAR);
      return;
    }
    for (take(VOID); at < text.length && !takes(list ? ']' : '}'); take(VOID)) {
      if (takes(',')) continue;
      if (list) value([...path, '[]']);
      else pair(path, open);
    }
  };

  let table: string[] = [];
  for (take(VOID); at < text.length; take(VOID)) {
    const start = at;
    if (!takes('[')) {
      pair(table, undefined);
      continue;
    }
    const list = takes('[');
    table = keys();
    if (list) table.push('[]');
    takes(list ? ']]' : ']');
    places.push({ kind: 'header', path: table, start, end: at, value: start, container: undefined });
  }
  return places;
}
