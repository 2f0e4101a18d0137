import { readFile } from 'node:fs/promises';
import { deflateRawSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';
import { slimCountries } from './slim-countries.ts';

/**
 * The schema checker that the SDK brings is 154 kB and checks one thing: answers of the person, which
 * src/mcp/confirm.ts checks itself. It is left out here, and test/stdio checks what remains.
 */
const withoutSchemaChecker: Plugin = {
  name: 'without-schema-checker',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@modelcontextprotocol\/server\/_shims$/ }, () => ({
      path: 'shims',
      namespace: 'without-schema-checker',
    }));
    onLoad({ filter: /.*/, namespace: 'without-schema-checker' }, () => ({
      contents: `
        export { default as process } from 'node:process';
        export class DefaultJsonSchemaValidator {
          getValidator() { return (data) => ({ valid: true, data, errorMessage: undefined }); }
        }`,
    }));
  },
};

/** Of `countries-list`, names and languages alone; as text, which is parsed faster than code. */
const countries: Plugin = {
  name: 'slim-countries',
  setup({ onLoad }) {
    onLoad({ filter: /countries-list[\\/]mjs[\\/]index\.js$/ }, () => ({
      contents: `export const countries = JSON.parse(${JSON.stringify(JSON.stringify(slimCountries()))});`,
    }));
  },
};

/** The numbering plans: packed, and unpacked when the first number is read. */
const lazyPhoneMetadata: Plugin = {
  name: 'lazy-phone-metadata',
  setup({ onLoad }) {
    onLoad({ filter: /libphonenumber-js[\\/]metadata\.\w+\.json\.js$/ }, async ({ path }) => {
      const text = await readFile(path.replace(/\.js$/, ''), 'utf8');
      const packed = deflateRawSync(text, { level: 9 }).toString('base64');
      const getters = Object.keys(JSON.parse(text)).map((name) => `get ${name}() { return plans().${name}; }`);
      return {
        contents: `
          let read;
          const plans = () => read ??= JSON.parse(require('node:zlib').inflateRawSync(Buffer.from('${packed}', 'base64')));
          export default { ${getters.join(', ')} };`,
      };
    });
  },
};

/** Makes the one self-contained executable. CommonJS starts faster than ESM and knows no top-level await. */
export const bundle = () =>
  build({
    entryPoints: ['src/main.ts'],
    outfile: 'dist/sent-contacts-mcp.cjs',
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minify: true,
    mainFields: ['module', 'main'],
    banner: { js: '#!/usr/bin/env node' },
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    plugins: [withoutSchemaChecker, countries, lazyPhoneMetadata],
  });
