import { describe, expect, test } from 'vitest';
import { CLIENTS, clientsNearest } from '../../src/cli/clients.ts';
import { KEY, makeHome, STAMP } from './install-home.ts';

const env = { SENT_API_KEY: KEY };
const launch = { command: 'npx', args: ['-y', 'sent-contacts-mcp'] };
const entry = { ...launch, env: { SENT_API_KEY: KEY } };

describe('where each host keeps its configuration', () => {
  const files = (platform: NodeJS.Platform, variables: Record<string, string> = {}) =>
    Object.fromEntries(
      CLIENTS.map(({ id, file }) => [
        id,
        file({ env: variables, platform, home: '/h' }).replaceAll('\\', '/'),
      ]),
    );
  const same = {
    'claude-code': '/h/.claude.json',
    cursor: '/h/.cursor/mcp.json',
    windsurf: '/h/.codeium/windsurf/mcp_config.json',
    codex: '/h/.codex/config.toml',
    gemini: '/h/.gemini/settings.json',
  };

  test('macOS', () => {
    expect(files('darwin', { XDG_CONFIG_HOME: '/xdg' })).toEqual({
      ...same,
      'claude-desktop': '/h/Library/Application Support/Claude/claude_desktop_config.json',
      vscode: '/h/Library/Application Support/Code/User/mcp.json',
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
    });
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

  test('vscode: no key in the file, but a question that VS Code asks', async () => {
    const home = await makeHome({ env });
    const { stdout } = await home.install(['vscode']);
    expect(JSON.parse(await home.read('.config/Code/User/mcp.json'))).toEqual({
      servers: { sent: { type: 'stdio', ...launch, env: { SENT_API_KEY: `\${input:sent_key}` } } },
      inputs: [{ type: 'promptString', id: 'sent_key', description: 'Sent API key', password: true }],
    });
    expect(stdout).toContain('it asks for the key');
  });

  test('vscode needs no key to be known, --demo none anywhere', async () => {
    const home = await makeHome();
    expect((await home.install(['vscode'])).code).toBe(0);
    expect((await home.install(['vscode', '--demo'])).stdout).not.toContain('asks for the key');
    expect(JSON.parse(await home.read('.config/Code/User/mcp.json'))).toEqual({
      servers: { sent: { type: 'stdio', command: 'npx', args: ['-y', 'sent-contacts-mcp', '--demo'] } },
      inputs: [],
    });
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
    expect(JSON.parse(await home.read('.cursor/mcp.json')).mcpServers.sent).toEqual({
      ...mine,
      args: ['-y', 'sent-contacts-mcp', '--read-only'],
      env: { SENT_API_KEY: KEY, SENT_DEFAULT_COUNTRY: 'BR' },
    });
  });

  test('another server under the name is replaced whole, its old self in the backup', async () => {
    const home = await makeHome({ env });
    const hosted = { type: 'http', url: 'https://mcp.sent.dm/mcp', headers: { a: 'b' } };
    await home.put('.cursor/mcp.json', JSON.stringify({ mcpServers: { sent: hosted } }));
    await home.install(['cursor']);
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
    await home.install(['vscode']);
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
    await home.put('.cursor/mcp.json', before);
    const { code, stdout } = await home.install(['cursor', '--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toBe(
      `--- ${home.path('.cursor/mcp.json')}\n+++ ${home.path('.cursor/mcp.json')}\n` +
        '@@\n         "TOKEN": "••••"\n       }\n+    },\n' +
        '+    "sent": {\n+      "command": "npx",\n+      "args": [\n+        "-y",\n+        "sent-contacts-mcp"\n' +
        '+      ],\n+      "env": {\n+        "SENT_API_KEY": "••••"\n+      }\n     }\n   }\n' +
        'Dry run: nothing was written.\n',
    );
    expect(await home.read('.cursor/mcp.json')).toBe(before);
    expect(await home.files()).toEqual(['.cursor/mcp.json']);
  });

  test('shows that a key changes, not which', async () => {
    const home = await makeHome({ env });
    await home.install(['codex']);
    const { stdout } = await home.install(['codex', '--dry-run'], { env: { SENT_API_KEY: 'sk_live_other' } });
    expect(stdout).toContain('-SENT_API_KEY = "••••"\n+SENT_API_KEY = "••••"\n');
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

describe('wrong usage: exit code 2', () => {
  test.each([
    ['nothing', [], /Usage: .*<client>.*\nClients: claude-desktop, .*gemini/],
    ['two clients', ['cursor', 'zed'], /One client at a time/],
    ['an unknown option', ['cursor', '--force'], /option is unknown/],
    ['a value where none belongs', ['cursor', '--demo=yes'], /has a value it does not take/],
    ['an unknown client', ['windsrf'], /not known\. Known, nearest first: windsurf, /],
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
    const ranked = clientsNearest(typed);
    expect(ranked).toHaveLength(CLIENTS.length);
    expect(ranked.slice(0, nearest.length)).toEqual(nearest);
  });
});
