import { describe, expect, test } from 'vitest';
import { HOSTS } from '../../src/cli/hosts/index.ts';
import { FakeTerminal, KEY, makeHome } from './install-home.ts';

const FILE = '.cursor/mcp.json';

/** The key that ended up in the file. */
const installedKey = async (home: { read: (name: string) => Promise<string> }): Promise<string> =>
  JSON.parse(await home.read(FILE)).mcpServers.sent.env.SENT_API_KEY;

describe('the key from the environment', () => {
  test.each([
    ['SENT_API_KEY first', { SENT_API_KEY: KEY, SENT_DM_API_KEY: 'b', SENTDM_API_KEY: 'c' }],
    ['SENT_DM_API_KEY next', { SENT_API_KEY: '', SENT_DM_API_KEY: KEY, SENTDM_API_KEY: 'c' }],
    ['SENTDM_API_KEY last', { SENT_DM_API_KEY: '  ', SENTDM_API_KEY: ` ${KEY}\n` }],
    ['a placeholder is none', { SENT_API_KEY: `\${user_config.key}`, SENTDM_API_KEY: KEY }],
  ])('%s', async (_, env) => {
    const home = await makeHome({ env });
    const { code, screen } = await home.install(['cursor']);
    expect(code).toBe(0);
    expect(await installedKey(home)).toBe(KEY);
    expect(screen).not.toContain(KEY);
  });

  test('a key with a space in it is refused, unseen', async () => {
    const home = await makeHome({ env: { SENT_API_KEY: `${KEY} ${KEY}` } });
    const { code, stdout, stderr } = await home.install(['cursor']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(
      'The key holds a space or a character that no key has: copy it again. Nothing was changed.\n',
    );
  });

  test('none, and no terminal to ask on', async () => {
    const home = await makeHome({ env: { SENT_API_KEY: `\${SENT_API_KEY}` } });
    const { code, stdout, stderr } = await home.install(['cursor']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^There is no key: set SENT_API_KEY, run this on a terminal .* or use --demo\./);
    expect(await home.files()).toEqual([]);
  });
});

describe('the key from a terminal', () => {
  test.each([
    ['pasted with its line end', [`${KEY}\r`]],
    ['typed letter by letter', [...KEY, '\r']],
    ['with spaces around', [` ${KEY} \n`]],
    ['corrected with backspace', [`${KEY}xy\x7f`, '\b\r']],
    ['begun again after Ctrl-U', [`wrong\x15${KEY}\r`]],
    ['backspace at the start', [`\x7f${KEY}\r`]],
    ['between arrow keys and the marks of a paste', [`\x1b[D\x1bOC\x1b[200~${KEY}\x1b[201~\r`]],
    ['with an arrow key in two pieces', ['\x1b[1', `;5D${KEY}\r`]],
    ['and what follows the line is ignored', [`${KEY}\rmore`]],
  ])('%s', async (_, keystrokes) => {
    const home = await makeHome();
    const terminal = new FakeTerminal(...keystrokes);
    const { code, stderr, screen } = await home.install(['cursor'], { terminal });
    expect(code).toBe(0);
    expect(await installedKey(home)).toBe(KEY);
    expect(stderr).toBe('Sent API key (not shown): \n');
    expect(screen).not.toContain(KEY.slice(0, 4));
    expect(terminal.modes).toEqual([true, false]);
    expect(terminal.isPaused()).toBe(true);
    expect(terminal.listenerCount('data') + terminal.listenerCount('end')).toBe(0);
  });

  test.each([
    ['Ctrl-C', ['half\x03']],
    ['Ctrl-C after a lone Escape', ['half\x1b', '\x03']],
    ['Ctrl-D', ['\x04']],
  ])('%s breaks off and restores the terminal', async (_, keystrokes) => {
    const home = await makeHome();
    await home.put(FILE, '{}', 0o600);
    const terminal = new FakeTerminal(...keystrokes);
    const { code, stdout, stderr } = await home.install(['cursor'], { terminal });
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toBe('Sent API key (not shown): \nBroken off. Nothing was changed.\n');
    expect(terminal.modes).toEqual([true, false]);
    expect(await home.files()).toEqual([FILE]);
  });

  test('the end of input breaks off too', async () => {
    const home = await makeHome();
    const terminal = new FakeTerminal();
    const outcome = home.install(['cursor'], { terminal });
    terminal.end();
    expect((await outcome).code).toBe(130);
    expect(terminal.modes).toEqual([true, false]);
  });

  test('a terminal in raw mode already is left in it', async () => {
    const home = await makeHome();
    const terminal = new FakeTerminal(`${KEY}\r`);
    terminal.isRaw = true;
    await home.install(['cursor'], { terminal });
    expect(terminal.modes).toEqual([true, true]);
  });

  test('an empty answer keeps the key that is there', async () => {
    const home = await makeHome();
    await home.install(['cursor'], { env: { SENT_API_KEY: KEY } });
    const { code, stderr, stdout } = await home.install(['cursor'], { terminal: new FakeTerminal('\r') });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'Sent API key (not shown; empty keeps the one there): \n',
    });
    expect(stdout).toMatch(/^Nothing to change/);
  });

  test('an empty answer is no key', async () => {
    const home = await makeHome();
    const { code, stderr } = await home.install(['cursor'], { terminal: new FakeTerminal('\r') });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('No key was typed.') });
    expect(await home.files()).toEqual([]);
  });

  test('what the host wrote while the person typed is kept', async () => {
    const home = await makeHome();
    await home.put(FILE, '{"mcpServers": {}}');
    const terminal = new FakeTerminal();
    terminal.setRawMode = function (raw: boolean) {
      if (raw) void home.put(FILE, '{"mcpServers": {"new": {}}}').then(() => terminal.type(`${KEY}\r`));
      return this;
    };
    await home.install(['cursor'], { terminal });
    expect(Object.keys(JSON.parse(await home.read(FILE)).mcpServers)).toEqual(['new', 'sent']);
  });

  test.each([
    ['cursor', '--dry-run'],
    ['cursor', '--demo'],
    ['vscode', '--prompt'],
  ])('is not asked for: %s %s', async (...argv) => {
    const home = await makeHome();
    const terminal = new FakeTerminal();
    expect((await home.install(argv, { terminal })).code).toBe(0);
    expect(terminal.modes).toEqual([]);
  });

  test('is not asked for where the file is broken', async () => {
    const home = await makeHome();
    await home.put(FILE, '{');
    const terminal = new FakeTerminal();
    expect((await home.install(['cursor'], { terminal })).code).toBe(1);
    expect(terminal.modes).toEqual([]);
  });
});

