/** The bundle for Claude Desktop and the npm package, as somebody gets them. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unpackExtension, v0_3 } from '@anthropic-ai/mcpb';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { publint } from 'publint';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { bundle } from '../scripts/build.ts';
import { packagesIn } from '../scripts/notices.ts';
import { SETTINGS } from '../src/config/index.ts';
import { PROMPTS } from '../src/mcp/prompts.ts';
import { TOOLS } from '../src/mcp/tools/index.ts';

const run = promisify(execFile);
const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
const PACKAGE = readJson('package.json');
const MANIFEST = readJson('manifest.json');
const SERVER = readJson('server.json');

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sent-pack-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts the unpacked bundle as Claude Desktop does, `settings` in the place of the placeholders that they name. */
async function start(folder: string, settings: Record<string, unknown>) {
  const { command, args, env } = MANIFEST.server.mcp_config;
  const filled = (text: string): string =>
    Object.entries({ __dirname: folder, ...settings }).reduce(
      (done, [name, value]) =>
        done.replaceAll(`\${${name === '__dirname' ? '' : 'user_config.'}${name}}`, String(value)),
      text,
    );
  expect(command).toBe('node');
  const client = new Client({ name: 'test', version: '1' });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: args.map(filled),
    env: Object.fromEntries(Object.entries<string>(env).map(([name, value]) => [name, filled(value)])),
    cwd: folder,
  });
  await client.connect(transport);
  onTestFinished(() => client.close());
  return client;
}

describe('sent-contacts.mcpb', () => {
  beforeAll(async () => {
    await run('npm', ['run', '--silent', 'pack'], { shell: process.platform === 'win32' });
  }, 60_000);

  async function unpacked(): Promise<string> {
    const folder = emptyFolder();
    const done = await unpackExtension({
      mcpbPath: 'sent-contacts.mcpb',
      outputDir: folder,
      silent: true,
    });
    expect(done).toBe(true);
    return folder;
  }

  test('holds five files, the icon and the licences among them, and is small', async () => {
    expect(statSync('sent-contacts.mcpb').size).toBeLessThan(450_000);
    const folder = await unpacked();
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    expect(files.sort()).toEqual([
      'LICENSE',
      'NOTICES.md',
      'icon.png',
      'manifest.json',
      'sent-contacts-mcp.cjs',
    ]);
    expect(existsSync(join(folder, MANIFEST.server.entry_point))).toBe(true);
    const icon = readFileSync(join(folder, MANIFEST.icon));
    expect(icon.subarray(1, 4).toString()).toBe('PNG');
    expect([icon.readUInt32BE(16), icon.readUInt32BE(20)]).toEqual([512, 512]);
  });

  test('works from an empty folder, in demo mode', async () => {
    const client = await start(await unpacked(), { ...defaults(), demo: true });
    expect(client.getServerVersion()?.version).toBe(MANIFEST.version);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(MANIFEST.tools.map(({ name }: { name: string }) => name));
    const { structuredContent } = await client.callTool({ name: 'search_contacts', arguments: {} });
    expect(structuredContent).toMatchObject({ total: 60 });
  });

  test('works with a key alone, every other placeholder left as it is', async () => {
    const client = await start(await unpacked(), { api_key: 'sk_test_key' });
    expect((await client.listTools()).tools).toHaveLength(TOOLS.length);
  });

  test.each([
    ['a country that is none', { default_country: 'Atlantis' }],
    ['an address book that is gone', { address_book: '/gone.csv' }],
    ['words where a choice was meant', { confirm: 'perhaps', read_only: 'null' }],
  ])('%s does not stop it', async (_, wrong) => {
    const client = await start(await unpacked(), { ...defaults(), api_key: 'sk_test_key', ...wrong });
    expect((await client.listTools()).tools.length).toBeGreaterThan(0);
  });

  test('read only is read only', async () => {
    const settings = { api_key: 'demo', ...defaults(), demo: true, read_only: true };
    const { tools } = await (await start(await unpacked(), settings)).listTools();
    expect(tools.length).toBeGreaterThan(0);
    expect(tools.every(({ annotations }) => annotations?.readOnlyHint)).toBe(true);
  });
});

type Option = { required?: boolean; default?: unknown; sensitive?: boolean };
const options: Record<string, Option> = MANIFEST.user_config;
const defaults = () =>
  Object.fromEntries(
    Object.entries(options).flatMap(([name, option]) =>
      'default' in option ? [[name, option.default]] : [],
    ),
  );

