import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { expect, test } from 'vitest';

/** Data goes one way: who may import whom, type-only imports included. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  errors: [],
  config: ['errors'],
  sent: ['errors'],
  contacts: ['sent', 'errors'],
  messages: ['contacts', 'sent', 'errors'],
  mcp: ['contacts', 'messages', 'errors'],
  simulator: [],
  cli: ['config', 'errors', 'sent', 'contacts', 'messages', 'mcp', 'simulator'],
  main: ['config', 'errors', 'cli', 'mcp'],
};

/** Packages that one room alone may know; everything else is free. */
const OWNERS: Record<string, readonly string[]> = {
  ky: ['sent'],
  'libphonenumber-js': ['contacts'],
  '@modelcontextprotocol/server': ['mcp', 'cli'],
  hono: ['simulator'],
  '@hono/node-server': ['simulator'],
};
/** What reaches the process, the network or the disk has its place too. */
const BUILTINS_OF_CLI = /^node:(process|fs|net|http|child_process|readline|stream|os)/;
const SIMULATOR_SERVER = /^node:(net|http|stream)/;

const roomOf = (path: string): string => path.split('/')[1]?.replace(/\.ts$/, '') ?? '';

function breachesIn(path: string, source: string): string[] {
  const room = roomOf(path);
  const imports = [...source.matchAll(/(?:from\s+|import\s*\(\s*|import\s+)'([^']+)'/g)].map(
    (match) => match[1] ?? '',
  );
  return imports.flatMap((target) => {
    if (target.startsWith('.')) {
      const to = normalize(join(dirname(path), target))
        .split(sep)
        .join('/');
      if (!to.startsWith('src/'))
        return to === 'package.json' || to.startsWith('assets/') ? [] : [`${path} → ${to}`];
      const other = roomOf(to);
      return other === room || MAY_IMPORT[room]?.includes(other) ? [] : [`${path} → ${other}`];
    }
    const name = target.startsWith('@')
      ? target.split('/').slice(0, 2).join('/')
      : (target.split('/')[0] ?? '');
    if (OWNERS[name] && !OWNERS[name].includes(room)) return [`${path} → ${name}`];
    const outside = BUILTINS_OF_CLI.test(target) && !['cli', 'main'].includes(room);
    return outside && !(room === 'simulator' && SIMULATOR_SERVER.test(target)) ? [`${path} → ${target}`] : [];
  });
}

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => `src/${path.split(sep).join('/')}`);

test('every import goes down', () => {
  expect(sources.length).toBeGreaterThan(40);
  expect(sources.flatMap((path) => breachesIn(path, readFileSync(path, 'utf8')))).toEqual([]);
});

test.each([
  ['src/sent/http.ts', `import { TOOLS } from '../mcp/tools/index.ts';`, 'src/sent/http.ts → mcp'],
  ['src/mcp/tool.ts', `import type { SentClient } from '../sent/client.ts';`, 'src/mcp/tool.ts → sent'],
  ['src/contacts/x.ts', `import ky from 'ky';`, 'src/contacts/x.ts → ky'],
  [
    'src/simulator/app.ts',
    `import { toE164 } from '../contacts/phone.ts';`,
    'src/simulator/app.ts → contacts',
  ],
  ['src/messages/x.ts', `const { x } = await import('../cli/serve.ts');`, 'src/messages/x.ts → cli'],
  ['src/sent/x.ts', `import { readFile } from 'node:fs/promises';`, 'src/sent/x.ts → node:fs/promises'],
  ['src/mcp/y.ts', `import { z } from '../../test/harness.ts';`, 'src/mcp/y.ts → test/harness.ts'],
])('a planted breach is seen: %s', (path, source, breach) => {
  expect(breachesIn(path, source)).toEqual([breach]);
});

test('a file has one reason to change, and a length that fits', () => {
  const long = sources.filter((path) => readFileSync(path, 'utf8').split('\n').length > 260);
  expect(long).toEqual([]);
});
