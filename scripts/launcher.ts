import { createHash } from 'node:crypto';
import { brotliCompressSync } from 'node:zlib';

/** Begins a part of the program in the executable; and what stands there for the end of a comment. */
const MARK = '/*PART\n';
const STAR_SLASH = '*\x01/';

/**
 * The executable's text: a few lines that load the program, whose parts stand behind them in comments, each loaded when
 * it is first asked for. So all is one file, a command costs nothing to those who do not use it, and compiled code can be
 * kept for the next start (docs/start.md): Node 22 and later do that for code loaded after they were asked to; for Node 20
 * it is done here, under the name of this very build, since V8 looks at no more of a source than its length.
 * The cache lies in the user's own folder: in a shared one others could put code in its place. Where it cannot be
 * written, or with NODE_DISABLE_COMPILE_CACHE=1, the program starts without.
 * @param parts CommonJS that requires `./` and the name of another part; ASCII alone.
 * @param atStart the parts that every start needs. They stand as they are; the others are packed, and unpacked in a millisecond or two.
 */
export function launcher(
  parts: ReadonlyMap<string, string>,
  first: string,
  atStart: ReadonlySet<string>,
): string {
  let body = '';
  const places: Record<string, [from: number, to: number, isPacked: 0 | 1]> = {};
  for (const [name, code] of parts) {
    const isPlain = atStart.has(name);
    const text = isPlain ? code.replaceAll('*/', STAR_SLASH) : brotliCompressSync(code).toString('base64');
    const from = body.length + MARK.length;
    places[name] = [from, from + text.length, isPlain ? 0 : 1];
    body += `${MARK}${text}*/\n`;
  }
  const build = createHash('sha256').update(body).digest('hex').slice(0, 16);
  return `#!/usr/bin/env node
'use strict';
const Module = require('node:module');
const fs = require('node:fs');
const { join } = require('node:path');
const { env, platform, version, arch } = process;
let cache;
try {
  const home = require('node:os').homedir();
  const folder =
    platform === 'win32' ? env.LOCALAPPDATA || join(home, 'AppData', 'Local')
    : platform === 'darwin' ? join(home, 'Library', 'Caches')
    : /^\\//.test(env.XDG_CACHE_HOME) ? env.XDG_CACHE_HOME
    : join(home, '.cache');
  if (!env.NODE_DISABLE_COMPILE_CACHE) cache = join(folder, 'sent-contacts-mcp');
} catch {} // A user without a home has no cache.
if (cache && Module.enableCompileCache && !env.NODE_COMPILE_CACHE) Module.enableCompileCache(cache);

const text = fs.readFileSync(__filename, 'latin1');
const places = ${JSON.stringify(places)};
const start = text.length - ${body.length};
const loaded = {};
const fresh = [];
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
  if (!cache || Module.enableCompileCache) part._compile(code, part.id);
  else {
    const kept = join(cache, [version, arch, '${build}', name].join('-'));
    let cachedData;
    try {
      cachedData = fs.readFileSync(kept);
    } catch {} // The first start.
    const { Script } = require('node:vm');
    const script = new Script(Module.wrap(code), { filename: part.id, cachedData });
    if (!cachedData || script.cachedDataRejected) fresh.push([kept, script]);
    script.runInThisContext()(part.exports, part.require, part, part.id, __dirname);
  }
  return part.exports;
};
const keep = () => {
  if (Module.flushCompileCache) Module.flushCompileCache();
  const others = new RegExp('^' + version + '-' + arch + '-(?!${build})');
  try {
    // Of another build, which this one has taken the place of.
    if (fresh.length > 0) for (const name of fs.readdirSync(cache)) if (others.test(name)) fs.unlinkSync(join(cache, name));
  } catch {}
  for (const [kept, script] of fresh.splice(0)) {
    try {
      fs.mkdirSync(cache, { recursive: true, mode: 0o700 });
      fs.writeFileSync(kept + '.' + process.pid, script.createCachedData(), { mode: 0o600 });
      fs.renameSync(kept + '.' + process.pid, kept);
    } catch {} // Without a cache it starts a little later.
  }
};
load(${JSON.stringify(first)});
setTimeout(keep, 3000).unref();
process.once('exit', keep);
${body}`;
}
