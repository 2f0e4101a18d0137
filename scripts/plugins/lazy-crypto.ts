import * as crypto from 'node:crypto';
import { counted } from './counted.ts';

/** Its classes are left out; a build that needs one fails. */
const FUNCTIONS = Object.entries(crypto)
  .filter(([name, value]) => typeof value === 'function' && /^[a-z]/.test(name))
  .map(([name]) => name);

/** Loads Node's crypto, which takes 3 ms, when one of its functions is first called. */
export const lazyCrypto = counted('lazy-crypto', { modules: 1 }, ({ onResolve, onLoad }, count) => {
  const namespace = 'lazy-crypto';
  onResolve({ filter: /^node:crypto$/ }, (from) =>
    from.namespace === namespace
      ? { path: 'node:crypto', external: true }
      : { path: 'node:crypto', namespace },
  );
  onLoad({ filter: /.*/, namespace }, () => {
    count('modules');
    const contents = FUNCTIONS.map(
      (name) => `export const ${name} = (...given) => (crypto ??= require('node:crypto')).${name}(...given);`,
    );
    return { contents: ['let crypto;', ...contents].join('\n') };
  });
});
