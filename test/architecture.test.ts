import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { expect, test } from 'vitest';

/** Data goes one way: which room may import which, type-only imports included. Inner rooms have lines of their own. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  errors: [],
  runtime: ['errors'],
  text: ['errors'],
  config: ['errors'],
  state: ['errors', 'runtime'],
  sent: ['errors', 'runtime'],
  contacts: ['state', 'sent', 'text', 'runtime', 'errors'],
  messages: ['contacts', 'state', 'sent', 'text', 'runtime', 'errors'],
  app: ['contacts', 'messages', 'state', 'sent', 'config', 'text', 'runtime', 'errors', 'simulator'],
  mcp: ['contacts', 'messages', 'text', 'runtime', 'errors'],
  simulator: [],
  http: ['app', 'mcp', 'runtime', 'errors', 'config'],
  cli: [
    ...['config', 'errors', 'runtime', 'text', 'state', 'sent', 'contacts', 'messages', 'app', 'mcp'],
    ...['http', 'simulator'],
  ],
  main: ['config', 'errors', 'cli', 'mcp'],
};
/** Inside contacts each room knows those before it; the files of the room itself put all of them together. */
const INSIDE_CONTACTS = [
  ...['model', 'question', 'book', 'directory', 'lists', 'import', 'people', 'changes', 'bulk'],
];

/**
 * Inner rooms that have a door to the outside of their own: a door that led through the outer one would load them with it,
 * and they are large and seldom needed.
 */
const LOADED_ON_DEMAND = ['contacts/lists'];

/** Packages that one room alone may know; everything else is free. */
const OWNERS: Record<string, readonly string[]> = {
  ky: ['sent'],
  postgres: ['state'],
  'libphonenumber-js': ['contacts'],
  '@modelcontextprotocol/server': ['mcp', 'cli', 'http'],
  hono: ['simulator'],
};
/** What reaches the process, the network or the disk has its place too. */
const OF_THE_PROCESS = /^node:(process|fs|net|http|child_process|readline|stream|os)/;
const PLACES_OF_BUILTINS: Record<string, RegExp> = {
  cli: /./,
  main: /./,
  simulator: /^node:(net|http|stream)/,
  state: /^node:(fs|net|os)/,
  app: /^node:(fs|os)/,
  http: /^node:(http|net|stream|fs)/,
};

/** The room of a file, an inner room with its outer one: `contacts/book`. */
function roomOf(path: string): string {
  const [, outer = '', inner = '', file] = path.split('/');
  return file === undefined ? outer.replace(/\.ts$/, '') : `${outer}/${inner}`;
}
const outerOf = (room: string): string => room.split('/')[0] ?? '';

function mayImport(from: string, to: string): boolean {
  if (outerOf(from) !== outerOf(to)) return MAY_IMPORT[outerOf(from)]?.includes(outerOf(to)) ?? false;
  if (outerOf(from) !== 'contacts' || !from.includes('/')) return true;
  const [place, other] = [from, to].map((room) => INSIDE_CONTACTS.indexOf(room.split('/')[1] ?? ''));
  return other !== -1 && (other ?? 0) <= (place ?? 0);
}

/**
 * Whether a file may be named from another: whatever lies in a folder that the one is not in has a door, `index.ts`, in the
 * outermost such folder. Inner rooms stand on the files of their outer one; in contacts, those stand on the inner rooms.
 */
function isReachable(from: string, target: string): boolean {
  if (LOADED_ON_DEMAND.some((room) => target === `src/${room}/index.ts`)) return true;
  const [own, other] = [from.split('/').slice(0, -1), target.split('/')];
  const common = other.findIndex((part, at) => part !== own[at]);
  const isOfOuterRoom = common === other.length - 1 && own.length > common;
  if (isOfOuterRoom) return !target.startsWith('src/contacts/') || common > 2;
  return other.length - common === 1 || other.slice(common + 1).join('/') === 'index.ts';
}

