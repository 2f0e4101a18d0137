import { counted } from './counted.ts';

/** Loads Node's crypto, which takes 3 ms, with its first use. */
export const lazyCrypto = counted('lazy-crypto', { modules: 1 }, ({ onResolve, onLoad }, count) => {
  const namespace = 'lazy-crypto';
  onResolve({ filter: /^node:crypto$/ }, (from) =>
    from.namespace === namespace
      ? { path: 'node:crypto', external: true }
      : { path: 'node:crypto', namespace },
  );
  onLoad({ filter: /.*/, namespace }, () => {
    count('modules');
    return { contents: `module.exports = new Proxy({}, { get: (_, name) => require('node:crypto')[name] });` };
  });
});
