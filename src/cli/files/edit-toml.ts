import { isDeepStrictEqual } from 'node:util';
import { parse, stringify, TomlError } from 'smol-toml';
import { type Change, type ConfigData, type FileFormat, FileProblem, isObject } from './file-format.ts';
import { maskToml } from './mask-toml.ts';
import { type Place, placesIn } from './toml-places.ts';

/**
 * TOML, comments kept. The library reads and writes but cannot edit, so the text is edited here, value by value; each
 * result is read back and must hold exactly the wanted data.
 */
export const tomlFormat: FileFormat = {
  read: (text, collections) => {
    const data = read(text);
    for (const name of Object.keys(collections)) {
      if (data[name] !== undefined && !isObject(data[name]))
        throw new FileProblem(`"${name}" is not a table`);
    }
    return data;
  },
  edit: (text, changes) => changes.reduce(change, text),
  mask: maskToml,
};

function read(text: string): ConfigData {
  try {
    return parse(text);
  } catch (error) {
    // Not the library's message: it quotes the line, which may hold a secret.
    const { line, column } = error instanceof TomlError ? error : {};
    const position = line === undefined || column === undefined ? undefined : { line, column };
    throw new FileProblem('it is not valid TOML', position);
  }
}

type Path = readonly string[];

function change(text: string, { path, value }: Change): string {
  const [table, entry] = path;
  if (path.length !== 2 || typeof table !== 'string' || typeof entry !== 'string') {
    throw new FileProblem('only a table of a table can be edited in TOML');
  }
  const wanted = read(text);
  const tables = isObject(wanted[table]) ? wanted[table] : emptyTable();
  const before = tables[entry];
  const after = value === undefined ? undefined : read(`v = ${inline(value)}`).v;
  if (after === undefined) delete tables[entry];
  else tables[entry] = after;
  wanted[table] = tables;

  const edited = reconcile(text, [table, entry], before, after);
  if (holds(edited, wanted, table)) return edited;
  throw new FileProblem(`[${table}.${entry}] cannot be edited without touching the rest; edit it by hand`);
}

/** As the parser makes them: without a prototype, which a strict comparison would tell apart. */
const emptyTable = (): ConfigData => parse('');

/** Whether the text holds exactly this data; a parent table that is gone equals an empty one. */
function holds(text: string, wanted: ConfigData, table: string): boolean {
  try {
    const data = read(text);
    data[table] ??= emptyTable();
    return isDeepStrictEqual(data, wanted);
  } catch {
    return false;
  }
}

/** A value in one line. Inside two lists the library has no other way to write it. */
const inline = (value: unknown): string =>
  stringify({ v: [[value]] }).slice('v = [ [ '.length, -' ] ]\n'.length);
const keyOf = (name: string): string => stringify({ [name]: 0 }).slice(0, -' = 0\n'.length);

/** The text with what differs between the two values at `path` written anew, and nothing else. */
function reconcile(text: string, path: Path, before: unknown, after: unknown): string {
  if (isDeepStrictEqual(before, after)) return text;
  if (before === undefined) return add(text, path, after);
  if (after === undefined) return remove(text, path);
  if (isObject(before) && isObject(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].reduce(
      (edited, name) => reconcile(edited, [...path, name], before[name], after[name]),
      text,
    );
  }
  const place = placesIn(text).find((known) => known.kind === 'pair' && isDeepStrictEqual(known.path, path));
  return place === undefined || isObject(before) || isObject(after)
    ? add(remove(text, path), path, after)
    : text.slice(0, place.value) + inline(after) + text.slice(place.end);
}

const newLineOf = (text: string): string => /\r?\n/.exec(text)?.[0] ?? '\n';

/** Into the table that holds such keys, on one line; an entry of the top table, and what has no such table, as a table at the end. */
function add(text: string, path: Path, value: unknown): string {
  const parent = path.slice(0, -1);
  const pair = `${keyOf(path.at(-1) ?? '')} = ${inline(value)}`;
  const places = placesIn(text);
  const holder = places.findLast((place) => isDeepStrictEqual(place.path, parent));
  if (holder?.kind === 'pair') {
    const last = places.findLast(({ container }) => container === holder.value);
    return last === undefined
      ? `${text.slice(0, holder.value)}{ ${pair} }${text.slice(holder.end)}`
      : `${text.slice(0, last.end)}, ${pair}${text.slice(last.end)}`;
  }
  if (path.length === 2 && isObject(value)) return append(text, path, Object.entries(value));
  if (holder === undefined) return append(text, parent, [[path.at(-1) ?? '', value]]);
  const end = lastOf(places, holder).end;
  const line = end + (/^[^\r\n]*/.exec(text.slice(end))?.[0].length ?? 0);
  return `${text.slice(0, line)}${newLineOf(text)}${pair}${text.slice(line)}`;
}

/** The last place of a header's own lines: a pair, or the header where it has none. */
function lastOf(places: readonly Place[], header: Place): Place {
  const next = places.find(({ kind, start }) => kind === 'header' && start > header.start);
  const own = places.filter(
    ({ start, container }) =>
      container === undefined && start >= header.start && start < (next?.start ?? Number.POSITIVE_INFINITY),
  );
  return own.at(-1) ?? header;
}

function append(text: string, path: Path, entries: readonly [string, unknown][]): string {
  const newLine = newLineOf(text);
  const lines = [
    `[${path.map(keyOf).join('.')}]`,
    ...entries.map(([name, value]) => `${keyOf(name)} = ${inline(value)}`),
  ];
  const ended = text === '' || text.endsWith('\n');
  const gap = text === '' ? '' : ended ? newLine : newLine + newLine;
  return `${text}${gap}${lines.join(newLine)}${ended ? newLine : ''}`;
}

/** Without the tables and keys at `path` and below; comments above them and above what follows stay. */
function remove(text: string, path: Path): string {
  const places = placesIn(text);
  const place = places.find((known) => isDeepStrictEqual(known.path.slice(0, path.length), path));
  if (place === undefined) return text;
  return remove(
    place.container === undefined ? cutLines(text, places, place) : cutMember(text, places, place),
    path,
  );
}

function cutLines(text: string, places: readonly Place[], place: Place): string {
  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length - 1;
  const lines = text.split('\n');
  const header = place.kind === 'header';
  const kept = lines.slice(0, lineOf(place.start));
  const rest = lines.slice(lineOf(header ? lastOf(places, place).end : place.end) + 1);
  // The empty line that set the table apart goes with it.
  if (header && kept.at(-1)?.trim() === '') kept.pop();
  else if (header && kept.length === 0 && rest[0]?.trim() === '' && rest.length > 1) rest.shift();
  return [...kept, ...rest].join('\n');
}

function cutMember(text: string, places: readonly Place[], place: Place): string {
  const members = places.filter(({ container }) => container === place.container);
  const at = members.indexOf(place);
  const start = members[at - 1]?.end ?? place.start;
  const end = at > 0 ? place.end : (members[at + 1]?.start ?? place.end);
  return text.slice(0, start) + text.slice(end);
}
