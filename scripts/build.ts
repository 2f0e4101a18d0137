import { build, type Plugin } from 'esbuild';
import { lazySchemas } from './lazy-schemas.ts';

import { slimCountries } from './slim-countries.ts';
import { slimPhoneNumbers } from './slim-phone-numbers.ts';

/**
 * The schema checker that the SDK brings is 154 kB and checks one thing here: the person's answers, which
 * src/mcp/confirm.ts checks itself. This takes its place, and test/cli/executable.test.ts sends it wrong answers.
 */
const withoutSchemaChecker: Plugin = {
  name: 'without-schema-checker',
  setup({ onResolve, onLoad }) {
    const name = 'without-schema-checker';
    onResolve({ filter: /^@modelcontextprotocol\/server\/_shims$/ }, () => ({
      path: 'shims',
      namespace: name,
    }));
    onLoad({ filter: /.*/, namespace: name }, () => ({
      contents: `
        export { default as process } from 'node:process';
        export class DefaultJsonSchemaValidator {
          getValidator() { return (data) => ({ valid: true, data, errorMessage: undefined }); }
        }`,
    }));
  },
};

/** Loads Node's crypto, which takes as long as all of ours, with its first use. */
const lazyCrypto: Plugin = {
  name: 'lazy-crypto',
  setup({ onResolve, onLoad }) {
    const name = 'lazy-crypto';
    onResolve({ filter: /^node:crypto$/ }, ({ namespace }) =>
      namespace === name ? { path: 'node:crypto', external: true } : { path: 'node:crypto', namespace: name },
    );
    onLoad({ filter: /.*/, namespace: name }, () => ({
      contents: `
        export const createHash = (...given) => require('node:crypto').createHash(...given);
        export const timingSafeEqual = (...given) => require('node:crypto').timingSafeEqual(...given);`,
    }));
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
    charset: 'ascii', // One character beyond Latin-1 would double the memory of the whole source.
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    plugins: [withoutSchemaChecker, lazyCrypto, lazySchemas, slimCountries, slimPhoneNumbers],
  });
