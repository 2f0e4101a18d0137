/** Where the program begins in the executable, and what stands for the end of a comment in it. */
const MARK = 'PROGRAM';
const STAR_SLASH = '*\\x01/';

/**
 * The executable's text: a few lines that run the program, which stands behind them in a comment. Node 22 and later keep
 * compiled code for the next start (docs/start.md), but only of code that is loaded after they were asked to; text out of
 * a comment is that, in one file, and Node 20 skips a comment at no cost.
 * The cache lies in the user's own folder: in a shared one others could put code in its place. Where it cannot be
 * written, Node goes on without, as it does with NODE_DISABLE_COMPILE_CACHE=1.
 */
export function launcher(program: string): string {
  return `#!/usr/bin/env node
'use strict';
const Module = require('node:module');
if (Module.enableCompileCache && !process.env.NODE_COMPILE_CACHE) {
  const { env, platform } = process;
  const { join } = require('node:path');
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
const from = text.indexOf('/*' + '${MARK}') + ${MARK.length + 2};
module._compile(text.slice(from, -3).replaceAll('${STAR_SLASH}', '*/'), __filename);
if (Module.flushCompileCache) setTimeout(Module.flushCompileCache, 3000).unref();
/*${MARK}${program.replaceAll('*/', '*\x01/')}*/
`;
}
