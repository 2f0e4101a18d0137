import fc from 'fast-check';
import { stringify } from 'smol-toml';
import { expect, test } from 'vitest';
import { tomlFormat } from '../../src/cli/files/edit-toml.ts';

const PATH = ['mcp_servers', 'sent'];
const set = (text: string, value: unknown): string => tomlFormat.edit(text, [{ path: PATH, value }]);

test.each([
  [
    'dotted keys',
    'mcp_servers.sent.command = "a" # c\nmcp_servers.sent.env.K = "1"\nx = 1\n',
    'mcp_servers.sent.command = "b" # c\nx = 1\n',
  ],
  [
    'a list of many lines',
    '[mcp_servers.sent]\ncommand = "b"\nargs = [ # all\n  "x",\n]\n',
    '[mcp_servers.sent]\ncommand = "b"\n',
  ],
  [
    'a text of many lines',
    '[mcp_servers.sent]\ncommand = """\na\n[x]\n"""\nk = \'#\'\n',
    '[mcp_servers.sent]\ncommand = "b"\n',
  ],
  [
    'sub-tables alone',
    '[mcp_servers.sent.env]\nK = "1"\n\n[x]\n',
    '[x]\n\n[mcp_servers.sent]\ncommand = "b"\n',
  ],
  [
    'a table in one line',
    '[mcp_servers]\nsent = { args = ["x"], command = "a", n = 1 }\n',
    '[mcp_servers]\nsent = { command = "b" }\n',
  ],
  [
    'quoted names',
    '["mcp_servers".\'sent\']\n"command" = "a"\n',
    '["mcp_servers".\'sent\']\n"command" = "b"\n',
  ],
])('%s: what differs is changed, the rest stays', (_, before, after) => {
  expect(set(before, { command: 'b' })).toBe(after);
});

test('a text in the place of a table, and a table in the place of a text', () => {
  expect(set('[mcp_servers.sent]\nenv = "x" # c\nk = 1\n', { env: { A: '1' }, k: 1 })).toBe(
    '[mcp_servers.sent]\nk = 1\nenv = { A = "1" }\n',
  );
  expect(set('[mcp_servers.sent]\nk = 1\n[mcp_servers.sent.env]\nA = "1"\n', { env: 'x', k: 1 })).toBe(
    '[mcp_servers.sent]\nk = 1\nenv = "x"\n',
  );
});

const name = fc.string({ minLength: 1, maxLength: 6 }).filter((text) => text !== '__proto__');
const leaf = fc.oneof(fc.string(), fc.boolean(), fc.integer(), fc.array(fc.string(), { maxLength: 3 }));
const table = fc.dictionary(name, fc.oneof(leaf, fc.dictionary(name, leaf, { maxKeys: 3 })), { maxKeys: 4 });

test('whatever else a file holds, an entry is put in, changed and taken out, and every byte is back', () => {
  fc.assert(
    fc.property(table, table, table, (rest, first, second) => {
      const before = stringify({ ...rest, mcp_servers: { other: { command: 'x' } } });
      const added = set(before, first);
      const changed = set(added, second);
      expect(tomlFormat.read(changed, {})).toEqual(tomlFormat.read(set(before, second), {}));
      expect(set(added, undefined)).toBe(before);
      expect(tomlFormat.read(set(changed, undefined), {})).toEqual(tomlFormat.read(before, {}));
    }),
  );
});
