import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { launcher } from './launcher.ts';
import { lazyCrypto } from './plugins/lazy-crypto.ts';
import { lazySdkSchemas } from './plugins/lazy-sdk-schemas.ts';
import { noSchemaChecker } from './plugins/no-schema-checker.ts';
import { packedCountries } from './plugins/packed-countries.ts';
import { packedPhoneNumbers } from './plugins/packed-phone-numbers.ts';

export const EXECUTABLE = 'dist/sent-contacts-mcp.cjs';

/** CommonJS starts faster than ESM and knows no top-level await. */
export const AS_ONE_FILE = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  mainFields: ['module', 'main'],
  charset: 'ascii', // One character beyond Latin-1 would double the memory of the whole source.
  legalComments: 'none', // Of others' code: their licences are in NOTICES.md.
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** Makes the one self-contained executable. @returns of what it is made. */
export async function bundle(): Promise<Metafile> {
  const { outputFiles, metafile } = await build({
    ...AS_ONE_FILE,
    entryPoints: ['src/main.ts'],
    outfile: EXECUTABLE,
    minify: true,
    metafile: true,
    write: false,
    plugins: [noSchemaChecker, lazySdkSchemas, lazyCrypto, packedCountries, packedPhoneNumbers],
  });
  await mkdir(dirname(EXECUTABLE), { recursive: true });
  await writeFile(EXECUTABLE, launcher(outputFiles[0]?.text ?? ''));
  await chmod(EXECUTABLE, 0o755);
  return metafile;
}

/** The source in one file, with nothing replaced, left out or made smaller: what the executable must behave like. */
export const bundleSource = (outfile: string) =>
  build({ ...AS_ONE_FILE, entryPoints: ['src/main.ts'], outfile });
