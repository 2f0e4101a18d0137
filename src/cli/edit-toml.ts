import { isDeepStrictEqual } from 'node:util';
import { parse, patch, stringify } from '@decimalturn/toml-patch';
import { type Change, type ConfigData, type FileFormat, FileProblem, isObject } from './file-problem.ts';

/**
 * TOML, comments kept. The library parses, writes and updates; a new table is appended and a table is cut out here,
 * since its `patch` puts `a.b = {…}` on top instead of an `[a.b]` of its own and takes the next table's comment along
 * on removal (3.3.0). Each result is read back and must hold exactly the wanted data.
 */
export const tomlFormat: FileFormat = {
  read: (text, shape) => {
    const data = read(text);
    for (const name of Object.keys(shape)) {
      if (data[name] !== undefined && !isObject(data[name]))
        throw new FileProblem(`"${name}" is not a table`);
    }
    return data;
  },
  edit: (text, changes) => changes.reduce(change, text),
  show: (data) => stringify(data, { inlineTableStart: 3 }),
};

function read(text: string): ConfigData {
  try {
    return parse(text);
  } catch (error) {
    // Not the library's message: it quotes the line, which may hold a secret.
    const { line, column } = error as { line?: number; column?: number };
    const position = line === undefined || column === undefined ? undefined : { line, column: column + 1 };
    throw new FileProblem('it is not valid TOML', position);
  }
}

function change(text: string, { path, value }: Change): string {
  const [table, entry] = path;
  if (path.length !== 2 || typeof table !== 'string' || typeof entry !== 'string') {
    throw new FileProblem('only a table of a table can be edited in TOML');
  }
  const present = read(text)[table];
  const known = isObject(present) && entry in present;
  if (!known && value === undefined) return text;

  const wanted = read(text);
  const tables = isObject(wanted[table]) ? wanted[table] : emptyTable();
  if (value === undefined) delete tables[entry];
  else tables[entry] = read(stringify({ entry: value })).entry;
  wanted[table] = tables;

  const candidates = [
    () =>
      known ? (value === undefined ? cut(text, table, entry) : text) : append(text, table, entry, value),
    () => patch(text, wanted),
  ];
  for (const candidate of candidates) {
    const edited = candidate();
    if (holds(edited, wanted, table)) return edited;
  }
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

function append(text: string, table: string, entry: string, value: unknown): string {
  const newLine = /\r?\n/.exec(text)?.[0] ?? '\n';
  const body = stringify(value, { inlineTableStart: 0, newLine, trailingNewline: 0, bracketSpacing: true });
  const ended = text === '' || text.endsWith('\n');
  const gap = text === '' ? '' : ended ? newLine : newLine + newLine;
  return `${text}${gap}[${table}.${entry}]${newLine}${body}${ended ? newLine : ''}`;
}

/** Without the lines of `[table.entry]` and its sub-tables; comments above it and above what follows stay. */
function cut(text: string, table: string, entry: string): string {
  const own = new RegExp(`^\\s*\\[\\s*${table}\\s*\\.\\s*(["']?)${entry}\\1\\s*[.\\]]`);
  const lines = text.split('\n');
  const kept: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? '';
    if (!own.test(line)) {
      kept.push(line);
      at += 1;
      continue;
    }
    let end = at + 1;
    while (end < lines.length && !/^\s*\[/.test(lines[end] ?? '')) end += 1;
    while (end > at + 1 && /^\s*(#.*)?$/.test(lines[end - 1] ?? '')) end -= 1;
    if ((kept.at(-1) ?? '#').trim() === '') kept.pop();
    else if (kept.length === 0 && (lines[end] ?? '#').trim() === '') end += 1;
    at = end;
  }
  return kept.join('\n');
}
