import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { type BuildOptions, build, type Metafile, transform } from 'esbuild';
import { launcher } from './launcher.ts';
import { noticesFor } from './notices.ts';
import { lazyCrypto } from './plugins/lazy-crypto.ts';
import { lazySdkSchemas } from './plugins/lazy-sdk-schemas.ts';
import { noSchemaChecker } from './plugins/no-schema-checker.ts';
import { packedCountries } from './plugins/packed-countries.ts';
import { packedPhoneNumbers } from './plugins/packed-phone-numbers.ts';

export const EXECUTABLE = 'dist/sent-contacts-mcp.cjs';
/** The licences of what is in it. */
export const NOTICES = 'dist/NOTICES.md';

const COMMON = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'],
  charset: 'ascii',
  legalComments: 'none', // Of others' code: their licences are in NOTICES.
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** One character beyond Latin-1 would double the memory of the whole source; esbuild leaves those of regular expressions. */
const ascii = (code: string): string =>
  code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** One program in one file, with nothing replaced. CommonJS starts faster than ESM and knows no top-level await. */
export const bundlePlain = (entryPoint: string, outfile: string, options: BuildOptions = {}) =>
  build({ ...COMMON, ...options, format: 'cjs', entryPoints: [entryPoint], outfile });

/**
 * Makes the one self-contained executable, and the licences of what is in it beside it. What only some commands need is split off into parts that are compiled when
 * they are asked for: parsing takes 3 ms for each 100 kB.
 * @returns of what it is made.
 */
export async function bundle(): Promise<Metafile> {
  const { outputFiles, metafile } = await build({
    ...COMMON,
    entryPoints: ['src/main.ts'],
    outdir: dirname(EXECUTABLE),
    format: 'esm',
    splitting: true,
    metafile: true,
    write: false,
    plugins: [noSchemaChecker, lazySdkSchemas, lazyCrypto, packedCountries, packedPhoneNumbers],
  });
  const parts = new Map<string, string>();
  for (const { path, text } of outputFiles) {
    const { code } = await transform(text, {
      format: 'cjs',
      target: COMMON.target,
      platform: COMMON.platform,
      charset: COMMON.charset,
      minify: true,
      supported: { 'dynamic-import': false }, // As a require, which the executable answers.
    });
    parts.set(basename(path), ascii(code));
  }
  await mkdir(dirname(EXECUTABLE), { recursive: true });
  await writeFile(
    EXECUTABLE,
    launcher(parts, 'main.js', partsAtStart(metafile, `${dirname(EXECUTABLE)}/main.js`)),
  );
  await chmod(EXECUTABLE, 0o755);
  await writeFile(NOTICES, noticesFor(metafile));
  return metafile;
}

/** The part of that name and all that it imports as it is loaded. */
function partsAtStart({ outputs }: Metafile, first: string): Set<string> {
  const found = new Set([basename(first)]);
  for (const { kind, path } of outputs[first]?.imports ?? []) {
    if (kind !== 'import-statement' || outputs[path] === undefined || found.has(basename(path))) continue;
    for (const name of partsAtStart({ outputs, inputs: {} }, path)) found.add(name);
  }
  return found;
}
