/**
 * Real hosts start the server with the file that `install` writes, against the simulator, and list it as connected.
 * They are installed from npm into a temporary folder, so this is no part of CI. Run: npm run conformance:hosts [folder]
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { EXECUTABLE } from '../scripts/build.ts';
import { startSimulator } from '../src/simulator/index.ts';

type HostRun = {
  client: string;
  package: string;
  program: string;
  /** Lists the servers that the host knows. */
  args: string[];
  /** What the host prints of a server that it has started and talked to. */
  connected: RegExp;
};

const HOSTS: readonly HostRun[] = [
  {
    client: 'claude-code',
    package: '@anthropic-ai/claude-code',
    program: 'claude',
    args: ['mcp', 'list'],
    connected: /sent:.*(✓|✔|Connected)/,
  },
  // Codex lists without starting; that it reads the entry is what can be seen.
  {
    client: 'codex',
    package: '@openai/codex',
    program: 'codex',
    args: ['mcp', 'list'],
    connected: /sent\s+npx.*enabled/s,
  },
  {
    client: 'gemini',
    package: '@google/gemini-cli',
    program: 'gemini',
    args: ['mcp', 'list'],
    connected: /✓.*sent:.*Connected/,
  },
  {
    client: 'opencode',
    package: 'opencode-ai',
    program: 'opencode',
    args: ['mcp', 'list'],
    connected: /✓.*sent.*connected/is,
  },
  {
    client: 'qwen',
    package: '@qwen-code/qwen-code',
    program: 'qwen',
    args: ['mcp', 'list'],
    connected: /✓.*sent:.*Connected/,
  },
];

function run(command: string, args: string[], env: Record<string, string>, cwd: string) {
  return new Promise<{ code: number | null; output: string }>((done) => {
    const child = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: 90_000 });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
    child.on('error', (error) => done({ code: null, output: error.message }));
    child.on('close', (code) => done({ code, output }));
  });
}

/** A folder with an `npx` that starts the build at hand in the place of the package, which is not fetched. */
function standInForNpx(folder: string): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  const text = `#!/bin/sh\nshift 2\nexec "${process.execPath}" "${resolve(EXECUTABLE)}" "$@"\n`;
  writeFileSync(join(bin, 'npx'), text, { mode: 0o755 });
  return bin;
}

async function main(): Promise<void> {
  const packages = process.argv[2] ?? join(tmpdir(), 'sent-contacts-mcp-hosts');
  mkdirSync(packages, { recursive: true });
  if (process.argv[2] === undefined) {
    const args = [
      'install',
      '--prefix',
      packages,
      '--no-audit',
      '--no-fund',
      ...HOSTS.map((host) => host.package),
    ];
    const { code, output } = await run('npm', args, process.env as Record<string, string>, packages);
    if (code !== 0) throw new Error(`npm could not install the hosts:\n${output}`);
  }
  const simulator = await startSimulator();
  const folder = mkdtempSync(join(tmpdir(), 'sent-hosts-'));
  let failed = 0;
  try {
    for (const host of HOSTS) {
      const home = join(folder, host.client);
      mkdirSync(join(home, 'project'), { recursive: true });
      const bin = join(packages, 'node_modules', '.bin');
      const env = {
        PATH: [standInForNpx(home), bin, process.env.PATH].join(delimiter),
        HOME: home,
        TERM: 'dumb',
        NO_COLOR: '1',
        GEMINI_CLI_TRUST_WORKSPACE: 'true',
        GEMINI_API_KEY: 'none',
        CODEX_HOME: join(home, '.codex'),
        SENT_BASE_URL: simulator.url,
      };
      mkdirSync(env.CODEX_HOME);
      const installed = await run(
        process.execPath,
        [resolve(EXECUTABLE), 'install', host.client],
        { ...env, SENT_API_KEY: simulator.key },
        home,
      );
      const { output } = await run(join(bin, host.program), host.args, env, join(home, 'project'));
      const version = JSON.parse(
        readFileSync(join(packages, 'node_modules', host.package, 'package.json'), 'utf8'),
      ).version;
      const ok = installed.code === 0 && host.connected.test(output);
      if (!ok) failed += 1;
      process.stdout.write(
        `${ok ? 'ok  ' : 'FAIL'} ${host.client} ${version}\n${ok ? '' : `${installed.output}${output}\n`}`,
      );
    }
  } finally {
    await simulator.close();
    rmSync(folder, { recursive: true, force: true });
  }
  process.exitCode = failed === 0 ? 0 : 1;
}

void main();
