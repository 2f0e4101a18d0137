import { build } from 'esbuild';

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
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
  });
