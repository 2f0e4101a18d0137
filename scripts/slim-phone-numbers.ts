import { readFile } from 'node:fs/promises';
import { brotliCompressSync } from 'node:zlib';
import type { Plugin } from 'esbuild';

/** The code of `libphonenumber-js` as it is for today's engines, and its numbering plans unpacked when the first number is read. */
export const slimPhoneNumbers: Plugin = {
  name: 'slim-phone-numbers',
  setup({ onLoad }) {
    onLoad({ filter: /libphonenumber-js[\\/]es6[\\/].*\.js$/ }, async ({ path }) => ({
      contents: await readFile(path.replace(/([\\/])es6([\\/])/, '$1es6-modern$2'), 'utf8'),
    }));
    onLoad({ filter: /libphonenumber-js[\\/]metadata\.\w+\.json\.js$/ }, async ({ path }) => {
      const text = await readFile(path.replace(/\.js$/, ''), 'utf8');
      const packed = brotliCompressSync(text).toString('base64');
      const getters = Object.keys(JSON.parse(text)).map(
        (name) => `get ${name}() { return plans().${name}; }`,
      );
      return {
        contents: `
          let unpacked;
          const unpack = () => require('node:zlib').brotliDecompressSync(Buffer.from('${packed}', 'base64'));
          const plans = () => unpacked ??= JSON.parse(unpack());
          export default { ${getters.join(', ')} };`,
      };
    });
  },
};
