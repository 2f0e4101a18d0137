/**
 * Writes the parts of README that follow from the code, between their markers: `<!-- tools -->`, `<!-- settings -->` and
 * `<!-- hosts -->`. With --check it changes nothing and fails where they are out of date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { hostsSection } from './docs-hosts.ts';
import { settingsTable, toolsTable } from './docs-tables.ts';

const FILE = 'README.md';
const sections = { tools: toolsTable, settings: settingsTable, hosts: hostsSection };

const before = readFileSync(FILE, 'utf8');
let after = before;
for (const [name, section] of Object.entries(sections)) {
  const between = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- /${name} -->)`);
  if (!between.test(after)) throw new Error(`${FILE} has no markers <!-- ${name} --> and <!-- /${name} -->`);
  after = after.replace(between, (_, open: string, close: string) => `${open}${section()}${close}`);
}

if (!process.argv.includes('--check')) writeFileSync(FILE, after);
else if (after !== before) {
  console.error(`${FILE} is out of date: run npm run docs`);
  process.exitCode = 1;
}
