import { readFile } from 'node:fs/promises';
import { brotliCompressSync } from 'node:zlib';
import { counted } from './counted.ts';

/** What the metadata of `libphonenumber-js` holds, by name. */
const PARTS = ['version', 'country_calling_codes', 'countries', 'nonGeographic'];

/** The numbering plans of `libphonenumber-js`, packed, and unpacked when the first number is read. */
export const packedPhoneNumbers = counted('packed-phone-numbers', { plans: 1 }, ({ onLoad }, count) => {
  onLoad({ filter: /libphonenumber-js[\\/]metadata\.\w+\.json\.js$/ }, async ({ path }) => {
    const text = await readFile(path.replace(/\.js$/, ''), 'utf8');
    const names = Object.keys(JSON.parse(text));
    if (names.join() === PARTS.join()) count('plans');
    const packed = brotliCompressSync(text).toString('base64');
    return {
      contents: `
        let unpacked;
        const unpack = () => require('node:zlib').brotliDecompressSync(Buffer.from('${packed}', 'base64'));
        const plans = () => unpacked ??= JSON.parse(unpack());
        export default { ${names.map((name) => `get ${name}() { return plans().${name}; }`).join(', ')} };`,
    };
  });
});
