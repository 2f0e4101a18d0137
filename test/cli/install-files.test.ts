import { chmod, mkdir, readFile, readlink, stat, symlink } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { KEY, makeHome, STAMP } from './install-home.ts';

const env = { SENT_API_KEY: KEY };
const FILE = '.cursor/mcp.json';
const OTHER = '{ "mcpServers": { "other": {} } }';

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

describe('backup and replacement', () => {
  test('the previous bytes stay beside it, for the owner alone; the file keeps its mode', async () => {
    const home = await makeHome({ env });
    await home.put(FILE, OTHER);
    await chmod(home.path(FILE), 0o640);
    const { stdout } = await home.install(['cursor']);
    const backup = `${FILE}.bak-${STAMP}`;
    expect(stdout).toContain(`(as it was: ${home.path(backup)})`);
    expect(await home.read(backup)).toBe(OTHER);
    expect(await home.files()).toEqual([FILE, backup]);
    expect(await modeOf(home.path(FILE))).toBe(0o640);
    expect(await modeOf(home.path(backup))).toBe(0o600);
  });

  test('a new file is for the owner alone', async () => {
    const home = await makeHome({ env });
    await home.install(['cursor']);
    expect(await modeOf(home.path(FILE))).toBe(0o600);
  });

  test('a backup never overwrites another', async () => {
    const home = await makeHome({ env });
    await home.put(FILE, OTHER);
    await home.install(['cursor']);
    const installed = await home.read(FILE);
    const { stdout } = await home.uninstall(['cursor']);
    expect(stdout).toContain(`${FILE}.bak-${STAMP}-2`);
    expect(await home.read(`${FILE}.bak-${STAMP}`)).toBe(OTHER);
    expect(await home.read(`${FILE}.bak-${STAMP}-2`)).toBe(installed);
    expect(await home.read(FILE)).toBe(OTHER);
  });

  test('a linked file is changed where it is, the link stays', async () => {
    const home = await makeHome({ env });
    await home.put('dotfiles/cursor.json', OTHER);
    await mkdir(home.path('.cursor'));
    await symlink('../dotfiles/cursor.json', home.path(FILE));
    await home.install(['cursor']);
    expect(await readlink(home.path(FILE))).toBe('../dotfiles/cursor.json');
    expect(Object.keys(JSON.parse(await home.read('dotfiles/cursor.json')).mcpServers)).toEqual([
      'other',
      'sent',
    ]);
    expect(await home.files()).toEqual([FILE, `${FILE}.bak-${STAMP}`, 'dotfiles/cursor.json']);
  });

  test('a link to a file that does not exist yet leads to the new one', async () => {
    const home = await makeHome({ env });
    await mkdir(home.path('.cursor'));
    await symlink('../dotfiles/deep/cursor.json', home.path(FILE));
    expect((await home.install(['cursor'])).code).toBe(0);
    expect(await readlink(home.path(FILE))).toBe('../dotfiles/deep/cursor.json');
    expect(await home.read('dotfiles/deep/cursor.json')).toContain('"sent"');
  });

  test('a byte order mark stays', async () => {
    const home = await makeHome({ env });
    await home.put(FILE, `\uFEFF${OTHER}`);
    await home.put('.codex/config.toml', '\uFEFFmodel = "x"\n');
    await home.install(['cursor']);
    await home.install(['codex']);
    expect([...(await readFile(home.path(FILE)))].slice(0, 4)).toEqual([0xef, 0xbb, 0xbf, 0x7b]);
    expect(await home.read('.codex/config.toml')).toMatch(/^\uFEFFmodel = "x"\n\n\[mcp_servers\.sent\]\n/);
    await home.uninstall(['codex']);
    expect(await home.read('.codex/config.toml')).toBe('\uFEFFmodel = "x"\n');
  });
});

