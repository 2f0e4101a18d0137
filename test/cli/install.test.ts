import { describe, expect, test } from 'vitest';
import { HOSTS, hostsNearest, type Machine } from '../../src/cli/hosts/index.ts';
import { FakeTerminal, KEY, makeHome, STAMP } from './install-home.ts';

const env = { SENT_API_KEY: KEY };
const launch = { command: 'npx', args: ['-y', 'sent-contacts-mcp'] };
const entry = { ...launch, env: { SENT_API_KEY: KEY } };
const nothing = { exists: () => false, list: () => [] };

describe('where each host keeps its configuration', () => {
  const files = (platform: NodeJS.Platform, variables: Record<string, string> = {}) =>
    Object.fromEntries(
      HOSTS.map(({ id, file }) => [
        id,
        file({ ...nothing, env: variables, platform, home: '/h' }).replaceAll('\\', '/'),
      ]),
    );
  const same = {
    'claude-code': '/h/.claude.json',
    cursor: '/h/.cursor/mcp.json',
    windsurf: '/h/.codeium/windsurf/mcp_config.json',
    copilot: '/h/.copilot/mcp-config.json',
    codex: '/h/.codex/config.toml',
    gemini: '/h/.gemini/settings.json',
    qwen: '/h/.qwen/settings.json',
    opencode: '/h/.config/opencode/opencode.json',
    amp: '/h/.config/amp/settings.json',
    continue: '/h/.continue/mcpServers/sent.json',
    devin: '/h/.config/devin/mcp_config.json',
  };

  test('macOS', () => {
    expect(files('darwin', { XDG_CONFIG_HOME: '/xdg' })).toEqual({
      ...same,
      'claude-desktop': '/h/Library/Application Support/Claude/claude_desktop_config.json',
      vscode: '/h/Library/Application Support/Code/User/mcp.json',
      opencode: '/xdg/opencode/opencode.json',
      zed: '/h/.config/zed/settings.json',
    });
  });

  test.each([
    ['APPDATA', { APPDATA: '/roaming' }, '/roaming'],
    ['no APPDATA', {}, '/h/AppData/Roaming'],
  ])('Windows with %s', (_, variables, roaming) => {
    expect(files('win32', variables)).toEqual({
      ...same,
      'claude-desktop': `${roaming}/Claude/claude_desktop_config.json`,
      vscode: `${roaming}/Code/User/mcp.json`,
      zed: `${roaming}/Zed/settings.json`,
      devin: `${roaming}/devin/mcp_config.json`,
    });
  });

  test.each([
    ['no XDG_CONFIG_HOME', {}, '/h/.config'],
    ['XDG_CONFIG_HOME', { XDG_CONFIG_HOME: '/xdg' }, '/xdg'],
    ['a relative XDG_CONFIG_HOME, which counts for nothing', { XDG_CONFIG_HOME: 'xdg' }, '/h/.config'],
  ])('Linux with %s', (_, variables, config) => {
    expect(files('linux', variables)).toEqual({
      ...same,
      'claude-desktop': `${config}/Claude/claude_desktop_config.json`,
      vscode: `${config}/Code/User/mcp.json`,
      zed: `${config}/zed/settings.json`,
      opencode: `${config}/opencode/opencode.json`,
      amp: `${config}/amp/settings.json`,
      devin: `${config}/devin/mcp_config.json`,
    });
  });

  const fileOf = (id: string, machine: Partial<Machine>): string | undefined =>
    HOSTS.find((host) => host.id === id)
      ?.file({ ...nothing, env: {}, platform: 'linux', home: '/h', ...machine })
      .replaceAll('\\', '/');

  test.each([
    ['claude-code', 'CLAUDE_CONFIG_DIR', '/moved/.claude.json'],
    ['codex', 'CODEX_HOME', '/moved/config.toml'],
    ['gemini', 'GEMINI_CLI_HOME', '/moved/.gemini/settings.json'],
    ['copilot', 'COPILOT_HOME', '/moved/mcp-config.json'],
    ['qwen', 'QWEN_HOME', '/moved/settings.json'],
    ['continue', 'CONTINUE_GLOBAL_DIR', '/moved/mcpServers/sent.json'],
  ])('%s follows %s', (id, variable, path) => {
    expect(fileOf(id, { env: { [variable]: '/moved' } })).toBe(path);
  });

  test('Claude Desktop as MSIX has a folder of its own, and the usual one where that is not', () => {
    const env = { APPDATA: '/roaming', LOCALAPPDATA: '/local' };
    const list = (folder: string) =>
      folder.replaceAll('\\', '/') === '/local/Packages' ? ['Other_1', 'Claude_pzs8sxrjxfjjc'] : [];
    expect(fileOf('claude-desktop', { platform: 'win32', env, list })).toBe(
      '/local/Packages/Claude_pzs8sxrjxfjjc/LocalCache/Roaming/Claude/claude_desktop_config.json',
    );
    expect(fileOf('claude-desktop', { platform: 'win32', env })).toBe(
      '/roaming/Claude/claude_desktop_config.json',
    );
  });

  test('opencode with comments keeps its file', () => {
    const exists = (path: string) => path.endsWith('opencode.jsonc');
    expect(fileOf('opencode', { exists })).toBe('/h/.config/opencode/opencode.jsonc');
  });
});

