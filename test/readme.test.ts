/** What README says is true: its commands run, its JSON is right, its links lead somewhere. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { HOSTS } from '../src/cli/hosts/index.ts';
import { readSettings, SETTINGS } from '../src/config/index.ts';
import { TOOLS } from '../src/mcp/index.ts';
import { TOOL_NAMES } from './harness.ts';

const run = promisify(execFile);
const README = readFileSync('README.md', 'utf8');
const blocks = (language: string): string[] =>
  [...README.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    (match) => match[1] ?? '',
  );
const scripts: Record<string, string> = JSON.parse(readFileSync('package.json', 'utf8')).scripts;

test('each npm command of the README, of AGENTS and of CONTRIBUTING is a script', () => {
  const named = [
    ...`${README}${['AGENTS.md', 'CONTRIBUTING.md'].map((file) => readFileSync(file, 'utf8'))}`.matchAll(
      /npm (?:run ([\w:]+)|(test))/g,
    ),
  ];
  expect(named.length).toBeGreaterThan(3);
  for (const [, script, short] of named) expect(Object.keys(scripts)).toContain(script ?? short);
});

test('npm run demo plays the session', async () => {
  const { stdout } = await run('npm', ['run', '--silent', 'demo']);
  const said = [...stdout.matchAll(/^You: .+/gm)];
  expect(said.length).toBeGreaterThanOrEqual(8);
  for (const tool of ['search', 'create', 'update', 'delete']) expect(stdout).toContain(`→ ${tool}_contact`);
  expect(stdout).toContain('→ send_message');
  expect(stdout).toContain('Accepted by Sent, not yet delivered: 2 messages');
  expect(stdout).not.toMatch(/^ {4}(internal|unavailable|invalid_input): /m);
});

describe('the configuration of hosts', () => {
  test.each(blocks('json'))('block %# starts a server that works', (block) => {
    const config = JSON.parse(block);
    const host = HOSTS.find(({ shape }) => shape.servers in config);
    const launch = host?.shape.toLaunch(config[host.shape.servers].sent);
    const words = [launch?.command, ...(launch?.args ?? [])];
    expect(words.join(' ')).toMatch(/^npx -y sent-contacts-mcp( --demo)?$/);
    const env = Object.fromEntries(Object.keys(launch?.env ?? {}).map((name) => [name, 'k']));
    expect(() => readSettings(words.slice(3) as string[], env, TOOLS)).not.toThrow();
  });

  test.each(HOSTS.map(({ id }) => id))(
    'install %s --dry-run shows the change and makes none',
    async (client) => {
      const home = mkdtempSync(join(tmpdir(), 'home-'));
      const env = { PATH: process.env.PATH, HOME: home, SENT_API_KEY: 'sk_secret' };
      const { stdout } = await run(
        process.execPath,
        ['dist/sent-contacts-mcp.cjs', 'install', client, '--dry-run'],
        { env },
      );
      expect(stdout).toContain('sent-contacts-mcp');
      expect(stdout).not.toContain('sk_secret');
      expect(existsSync(join(home, '.config'))).toBe(false);
    },
  );
});

test('each command of the README is one, and says how it is used', async () => {
  const named = [...README.matchAll(/npx -y sent-contacts-mcp ([a-z]+)/g)].map(([, command = '']) => command);
  expect(new Set(named)).toEqual(new Set(['install', 'doctor', 'history', 'import']));
  for (const command of new Set(named)) {
    const { stdout } = await run(process.execPath, ['dist/sent-contacts-mcp.cjs', command, '--help']);
    expect(stdout).toContain(`Usage: sent-contacts-mcp ${command}`);
  }
});

test('install without a name lists what is on the machine', async () => {
  const home = mkdtempSync(join(tmpdir(), 'home-'));
  mkdirSync(join(home, '.cursor'));
  const { stdout } = await run(process.execPath, ['dist/sent-contacts-mcp.cjs', 'install'], {
    env: { PATH: process.env.PATH, HOME: home },
  });
  expect(stdout).toMatch(/^Found on this machine:\n {2}1\. Cursor/);
});

test('every setting and every tool is in it', () => {
  for (const { variables } of Object.values(SETTINGS)) expect(README).toContain(variables[0]);
  for (const name of TOOL_NAMES) expect(README).toContain(`\`${name}\``);
});

test.each([
  ...['README.md', 'CONTRIBUTING.md', 'AGENTS.md', 'SECURITY.md', 'CHANGELOG.md'],
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => `docs/${path.replaceAll('\\', '/')}`),
])('every link of %s into the project leads somewhere', (file) => {
  for (const [, target = ''] of readFileSync(file, 'utf8').matchAll(
    /\]\((?!https?:|vscode:|mailto:|#)([^)#]+)[^)]*\)/g,
  ))
    expect(existsSync(join(dirname(file), target)), target).toBe(true);
});
