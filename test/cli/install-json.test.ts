import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonFormat } from '../../src/cli/files/edit-json.ts';
import { makeHome } from './install-home.ts';

const FILE = '.config/zed/settings.json';
const ENTRY = `"sent": {
      "command": "npx",
      "args": [
        "-y",
        "sent-contacts-mcp",
        "--demo"
      ]
    }`;

/** The file after `install`, after which `uninstall` must have given back every byte. */
async function installed(before: string): Promise<string> {
  const home = await makeHome();
  await home.put(FILE, before);
  expect((await home.install(['zed', '--demo'])).code).toBe(0);
  const after = await home.read(FILE);
  expect((await home.uninstall(['zed'])).code).toBe(0);
  expect(await home.read(FILE)).toBe(before);
  return after;
}

describe('install keeps every other byte, uninstall gives the file back', () => {
  test('comments stay with what they are about', async () => {
    const before = `// Zed settings
{
  "theme": "One Dark", // dark
  "context_servers": {
    // ours
    "other": { "command": "x" } // theirs
    // the end
  },
  /* last */ "vim_mode": true
}
`;
    expect(await installed(before)).toBe(before.replace('"x" } // theirs', `"x" }, // theirs\n    ${ENTRY}`));
  });

  test('trailing commas', async () => {
    const before = '{\n  "context_servers": {\n    "a": {},\n  },\n}\n';
    expect(await installed(before)).toBe(before.replace('{},\n', `{},\n    ${ENTRY},\n`));
  });

  test('an empty object of servers', async () => {
    const before = '{\n  "context_servers": {}\n}';
    expect(await installed(before)).toBe(before.replace('{}', `{\n    ${ENTRY}\n  }`));
  });

  test('servers with a comment alone', async () => {
    const before = '{\n  "context_servers": {\n    // none yet\n  }\n}\n';
    expect(await installed(before)).toBe(before.replace('none yet', `none yet\n    ${ENTRY}`));
  });

  test('tabs', async () => {
    const before = '{\n\t"context_servers": {\n\t\t"a": {}\n\t}\n}\n';
    expect(await installed(before)).toBe(
      before.replace('{}', `{},\n\t\t${ENTRY.replace(/^ {4}/gm, '\t\t').replaceAll('  ', '\t')}`),
    );
  });

  test('four spaces and Windows line ends', async () => {
    const before = '{\r\n    "context_servers": {\r\n        "a": {}\r\n    }\r\n}\r\n';
    const entry = ENTRY.replace(/^ +/gm, (indent) => indent + indent).replaceAll('\n', '\r\n');
    expect(await installed(before)).toBe(before.replace('{}', `{},\r\n        ${entry}`));
  });

  test('minified', async () => {
    expect(await installed('{"theme":"x","context_servers":{"a":{}}}')).toBe(
      '{"theme":"x","context_servers":{"a":{},"sent":{"command":"npx","args":["-y","sent-contacts-mcp","--demo"]}}}',
    );
  });

  test('servers on one line of a larger file', async () => {
    const before = '{\n  "context_servers": { "a": {} },\n  "theme": "x"\n}\n';
    const entry = '"sent": { "command": "npx", "args": [ "-y", "sent-contacts-mcp", "--demo" ] }';
    expect(await installed(before)).toBe(before.replace('{} }', `{}, ${entry} }`));
  });
});

describe('a file without the object of servers gets one', () => {
  const expected = `{\n  "context_servers": {\n    ${ENTRY}\n  }\n}\n`;
  test.each([
    ['an empty file', '', expected],
    ['white space', '\n\n', expected],
    ['an empty object', '{}\n', expected],
    ['comments alone', '// mine\n', `// mine\n${expected}`],
    ['other settings', '{\n  "a": 1 // one\n}\n', expected.replace('{\n', '{\n  "a": 1, // one\n')],
  ])('%s', async (_, before, after) => {
    const home = await makeHome();
    await home.put(FILE, before);
    await home.install(['zed', '--demo']);
    expect(await home.read(FILE)).toBe(after);
  });
});

test('of a name given twice the last counts, and none is left by uninstall', async () => {
  const home = await makeHome();
  await home.put(FILE, '{"context_servers": {"sent": 1, "a": 2, "sent": 3}}');
  await home.install(['zed', '--demo']);
  expect(await home.read(FILE)).toMatch(/^\{"context_servers": \{"sent": 1, "a": 2, "sent": ?\{"command"/);
  await home.uninstall(['zed']);
  expect(await home.read(FILE)).toBe('{"context_servers": {"a": 2}}');
});

test('removal takes the comment behind the entry and leaves the one above', async () => {
  const home = await makeHome();
  await home.put(
    FILE,
    '{\n  "context_servers": {\n    // note\n    "sent": {}, // ours\n    "a": 1 // theirs\n  }\n}\n',
  );
  await home.uninstall(['zed']);
  expect(await home.read(FILE)).toBe(
    '{\n  "context_servers": {\n    // note\n    "a": 1 // theirs\n  }\n}\n',
  );
});

test('any JSON with comments: the data is as wanted, no comment is lost, and it comes back', () => {
  const filler = fc
    .array(fc.constantFrom('', ' ', '\n', '\t', '\r\n', '/* "c", } */', '// "l" {\n'), { maxLength: 3 })
    .map((parts) => parts.join(''));
  const name = fc.constantFrom('a', 'b', 'x{', 'servers');
  const { object } = fc.letrec<{ value: string; object: string; list: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom('1', '"a,/*"', 'null', '"//x"'),
      tie('object'),
      tie('list'),
    ),
    list: fc
      .tuple(fc.array(fc.tuple(filler, tie('value'), filler), { maxLength: 3 }), filler)
      .map(([items, end]) => `[${items.map((item) => item.join('')).join(',')}${end}]`),
    object: fc
      .tuple(
        fc.uniqueArray(fc.tuple(name, filler, filler, tie('value'), filler), {
          maxLength: 4,
          selector: ([key]) => key,
        }),
        fc.boolean(),
        filler,
      )
      .map(([members, trailing, end]) => {
        const parts = members.map(([key, a, b, value, c]) => `${a}"${key}"${b}:${value}${c}`);
        return `{${parts.join(',')}${trailing && parts.length > 0 ? ',' : ''}${end}}`;
      }),
  }));
  const comments = (text: string): string[] =>
    [...text.matchAll(/"[^"\n]*"|\/\/[^\r\n]*|\/\*.*?\*\//g)]
      .map(([part]) => part)
      .filter((part) => part.startsWith('/'));

  const value = { command: 'npx', args: ['-y'], env: { K: 'k' } };
  const path = ['servers', 'sent'];
  fc.assert(
    fc.property(filler, object, filler, (before, body, after) => {
      const text = before + body + after;
      const data = jsonFormat.read(text, {});
      if (typeof (data.servers ?? {}) !== 'object' || Array.isArray(data.servers) || data.servers === null)
        return;
      const added = jsonFormat.edit(text, [{ path, value }]);
      expect(jsonFormat.read(added, {})).toEqual({
        ...data,
        servers: { ...(data.servers ?? {}), sent: value },
      });
      expect(comments(added)).toEqual(comments(text));
      const removed = jsonFormat.edit(added, [{ path, value: undefined }]);
      expect(comments(removed)).toEqual(comments(text));
      if (Object.keys(data.servers ?? {}).length > 0) expect(removed).toBe(text);
      else expect(jsonFormat.read(removed, {})).toEqual({ ...data, servers: {} });
    }),
    { numRuns: 500 },
  );
});