describe('what is written', () => {
  test.each([
    ['claude-desktop', '.config/Claude/claude_desktop_config.json', 'mcpServers'],
    ['claude-code', '.claude.json', 'mcpServers'],
    ['cursor', '.cursor/mcp.json', 'mcpServers'],
    ['windsurf', '.codeium/windsurf/mcp_config.json', 'mcpServers'],
    ['zed', '.config/zed/settings.json', 'context_servers'],
    ['gemini', '.gemini/settings.json', 'mcpServers'],
    ['qwen', '.qwen/settings.json', 'mcpServers'],
    ['amp', '.config/amp/settings.json', 'amp.mcpServers'],
    ['continue', '.continue/mcpServers/sent.json', 'mcpServers'],
    ['devin', '.config/devin/mcp_config.json', 'mcpServers'],
  ])('%s: the entry with the key, in a new file', async (client, file, servers) => {
    const home = await makeHome({ env });
    const { code, stdout, stderr } = await home.install([client]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(await home.read(file))).toEqual({ [servers]: { sent: entry } });
    expect(stdout).toMatch(`Added "sent" to ${home.path(file)}.\nNext: `);
    expect(await home.files()).toEqual([file]);
  });

  test('codex: a table of its own', async () => {
    const home = await makeHome({ env });
    await home.install(['codex']);
    expect(await home.read('.codex/config.toml')).toBe(
      '[mcp_servers.sent]\ncommand = "npx"\nargs = [ "-y", "sent-contacts-mcp" ]\n' +
        `env = { SENT_API_KEY = "${KEY}" }\n`,
    );
  });

  test('opencode: one list of words, and environment', async () => {
    const home = await makeHome({ env });
    await home.install(['opencode']);
    expect(JSON.parse(await home.read('.config/opencode/opencode.json'))).toEqual({
      mcp: {
        sent: {
          type: 'local',
          command: ['npx', '-y', 'sent-contacts-mcp'],
          environment: { SENT_API_KEY: KEY },
          enabled: true,
        },
      },
    });
  });

  test('Copilot CLI: a local server with all its tools', async () => {
    const home = await makeHome({ env });
    await home.install(['copilot']);
    expect(JSON.parse(await home.read('.copilot/mcp-config.json'))).toEqual({
      mcpServers: { sent: { type: 'local', ...entry, tools: ['*'] } },
    });
  });

  test('vscode: the key in the user configuration, which all its agents take', async () => {
    const home = await makeHome({ env });
    await home.install(['vscode']);
    expect(JSON.parse(await home.read('.config/Code/User/mcp.json'))).toEqual({
      servers: { sent: { type: 'stdio', ...entry } },
    });
  });

  test('vscode --prompt: no key in the file, but a question that VS Code asks', async () => {
    const home = await makeHome({ env });
    const { stdout } = await home.install(['vscode', '--prompt']);
    expect(JSON.parse(await home.read('.config/Code/User/mcp.json'))).toEqual({
      servers: { sent: { type: 'stdio', ...launch, env: { SENT_API_KEY: `\${input:sent_key}` } } },
      inputs: [{ type: 'promptString', id: 'sent_key', description: 'Sent API key', password: true }],
    });
    expect(stdout).toContain('it asks for the key');
    expect((await home.install(['vscode'])).stdout).toContain('Changed: the key was replaced.');
    expect(JSON.parse(await home.read('.config/Code/User/mcp.json'))).toEqual({
      servers: { sent: { type: 'stdio', ...entry } },
      inputs: [],
    });
  });

  test('vscode --prompt needs no key to be known, --demo none anywhere', async () => {
    const home = await makeHome();
    expect((await home.install(['vscode', '--prompt'])).code).toBe(0);
    expect((await home.install(['vscode', '--demo'])).stdout).not.toContain('asks for the key');
    expect(JSON.parse(await home.read('.config/Code/User/mcp.json'))).toEqual({
      servers: { sent: { type: 'stdio', command: 'npx', args: ['-y', 'sent-contacts-mcp', '--demo'] } },
      inputs: [],
    });
  });

  test('Gemini CLI: a $ of the key is no variable, and the same key changes nothing', async () => {
    const home = await makeHome({ env: { SENT_API_KEY: 'sk$HOME' } });
    await home.install(['gemini']);
    const written = JSON.parse(await home.read('.gemini/settings.json')).mcpServers.sent.env.SENT_API_KEY;
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as Gemini CLI reads it.
    expect(written).toBe('sk\\${SENT_UNSET:-$}HOME');
    expect((await home.install(['gemini'])).stdout).toMatch(/^Nothing to change/);
  });

  test('--demo: no key, even where one is set', async () => {
    const home = await makeHome({ env });
    await home.install(['cursor', '--demo']);
    const demo = { command: 'npx', args: ['-y', 'sent-contacts-mcp', '--demo'] };
    expect(JSON.parse(await home.read('.cursor/mcp.json'))).toEqual({ mcpServers: { sent: demo } });
  });

  test('Windows: npx through cmd', async () => {
    const home = await makeHome({ env, platform: 'win32' });
    await home.install(['cursor']);
    const windows = { ...entry, command: 'cmd', args: ['/c', 'npx', '-y', 'sent-contacts-mcp'] };
    expect(JSON.parse(await home.read('.cursor/mcp.json'))).toEqual({ mcpServers: { sent: windows } });
  });

  test('a second install changes nothing and makes no backup', async () => {
    const home = await makeHome({ env });
    for (const client of ['cursor', 'vscode', 'codex']) {
      await home.install([client]);
      const { code, stdout } = await home.install([client]);
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: expect.stringMatching(/^Nothing to change: .* already has this "sent"/),
      });
    }
    expect(await home.files()).toEqual([
      '.codex/config.toml',
      '.config/Code/User/mcp.json',
      '.cursor/mcp.json',
    ]);
  });

  test('a new key goes in; what the person added to the entry stays', async () => {
    const home = await makeHome({ env });
    const mine = {
      type: 'stdio',
      command: 'npx',
      args: ['-y', 'sent-contacts-mcp', '--demo', '--read-only'],
      env: { SENT_DM_API_KEY: 'old', SENT_DEFAULT_COUNTRY: 'BR' },
      disabled: false,
    };
    await home.put('.cursor/mcp.json', JSON.stringify({ mcpServers: { sent: mine } }));
    const { stdout } = await home.install(['cursor']);
    expect(stdout).toContain(`Updated "sent" in ${home.path('.cursor/mcp.json')} (as it was: `);
    expect(stdout).toContain(
      'Changed: the key was replaced, --demo was taken out. Kept: --read-only, SENT_DEFAULT_COUNTRY, type, disabled.',
    );
    expect(JSON.parse(await home.read('.cursor/mcp.json')).mcpServers.sent).toEqual({
      ...mine,
      args: ['-y', 'sent-contacts-mcp', '--read-only'],
      env: { SENT_API_KEY: KEY, SENT_DEFAULT_COUNTRY: 'BR' },
    });
  });

  test.each([
    ['of one version', ['npx', '-y', 'sent-contacts-mcp@0.1.0'], true],
    ['of a clone that is there', ['node', 'HOME/clone/dist/sent-contacts-mcp.cjs'], true],
    ['of a clone that is gone', ['node', '/gone/sent-contacts-mcp.cjs'], false],
    ['of its own name', ['sent-contacts-mcp'], false],
  ])('flags and variables stay in an entry %s', async (_, words, stays) => {
    const home = await makeHome({ env });
    await home.put('clone/dist/sent-contacts-mcp.cjs', '');
    const own = words.map((word) => word.replace('HOME', home.home));
    const mine = {
      command: own[0],
      args: [...own.slice(1), '--read-only', '--tools=search_contacts'],
      env: { SENT_CONFIRM: 'always' },
    };
    await home.put('.cursor/mcp.json', JSON.stringify({ mcpServers: { sent: mine } }), 0o600);
    const { stdout } = await home.install(['cursor']);
    const [command, ...args] = stays ? own : ['npx', '-y', 'sent-contacts-mcp'];
    expect(JSON.parse(await home.read('.cursor/mcp.json')).mcpServers.sent).toEqual({
      command,
      args: [...args, '--read-only', '--tools=search_contacts'],
      env: { SENT_API_KEY: KEY, SENT_CONFIRM: 'always' },
    });
    expect(stdout).toContain('Kept: --read-only, --tools, SENT_CONFIRM.');
    expect(stdout.includes('it starts npx -y sent-contacts-mcp')).toBe(!stays);
  });

  test('the key that is there stays where none is given', async () => {
    const home = await makeHome({ env });
    await home.install(['codex']);
    const { code, stdout } = await home.install(['codex'], { env: { SENT_API_KEY: '' } });
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^Nothing to change/) });
  });

  test('another server under the name is replaced whole, its old self in the backup', async () => {
    const home = await makeHome({ env });
    const hosted = { type: 'http', url: 'https://mcp.sent.dm/mcp', headers: { a: 'b' } };
    await home.put('.cursor/mcp.json', JSON.stringify({ mcpServers: { sent: hosted } }));
    const { stdout } = await home.install(['cursor']);
    expect(stdout).toContain('It took the place of another server of that name.');
    expect(JSON.parse(await home.read('.cursor/mcp.json'))).toEqual({ mcpServers: { sent: entry } });
    expect(JSON.parse(await home.read(`.cursor/mcp.json.bak-${STAMP}`))).toEqual({
      mcpServers: { sent: hosted },
    });
  });
});

