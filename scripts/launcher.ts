import { brotliCompressSync } from 'node:zlib';

/** Begins a part of the program in the executable; and what stands there for the end of a comment. */
const MARK = '/*PART\n';
const STAR_SLASH = '*\x01/';

/**
 * The executable's text: a few lines that load the program, whose parts stand behind them in comments, each loaded when
 * it is first asked for. So all is one file, a command costs nothing to those who do not use it, and Node 22 and later can
 * keep compiled code for the next start (docs/start.md): they keep that of code loaded after they were asked to.
 * The cache lies in the user's own folder: in a shared one others could put code in its place. Where it cannot be
 * written, Node goes on without, as it does with NODE_DISABLE_COMPILE_CACHE=1.
 * @param parts CommonJS that requires `./` and the name of another part; ASCII alone.
 * The largest part, which every start needs, stands as it is; the others are packed, and unpacked in a millisecond or two.
 */
export function launcher(parts: ReadonlyMap<string, string>, first: string): string {
  const [largest] = [...parts].sort(([, a], [, b]) => b.length - a.length)[0] ?? [];
  let body = '';
  const places: Record<string, [from: number, to: number, isPacked: 0 | 1]> = {};
  for (const [name, code] of parts) {
    const isPlain = name === largest;
    const text = isPlain ? code.replaceAll('*/', STAR_SLASH) : brotliCompressSync(code).toString('base64');
    const from = body.length + MARK.length;
    places[name] = [from, from + text.length, isPlain ? 0 : 1];
    body += `${MARK}${text}*/\n`;
  }
  return `#!/usr/bin/env node
'use strict';
const Module = require('node:module');
const { join } = require('node:path');
if (Module.enableCompileCache && !process.env.NODE_COMPILE_CACHE) {
  const { env, platform } = process;
  try {
    const home = require('node:os').homedir();
    const folder =
      platform === 'win32' ? env.LOCALAPPDATA || join(home, 'AppData', 'Local')
      : platform === 'darwin' ? join(home, 'Library', 'Caches')
      : /^\\//.test(env.XDG_CACHE_HOME) ? env.XDG_CACHE_HOME
      : join(home, '.cache');
    Module.enableCompileCache(join(folder, 'sent-contacts-mcp'));
  } catch {} // A user without a home has no cache.
}
const text = require('node:fs').readFileSync(__filename, 'latin1');
const places = ${JSON.stringify(places)};
const start = text.length - ${body.length};
const loaded = {};
const load = (name) => {
  if (loaded[name]) return loaded[name].exports;
  const part = (loaded[name] = new Module(join(__dirname, name), module));
  part.filename = part.id;
  part.require = (id) => (id.startsWith('./') ? load(id.slice(2)) : require(id));
  const [from, to, isPacked] = places[name];
  const held = text.slice(start + from, start + to);
  const code = isPacked
    ? require('node:zlib').brotliDecompressSync(Buffer.from(held, 'base64')).toString('latin1')
    : held.replaceAll('*\\x01/', '*/');
  part._compile(code, part.id);
  return part.exports;
};
load(${JSON.stringify(first)});
if (Module.flushCompileCache) setTimeout(Module.flushCompileCache, 3000).unref();
${body}`;
}
