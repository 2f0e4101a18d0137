/**
 * Runs the official conformance scenarios that apply to a real server, and the Inspector's strict check of the tools.
 * The suite needs Node 22 or later: under an older one a Node 24 from npm runs it. Run: npm run conformance
 */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { bundle } from '../scripts/build.ts';
import { serveHttp } from './serve.ts';

const SUITE = '@modelcontextprotocol/conformance@0.2.0-alpha.12';
const INSPECTOR = '@modelcontextprotocol/inspector@2.12.0';
const NODE = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

const SCENARIOS: Record<string, string[]> = {
  '2025-11-25': [
    'server-initialize',
    'server-session-lifecycle',
    'server-sse-multiple-streams',
    'dns-rebinding-protection',
    'ping',
    'tools-list',
    'resources-list',
    'resources-subscribe',
    'resources-unsubscribe',
    'prompts-list',
  ],
  '2026-07-28': [
    'server-stateless',
    'server-sse-multiple-streams',
    'dns-rebinding-protection',
    'tools-list',
    'resources-list',
    'prompts-list',
    'sep-2164-resource-not-found',
    'caching',
    'http-header-validation',
    'input-required-result-basic-elicitation',
    'input-required-result-result-type',
    'input-required-result-unsupported-methods',
    'input-required-result-capability-check',
  ],
};

const folder = join(tmpdir(), 'sent-contacts-mcp-conformance');
const expected = resolve('conformance/expected-failures.yml');

/** What the program printed, and how it ended. */
function run(command: string, args: string[], cwd: string): Promise<{ code: number | null; output: string }> {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd, shell: process.platform === 'win32' && command === 'npm' });
    let output = '';
    child.stdout.on('data', (text) => (output += text));
    child.stderr.on('data', (text) => (output += text));
    child.on('close', (code) => done({ code, output }));
  });
}

/** Where the suite is installed, and a Node that can run it. */
async function prepare(): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const enough = Number(process.versions.node.split('.')[0]) >= 22;
  const packages = [SUITE, INSPECTOR, ...(enough ? [] : [`${NODE}@24`])];
  const args = ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', ...packages];
  const { code, output } = await run('npm', args, folder);
  if (code !== 0) throw new Error(`npm could not install the suite:\n${output}`);
  return enough ? process.execPath : join(folder, 'node_modules', NODE, 'bin', 'node');
}

async function main(): Promise<void> {
  await bundle();
  const node = await prepare();
  const program = (name: string): string => join(folder, 'node_modules', '.bin', name);
  let failed = 0;
  const report = (name: string, { code, output }: { code: number | null; output: string }): void => {
    if (code !== 0) failed += 1;
    const [passed = ''] = /Passed: .*/.exec(output) ?? [];
    process.stdout.write(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} ${passed}\n${code === 0 ? '' : output}`);
  };

  const { url, close } = await serveHttp();
  for (const [version, scenarios] of Object.entries(SCENARIOS)) {
    for (const scenario of scenarios) {
      const which = ['--scenario', scenario, '--spec-version', version];
      const args = [
        program('conformance'),
        'server',
        '--url',
        url,
        ...which,
        '--expected-failures',
        expected,
      ];
      report(`${version} ${scenario}`, await run(node, args, folder));
    }
  }
  close();
  const executable = resolve('dist/sent-contacts-mcp.cjs');
  const inspect = ['--cli', process.execPath, executable, '--demo', '--method', 'tools/list', '--strict'];
  report('inspector tools/list --strict', await run(node, [program('mcp-inspector'), ...inspect], folder));
  process.exitCode = failed === 0 ? 0 : 1;
}

void main();