const importsOf = (source: string): string[] =>
  [...source.matchAll(/(?:from\s+|import\s*\(\s*|import\s+)'([^']+)'/g)].map((match) => match[1] ?? '');
const resolved = (path: string, target: string): string =>
  normalize(join(dirname(path), target))
    .split(sep)
    .join('/');

function breachesIn(path: string, source: string): string[] {
  const room = roomOf(path);
  return importsOf(source).flatMap((target) => {
    if (target.startsWith('.')) {
      const to = resolved(path, target);
      if (!to.startsWith('src/'))
        return to === 'package.json' || to.startsWith('assets/') ? [] : [`${path} → ${to}`];
      // The executable is the command room's own way in, inner rooms included.
      const isWayIn = room === 'main' && outerOf(roomOf(to)) === 'cli';
      const [from, place] = isWayIn ? ['cli', 'src/cli/main.ts'] : [room, path];
      return mayImport(from, roomOf(to)) && isReachable(place, to) ? [] : [`${path} → ${to}`];
    }
    const name = target
      .split('/')
      .slice(0, target.startsWith('@') ? 2 : 1)
      .join('/');
    if (OWNERS[name] && !OWNERS[name].includes(outerOf(room))) return [`${path} → ${name}`];
    const isOutside = OF_THE_PROCESS.test(target) && !PLACES_OF_BUILTINS[outerOf(room)]?.test(target);
    return isOutside ? [`${path} → ${target}`] : [];
  });
}

/** Rings of files that import each other, each as the list of its files. */
function ringsIn(files: ReadonlyMap<string, readonly string[]>): string[][] {
  const state = new Map<string, 'open' | 'done'>();
  const rings: string[][] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === 'open') rings.push(path.slice(path.indexOf(file)));
    if (state.has(file)) return;
    state.set(file, 'open');
    for (const next of files.get(file) ?? []) visit(next, [...path, file]);
    state.set(file, 'done');
  };
  for (const file of files.keys()) visit(file, []);
  return rings;
}

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => `src/${path.split(sep).join('/')}`);

test('every import goes down, and through a door', () => {
  expect(sources.length).toBeGreaterThan(40);
  expect(sources.flatMap((path) => breachesIn(path, readFileSync(path, 'utf8')))).toEqual([]);
});

test.each([
  ['src/sent/http.ts', `import { TOOLS } from '../mcp/index.ts';`, 'src/mcp/index.ts'],
  ['src/mcp/tool.ts', `import type { SentClient } from '../sent/index.ts';`, 'src/sent/index.ts'],
  ['src/contacts/x.ts', `import ky from 'ky';`, 'ky'],
  ['src/contacts/state.ts', `import postgres from 'postgres';`, 'postgres'],
  ['src/simulator/app.ts', `import { toE164 } from '../contacts/index.ts';`, 'src/contacts/index.ts'],
  ['src/messages/x.ts', `const { x } = await import('../cli/serve.ts');`, 'src/cli/serve.ts'],
  ['src/sent/x.ts', `import { readFile } from 'node:fs/promises';`, 'node:fs/promises'],
  ['src/mcp/y.ts', `import { z } from '../../test/harness.ts';`, 'test/harness.ts'],
  ['src/messages/y.ts', `import type { Http } from '../sent/http.ts';`, 'src/sent/http.ts'],
  ['src/messages/z.ts', `import { x } from '../contacts/book/index.ts';`, 'src/contacts/book/index.ts'],
  ['src/contacts/book/x.ts', `import { x } from '../model/phone.ts';`, 'src/contacts/model/phone.ts'],
  ['src/contacts/model/x.ts', `import type { Book } from '../book/index.ts';`, 'src/contacts/book/index.ts'],
  ['src/contacts/book/x.ts', `import { search } from '../search.ts';`, 'src/contacts/search.ts'],
  [
    'src/contacts/book/x.ts',
    `import { x } from './columns/packed.ts';`,
    'src/contacts/book/columns/packed.ts',
  ],
  ['src/contacts/bulk/x.ts', `import { x } from '../changes/apply.ts';`, 'src/contacts/changes/apply.ts'],
])('a planted breach is seen: %s', (path, source, target) => {
  expect(breachesIn(path, source)).toEqual([`${path} → ${target}`]);
});

/** Values taken from these rooms as the file is loaded: with them all that stands on them. */
const loadedWith = (source: string): string[] =>
  [...source.matchAll(/^import (?!type )[^;]*?from '[./]+\/(contacts|messages|app)\/[^']*'/gms)].map(
    ([statement]) => statement,
  );

test('what answers a client first loads no room of the account, which comes with the first call', () => {
  const first = sources.filter((path) => path.startsWith('src/mcp/') || path === 'src/cli/serve.ts');
  expect(first.length).toBeGreaterThan(20);
  expect(first.flatMap((path) => loadedWith(readFileSync(path, 'utf8')))).toEqual([]);
  expect(loadedWith(`import { type A, b } from '../../contacts/index.ts';`)).toHaveLength(1);
});

test('no two files import each other, types included', () => {
  const imports = new Map(
    sources.map((path) => {
      const targets = importsOf(readFileSync(path, 'utf8')).filter((target) => target.startsWith('.'));
      return [path, targets.map((target) => resolved(path, target))];
    }),
  );
  expect(ringsIn(imports)).toEqual([]);
  expect(ringsIn(new Map([['a', ['b']], ['b', ['c']], ['c', ['b']]]))).toEqual([['b', 'c']]); // biome-ignore format: one ring
});

test('a file has one reason to change, and a length that fits', () => {
  const long = sources.filter((path) => readFileSync(path, 'utf8').split('\n').length > 260);
  expect(long).toEqual([]);
});