describe('a file that cannot be edited is left as it is: exit code 1', () => {
  test.each([
    [
      'a syntax error',
      'cursor',
      FILE,
      '{\n  "mcpServers": {\n    "a": 1\n    "b": 2\n  }\n}',
      ':4:5: it is not valid JSON: comma expected',
    ],
    [
      'a text that ends too early',
      'cursor',
      FILE,
      '{ "mcpServers": {',
      ':1:18: it is not valid JSON: close brace expected',
    ],
    ['a list at the top', 'cursor', FILE, '\n []', ':2:2: the top level is not an object'],
    ['a string at the top', 'cursor', FILE, '"x"', ':1:1: the top level is not an object'],
    ['servers in a list', 'cursor', FILE, '{\n  "mcpServers": []\n}', ':2:17: "mcpServers" is not an object'],
    [
      'servers null',
      'zed',
      '.config/zed/settings.json',
      '{"context_servers": null}',
      ':1:21: "context_servers" is not an object',
    ],
    [
      'inputs not in a list',
      'vscode',
      '.config/Code/User/mcp.json',
      '{"inputs": {}}',
      ':1:12: "inputs" is not an array',
    ],
    ['broken TOML', 'codex', '.codex/config.toml', 'a = 1\n[x\nb = "secret"\n', ':2:3: it is not valid TOML'],
    ['a key without quotes', 'codex', '.codex/config.toml', `k = ${KEY}\n`, ':1:5: it is not valid TOML'],
    [
      'servers that are no table',
      'codex',
      '.codex/config.toml',
      'mcp_servers = 3\n',
      ': "mcp_servers" is not a table',
    ],
    [
      'bytes that are no UTF-8',
      'cursor',
      FILE,
      new Uint8Array([0xff, 0xfe, 0x7b, 0]),
      ': it is not text in UTF-8',
    ],
  ])('%s', async (_, client, file, content, message) => {
    const home = await makeHome({ env });
    await home.put(file, content);
    const commands = [home.install([client]), home.install([client, '--dry-run']), home.uninstall([client])];
    for (const { code, stdout, stderr } of await Promise.all(commands)) {
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toBe(`${home.path(file)}${message}. The file was left as it is.\n`);
    }
    expect(await readFile(home.path(file))).toEqual(Buffer.from(content));
    expect(await home.files()).toEqual([file]);
  });

  test('a folder in its place', async () => {
    const home = await makeHome({ env });
    await mkdir(home.path(FILE), { recursive: true });
    const { code, stderr } = await home.install(['cursor']);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `${home.path(FILE)}: there is a folder in its place. The file was left as it is.\n`,
    });
  });

  test('a file where its folder should be', async () => {
    const home = await makeHome({ env });
    await home.put('.cursor', 'x');
    const { code, stderr } = await home.install(['cursor']);
    expect(code).toBe(1);
    expect(stderr).toContain('a part of its path is a file, not a folder');
  });

  test('links in a circle', async () => {
    const home = await makeHome({ env });
    await mkdir(home.path('.cursor'));
    await symlink('mcp.json', home.path(FILE));
    const { code, stderr } = await home.install(['cursor']);
    expect(code).toBe(1);
    expect(stderr).toContain('its links lead in a circle');
  });

  describe('permissions, which only bind other users than root', () => {
    const asNobody = async <T>(act: () => Promise<T>): Promise<T> => {
      if (process.geteuid?.() !== 0) return await act();
      process.seteuid?.(65_534);
      try {
        return await act();
      } finally {
        process.seteuid?.(0);
      }
    };

    test.each([
      ['a file that may not be read', 0o755, 0o000],
      ['a file that may not be written', 0o777, 0o444],
      ['a folder that may not be written', 0o555, 0o666],
    ])('%s', async (_, folderMode, fileMode) => {
      const home = await makeHome({ env });
      await home.put(FILE, OTHER);
      await chmod(home.path(FILE), fileMode);
      await chmod(home.path('.cursor'), folderMode);
      await chmod(home.home, 0o755);
      const { code, stderr } = await asNobody(() => home.install(['cursor']));
      await chmod(home.path('.cursor'), 0o755);
      await chmod(home.path(FILE), 0o644);
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: expect.stringContaining(
          `${home.path(FILE)}: permission is denied. The file was left as it is.\n`,
        ),
      });
      expect(await home.read(FILE)).toBe(OTHER);
      expect(await home.files()).toEqual([FILE]);
    });

    // Root may write anywhere, and `access` asks for the real user: nothing to see as root.
    test.skipIf(process.getuid?.() === 0)(
      'a home that may not be written: said before a key is asked for',
      async () => {
        const home = await makeHome();
        await chmod(home.home, 0o555);
        const { code, stderr } = await home.install(['cursor']);
        expect({ code, stderr }).toEqual({
          code: 1,
          stderr: expect.stringContaining('permission is denied'),
        });
      },
    );
  });
});

