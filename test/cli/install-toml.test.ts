import { describe, expect, test } from 'vitest';
import { tomlFormat } from '../../src/cli/files/edit-toml.ts';
import { KEY, makeHome } from './install-home.ts';

const FILE = '.codex/config.toml';
const TABLE = '[mcp_servers.sent]\ncommand = "npx"\nargs = [ "-y", "sent-contacts-mcp", "--demo" ]\n';
const CODEX = `# Codex
model = "gpt-5" # the big one

[mcp_servers.other]
# note
command = "x"
args = ["a", # one
  "b"]

[mcp_servers.other.env]
A = "1"

[projects."/home/u/x"]
trust_level = "trusted"
since = 2026-01-02T03:04:05Z
`;

describe('install adds a table at the end, uninstall gives every byte back', () => {
  test.each([
    ['other servers and comments', CODEX, `${CODEX}\n${TABLE}`],
    ['no line end at the end', '[mcp_servers.a]\nb = 1', `[mcp_servers.a]\nb = 1\n\n${TABLE.trimEnd()}`],
    ['a comment at the end', '[mcp_servers.a]\nb = 1\n# bye\n', `[mcp_servers.a]\nb = 1\n# bye\n\n${TABLE}`],
    ['blank lines at the end', 'a = 1\n\n\n', `a = 1\n\n\n\n${TABLE}`],
    ['an empty parent', '[tui]\na = 1\n\n[mcp_servers]\n', `[tui]\na = 1\n\n[mcp_servers]\n\n${TABLE}`],
    [
      'lists of tables',
      '[[hooks]]\na = 1\n[[hooks]]\na = 2\n',
      `[[hooks]]\na = 1\n[[hooks]]\na = 2\n\n${TABLE}`,
    ],
    [
      'a string that looks like the table',
      '[mcp_servers.a]\nb = """\n[mcp_servers.sent]\nx\n"""\n',
      `[mcp_servers.a]\nb = """\n[mcp_servers.sent]\nx\n"""\n\n${TABLE}`,
    ],
    ['an empty file', '', TABLE],
    ['Windows line ends', CODEX.replaceAll('\n', '\r\n'), `${CODEX}\n${TABLE}`.replaceAll('\n', '\r\n')],
    [
      'servers in one line',
      'mcp_servers = { other = { command = "x" } } # all\n[tui]\n',
      'mcp_servers = { other = { command = "x" }, sent = { command = "npx", args = [ "-y", "sent-contacts-mcp", "--demo" ] } } # all\n[tui]\n',
    ],
  ])('%s', async (_, before, after) => {
    const home = await makeHome();
    await home.put(FILE, before);
    expect((await home.install(['codex', '--demo'])).code).toBe(0);
    expect(await home.read(FILE)).toBe(after);
    expect((await home.uninstall(['codex'])).code).toBe(0);
    expect(await home.read(FILE)).toBe(before);
  });
});

const HAND_MADE = `[mcp_servers.sent] # mine
command = "npx"
args = ["-y", "sent-contacts-mcp"]
startup_timeout_sec = 20 # slow disk

[mcp_servers.sent.env]
SENT_API_KEY = "old" # rotate
SENT_DEFAULT_COUNTRY = "BR"

# about y
[mcp_servers.y]
command = "y"
`;

test('a new key changes its own line alone', async () => {
  const home = await makeHome({ env: { SENT_API_KEY: KEY } });
  await home.put(FILE, HAND_MADE);
  await home.install(['codex']);
  expect(await home.read(FILE)).toBe(HAND_MADE.replace('"old"', `"${KEY}"`));
});

test('uninstall takes the sub-tables along and leaves the comment of the next table', async () => {
  const home = await makeHome();
  await home.put(FILE, HAND_MADE);
  await home.uninstall(['codex']);
  expect(await home.read(FILE)).toBe('# about y\n[mcp_servers.y]\ncommand = "y"\n');
});

test('a quoted name and one in a table of all servers are found too', async () => {
  const home = await makeHome();
  await home.put(FILE, 'a = 1\n\n[ mcp_servers . "sent" ]\ncommand = "npx"\n\n[b]\n');
  await home.uninstall(['codex']);
  expect(await home.read(FILE)).toBe('a = 1\n\n[b]\n');
  await home.put(FILE, '[mcp_servers]\nsent = { command = "x" }\n# o\nother = { command = "y" }\n');
  await home.uninstall(['codex']);
  expect(await home.read(FILE)).toBe('[mcp_servers]\n# o\nother = { command = "y" }\n');
});

test('a key with quotes and backslashes is written as itself', async () => {
  const odd = 'sk_"\\x\'#';
  const home = await makeHome({ env: { SENT_API_KEY: odd } });
  await home.install(['codex']);
  expect(tomlFormat.read(await home.read(FILE), {})).toMatchObject({
    mcp_servers: { sent: { env: { SENT_API_KEY: odd } } },
  });
});

test('the dry run hides strings, numbers and dates of others', async () => {
  const home = await makeHome();
  await home.put(
    FILE,
    '[mcp_servers.a]\npin = 1234\nnote = """\ntwo\nlines"""\nsince = 2026-01-02\non = true\n',
  );
  const { stdout } = await home.install(['codex', '--demo', '--dry-run']);
  expect(stdout).toBe(
    `--- ${home.path(FILE)}\n+++ ${home.path(FILE)}\n@@\n since = ••••\n on = true\n+\n+[mcp_servers.sent]\n` +
      '+command = "npx"\n+args = [ "-y", "sent-contacts-mcp", "--demo" ]\nDry run: nothing was written.\n',
  );
  expect(stdout).not.toMatch(/1234|two|2026/);
});