describe('uninstall', () => {
  test('says so and succeeds where there is nothing', async () => {
    const home = await makeHome();
    await home.put('.gemini/settings.json', '{"mcpServers": {"other": {}}}');
    for (const client of ['cursor', 'vscode', 'codex', 'gemini']) {
      const { code, stdout } = await home.uninstall([client]);
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: expect.stringMatching(/^Nothing to change: .* has no "sent"/),
      });
    }
    expect(await home.files()).toEqual(['.gemini/settings.json']);
  });

  test('vscode: takes its question along and leaves the others', async () => {
    const home = await makeHome();
    const other = { type: 'promptString', id: 'other' };
    await home.put('.config/Code/User/mcp.json', JSON.stringify({ inputs: [other], servers: { x: {} } }));
    await home.install(['vscode', '--prompt']);
    expect((await home.uninstall(['vscode'])).stdout).toMatch(
      /^Removed "sent" from .*any key included.*\nNext: /,
    );
    expect(JSON.parse(await home.read('.config/Code/User/mcp.json'))).toEqual({
      inputs: [other],
      servers: { x: {} },
    });
  });
});

describe('--dry-run', () => {
  test('shows the change and writes nothing', async () => {
    const home = await makeHome();
    const before =
      '{\n  "mcpServers": {\n    "other": { "command": "x", "env": { "TOKEN": "theirs" } } // "hidden"\n  }\n}\n';
    await home.put('.cursor/mcp.json', before, 0o600);
    const { code, stdout } = await home.install(['cursor', '--dry-run']);
    expect(code).toBe(0);
    const [, , ...lines] = stdout.split('\n');
    expect(lines.join('\n')).toMatchInlineSnapshot(`
      "@@
       {
         "mcpServers": {
      -    "other": { "command": "••••", "env": { "TOKEN": "••••" } } //••••
      +    "other": { "command": "••••", "env": { "TOKEN": "••••" } }, //••••
      +    "sent": {
      +      "command": "npx",
      +      "args": [
      +        "-y",
      +        "sent-contacts-mcp"
      +      ],
      +      "env": {
      +        "SENT_API_KEY": "••••"
      +      }
      +    }
         }
       }
      Dry run: nothing was written.
      "
    `);
    expect(await home.read('.cursor/mcp.json')).toBe(before);
    expect(await home.files()).toEqual(['.cursor/mcp.json']);
  });

  test('shows that a key changes, not which', async () => {
    const home = await makeHome({ env });
    await home.install(['codex']);
    const { stdout } = await home.install(['codex', '--dry-run'], { env: { SENT_API_KEY: 'sk_live_other' } });
    expect(stdout).toContain('-env = { SENT_API_KEY = "••••" }\n+env = { SENT_API_KEY = "••••" }\n');
    expect(stdout).not.toMatch(/sk_live/);
  });

  test('of uninstall', async () => {
    const home = await makeHome({ env });
    await home.install(['cursor', '--demo']);
    const { code, stdout } = await home.uninstall(['cursor', '--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toContain('-      "command": "npx",\n');
    expect(await home.read('.cursor/mcp.json')).toContain('--demo');
  });
});

describe('a client may be named in any way', () => {
  test.each([
    ['Cursor'],
    ['CLAUDE-CODE'],
    ['Claude Code'],
    ['Claude', 'Code'],
    ['vs code'],
    ['VSCode'],
    ['gemini cli'],
    ['Qwen-Code'],
  ])('%s %s', async (...argv) => {
    const home = await makeHome({ env });
    expect((await home.install([...argv.filter(Boolean), '--demo'])).code).toBe(0);
  });
});

describe('without a client', () => {
  test('those found on the machine are listed, with how to go on', async () => {
    const home = await makeHome({ env });
    await home.put('.cursor/other.json', '{}');
    await home.put('.claude.json', '{}');
    await home.put('.continue/config.yaml', '');
    const { code, stdout } = await home.install([]);
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "Found on this machine:
        1. Claude Code      sent-contacts-mcp install claude-code
        2. Cursor           sent-contacts-mcp install cursor
        3. Continue         sent-contacts-mcp install continue
      Known too: claude-desktop, vscode, copilot, codex, gemini, qwen, opencode, amp, zed, devin, windsurf
      "
    `);
    expect(await home.files()).toHaveLength(3);
  });

  test('none found: how to use it', async () => {
    const home = await makeHome({ env });
    expect((await home.install([])).stdout).toMatch(/^None of the clients known was found[\s\S]*Usage: /);
  });

  test.each([
    ['2', ['.cursor/mcp.json']],
    ['1, 2', ['.claude.json', '.cursor/mcp.json']],
    ['all', ['.claude.json', '.cursor/mcp.json']],
    ['cursor', ['.cursor/mcp.json']],
    ['Claude Code', ['.claude.json']],
    ['1, cursor', ['.claude.json', '.cursor/mcp.json']],
    ['', [], 'Nothing was changed.'],
    ['7', [], 'That is none of them. Nothing was changed.'],
    ['1 7', [], 'That is none of them. Nothing was changed.'],
    ['the first', [], 'That is none of them. Nothing was changed.'],
  ])('on a terminal it asks which: %j', async (answer, written, said = '') => {
    const home = await makeHome({ env });
    await home.put('.cursor/other.json', '{}');
    await home.put('.claude/settings.json', '{}');
    const terminal = new FakeTerminal();
    terminal.write(`${answer}\n`);
    const { code, stderr } = await home.install([], { terminal });
    expect(code).toBe(0);
    expect(stderr.split(': ').at(-1)?.trim()).toBe(said);
    const files = (await home.files()).filter((name) => /mcp\.json$|\.claude\.json$/.test(name));
    expect(files).toEqual(written);
  });
});

test.each(['install', 'uninstall'] as const)('%s --help', async (command) => {
  const home = await makeHome({ env });
  const { code, stdout, stderr } = await home[command](['--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(new RegExp(`^Usage: sent-contacts-mcp ${command} \\[client\\]`));
  expect(stdout).toContain('--dry-run');
});

describe('wrong usage: exit code 2', () => {
  test.each([
    ['two clients', ['cursor', 'zed'], /One client at a time/],
    ['an unknown option', ['cursor', '--force'], /option is unknown/],
    ['a value where none belongs', ['cursor', '--demo=yes'], /has a value it does not take/],
    [
      'an unknown client',
      ['windsrf'],
      /not known\. Known, nearest first: windsurf, [\s\S]*"mcpServers": \{\n/,
    ],
    ['a host that asks for no keys', ['cursor', '--prompt'], /Cursor does not ask for keys/],
  ])('%s', async (_, argv, message) => {
    const home = await makeHome({ env });
    const { code, stdout, stderr } = await home.install(argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(await home.files()).toEqual([]);
  });

  test('uninstall knows no --demo', async () => {
    const home = await makeHome();
    expect((await home.uninstall(['cursor', '--demo'])).code).toBe(2);
  });

  test.each([
    ['claude', ['claude-code', 'claude-desktop']],
    ['VS Code', ['vscode']],
    ['curser', ['cursor']],
    ['gemini-cli', ['gemini']],
    ['openai-codex', ['codex']],
  ])('nearest to %s', (typed, nearest) => {
    const ranked = hostsNearest(typed);
    expect(ranked).toHaveLength(HOSTS.length);
    expect(ranked.slice(0, nearest.length)).toEqual(nearest);
  });
});