describe('uninstall gives back the very bytes', () => {
  test.each([
    ['cursor', FILE],
    ['codex', '.codex/config.toml'],
    ['vscode', '.config/Code/User/mcp.json'],
    ['opencode', '.config/opencode/opencode.json'],
  ])('%s: a file that was not there is gone', async (client, file) => {
    const home = await makeHome({ env });
    await home.install([client]);
    const { code, stdout } = await home.uninstall([client]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('is gone, as before') });
    expect(await home.files()).toEqual([`${file}.bak-${STAMP}`]);
  });

  test.each([
    ['an empty file', ''],
    ['an empty object', '{}'],
    ['an object without servers', '{ "theme" : "x"}\n\n'],
    ['an empty collection', '{"mcpServers":{ }}'],
  ])('%s, whatever install had to add, also after a new key', async (_, before) => {
    const home = await makeHome({ env });
    await home.put(FILE, before);
    await home.install(['cursor']);
    await home.install(['cursor'], { env: { SENT_API_KEY: 'sk_live_rotated' } });
    expect((await home.uninstall(['cursor'])).code).toBe(0);
    expect(await home.read(FILE)).toBe(before);
  });

  test('the question of --prompt and its list', async () => {
    const home = await makeHome();
    const file = '.config/Code/User/mcp.json';
    await home.put(file, '{"servers": {}}');
    await home.install(['vscode', '--prompt']);
    await home.uninstall(['vscode']);
    expect(await home.read(file)).toBe('{"servers": {}}');
  });

  test('what was changed since stays', async () => {
    const home = await makeHome({ env });
    await home.put(FILE, '{}');
    await home.install(['cursor']);
    await home.put(FILE, (await home.read(FILE)).replace('"mcpServers"', '"theme": "x",\n  "mcpServers"'));
    await home.uninstall(['cursor']);
    expect(JSON.parse(await home.read(FILE))).toEqual({ theme: 'x', mcpServers: {} });
  });
});

describe('who else would see the key is said before it is written', () => {
  test('a file that others can read', async () => {
    const home = await makeHome({ env });
    await home.put(FILE, OTHER, 0o644);
    const { code, stderr } = await home.install(['cursor']);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: `Warning: Other users of this machine can read ${home.path(FILE)}, and a key goes into it: run chmod 600 on it.\n`,
    });
  });

  test('a link into a repository', async () => {
    const home = await makeHome({ env });
    await home.put('dotfiles/.git/HEAD', '');
    await home.put('dotfiles/cursor/mcp.json', OTHER, 0o600);
    await mkdir(home.path('.cursor'));
    await symlink('../dotfiles/cursor/mcp.json', home.path(FILE));
    expect((await home.install(['cursor', '--dry-run'])).stderr).toBe(
      `Warning: ${home.path(FILE)} is a link into the repository ${home.path('dotfiles')}: do not commit it with a key in it.\n`,
    );
  });

  test('a file in a repository', async () => {
    const home = await makeHome({ env });
    await home.put('.git/HEAD', '');
    expect((await home.install(['cursor'])).stderr).toContain(`lies in the repository ${home.home}: `);
  });

  test.each([
    ['cursor', '--demo'],
    ['vscode', '--prompt'],
  ])('not where no key goes in: %s %s', async (...argv) => {
    const home = await makeHome({ env });
    await home.put('.git/HEAD', '');
    await home.put(FILE, OTHER, 0o644);
    expect((await home.install(argv)).stderr).toBe('');
  });
});
