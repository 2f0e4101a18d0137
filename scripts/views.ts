import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const FOLDER = 'src/mcp/views/pages';
const TARGET = 'src/mcp/views/pages.json';
/** Files of the folder that pages share and that are no pages themselves. */
const SHARED = ['chart', 'element', 'host', 'table', 'words'];

/** The script of one page, with what pages share. */
async function scriptOf(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${FOLDER}/${name}.ts`],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    legalComments: 'none',
  });
  return (outputFiles[0]?.text ?? '').trim().replaceAll('</script', '<\\/script');
}

async function styleOf(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${FOLDER}/page.css`],
    minify: true,
    write: false,
    target: ['chrome123', 'firefox120', 'safari17.5'],
  });
  return (outputFiles[0]?.text ?? '').trim();
}

const names = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replace(/\.ts$/, ''))
  .filter((name) => !SHARED.includes(name));
const pages: Record<string, string> = { style: await styleOf() };
for (const name of names) pages[name] = await scriptOf(name);
const made = `${JSON.stringify(pages, null, 2)}\n`;
if (!process.argv.includes('--check')) {
  writeFileSync(TARGET, made);
  for (const name of Object.keys(pages))
    console.log(`${name}: ${Buffer.byteLength(pages[name] ?? '')} bytes`);
} else if (readFileSync(TARGET, 'utf8') !== made) {
  console.error(`${TARGET} is not what npm run views:build makes of ${FOLDER}.`);
  process.exitCode = 1;
}