describe('the key on the command line is refused and not repeated', () => {
  const uuid = '0b9df3b1-6a5e-4c83-9a3e-1f2d3c4b5a69';
  test.each([
    ['as an option', ['cursor', '--api-key', KEY]],
    ['as an option with a value', ['cursor', `--key=${KEY}`]],
    ['as a variable', ['cursor', '-e', `SENT_API_KEY=${KEY}`]],
    ['after the client', ['cursor', KEY]],
    ['in place of the client', [KEY]],
    ['a UUID', ['cursor', uuid]],
    ['the one of the environment, whatever its shape', ['cursor', 'short']],
  ])('%s', async (_, argv) => {
    const home = await makeHome({ env: { SENT_API_KEY: 'short' } });
    for (const command of [home.install, home.uninstall]) {
      const { code, stdout, stderr } = await command(argv);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain('A key is not accepted on the command line, where process lists');
      for (const secret of [KEY, uuid, 'short']) expect(stderr).not.toContain(secret);
    }
    expect(await home.files()).toEqual([]);
  });

  test('and no client looks like one', async () => {
    const home = await makeHome();
    for (const client of ['claude-desktop', 'sent-contacts-mcp', 'visual-studio-code']) {
      expect((await home.install([client, '--dry-run'])).stderr).not.toContain('command line');
    }
  });
});

test.each(HOSTS.map(({ id }) => id))('no command prints the key: %s', async (client) => {
  const home = await makeHome({ env: { SENT_API_KEY: KEY } });
  const rotated = { env: { SENT_API_KEY: 'sk_live_rotated' } };
  const outcomes = [
    await home.install([client, '--dry-run']),
    await home.install([client]),
    await home.install([client]),
    await home.install([client, '--dry-run'], rotated),
    await home.install([client], rotated),
    await home.uninstall([client, '--dry-run']),
    await home.uninstall([client]),
    await home.uninstall([client]),
  ];
  expect(outcomes.map(({ code }) => code)).toEqual(outcomes.map(() => 0));
  expect(outcomes.map(({ screen }) => screen).join('')).not.toContain('sk_live');
});