describe('manifest.json', () => {
  test('is valid, and of the same version, tools and prompts as the server', () => {
    expect(v0_3.McpbManifestSchema.safeParse(MANIFEST).error).toBeUndefined();
    expect(MANIFEST).toMatchObject({ manifest_version: '0.3', version: PACKAGE.version, name: PACKAGE.name });
    expect(MANIFEST.tools).toEqual(TOOLS.map(({ name, title }) => ({ name, description: title })));
    expect(MANIFEST.prompts.map(({ name }: { name: string }) => name)).toEqual(
      PROMPTS.map(({ name }) => name),
    );
    expect(MANIFEST.compatibility.runtimes.node).toBe(`${PACKAGE.engines.node}.0.0`);
  });

  test('offers settings that exist, the key kept secret, the rest with defaults', () => {
    const variables = Object.values(SETTINGS).map(({ variables: [first] }) => first);
    const env = Object.entries<string>(MANIFEST.server.mcp_config.env);
    for (const [name, value] of env) {
      expect(variables).toContain(name);
      expect(Object.keys(options).map((option) => `\${user_config.${option}}`)).toContain(value);
    }
    expect(env).toHaveLength(Object.keys(options).length);
    const { api_key: key, ...others } = options;
    expect(key).toMatchObject({ required: false, sensitive: true, default: '' });
    for (const other of Object.values(others)) {
      expect(other).toMatchObject({ required: false });
      expect(other).toHaveProperty('default');
    }
  });
});

test('server.json names the package, its version and its settings', () => {
  expect(SERVER.name).toBe(PACKAGE.mcpName);
  expect(SERVER.description.length).toBeLessThanOrEqual(100);
  const [entry] = SERVER.packages;
  expect(SERVER.packages).toHaveLength(1);
  expect(entry).toMatchObject({
    registryType: 'npm',
    identifier: PACKAGE.name,
    version: PACKAGE.version,
    transport: { type: 'stdio' },
  });
  expect(SERVER.version).toBe(PACKAGE.version);
  // What `serve --http` alone takes is no setting of a package that a host starts.
  const settings = Object.values(SETTINGS).flatMap((setting) =>
    'team' in setting ? [] : setting.variables[0],
  );
  expect(entry.environmentVariables.map(({ name }: { name: string }) => name)).toEqual(settings);
  expect(entry.environmentVariables[0]).toMatchObject({ isRequired: true, isSecret: true });
});

test('the licence of each package in the build comes with it, and its words', async () => {
  const notices = readFileSync('dist/NOTICES.md', 'utf8');
  const packages = packagesIn(await bundle());
  expect(packages.length).toBeGreaterThan(8);
  for (const folder of packages) {
    const { name, version, license } = readJson(join(folder, 'package.json'));
    expect(notices).toContain(`## ${name} ${version} (${license})\n`);
  }
  expect(notices.match(/^Copyright|\(c\)/gim)?.length).toBeGreaterThanOrEqual(packages.length);
});

describe('the npm package', () => {
  const npm = (args: string[], cwd: string) => run('npm', args, { cwd, shell: process.platform === 'win32' });

  test('holds what a user needs, and installing it brings nothing else', async () => {
    const folder = emptyFolder();
    const { stdout } = await npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], '.');
    const [{ filename, files }] = JSON.parse(stdout);
    expect(files.map(({ path }: { path: string }) => path).sort()).toEqual([
      'LICENSE',
      'README.md',
      'dist/NOTICES.md',
      'dist/sent-contacts-mcp.cjs',
      'package.json',
    ]);
    await npm(['init', '--yes'], folder);
    await npm(['install', '--offline', '--no-audit', '--no-fund', join(folder, filename)], folder);
    const installed = Object.keys(readJson(join(folder, 'node_modules/.package-lock.json')).packages);
    expect(installed).toEqual([`node_modules/${PACKAGE.name}`]);
    const help = await npm(['exec', '--offline', '--', PACKAGE.name, '--help'], folder);
    expect(help.stdout).toContain('sent-contacts-mcp doctor');
  }, 60_000);

  test('is clean by publint', async () => {
    const { messages } = await publint({ pkgDir: '.', strict: true, pack: false });
    expect(messages).toEqual([]);
  });
});
