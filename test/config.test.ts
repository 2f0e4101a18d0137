import { describe, expect, test } from 'vitest';
import { ConfigError, readSettings } from '../src/config/index.ts';

const TOOLS = [
  { name: 'search_contacts', readOnly: true },
  { name: 'send_message', readOnly: false },
];
const read = (env: Record<string, string>, argv: string[] = []) => readSettings(argv, env, TOOLS);
const problems = (env: Record<string, string>, argv: string[] = []): string[] => {
  try {
    read(env, argv);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
};
const KEY = { SENT_API_KEY: 'k' };

test('the defaults', () => {
  expect(read(KEY)).toMatchObject({
    apiKey: 'k',
    baseUrl: 'https://api.sent.dm',
    profileId: undefined,
    defaultCountry: undefined,
    confirm: 'auto',
    readOnly: false,
    tools: undefined,
    sandbox: false,
    timeoutMs: 30_000,
    log: 'error',
    demo: false,
  });
});

describe('the key', () => {
  test.each(['SENT_API_KEY', 'SENT_DM_API_KEY', 'SENTDM_API_KEY'])('from %s', (name) => {
    expect(read({ [name]: ' sk_live_1 ' }).apiKey).toBe('sk_live_1');
  });
  test('the first name wins', () => {
    expect(read({ SENT_DM_API_KEY: 'b', SENT_API_KEY: 'a' }).apiKey).toBe('a');
  });
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a host's placeholder, left unfilled.
  test.each(['', '  ', 'null', '""', '${user_config.api_key}'])('unfilled (%j) counts as unset', (value) => {
    expect(problems({ SENT_API_KEY: value })).toEqual([expect.stringContaining('SENT_API_KEY is not set')]);
    expect(read({ SENT_API_KEY: value, SENTDM_API_KEY: 'c' }).apiKey).toBe('c');
  });
  test('is not needed for the demo', () => {
    expect(read({}, ['--demo'])).toMatchObject({ demo: true, apiKey: undefined });
  });
  test.each([['--api-key', 'sk_secret'], ['--api-key=sk_secret'], ['--sent-key', 'sk_secret']])(
    'is never a flag: %s',
    (...argv) => {
      const said = problems(KEY, argv).join('\n');
      expect(said).toContain('never a flag');
      expect(said).not.toContain('sk_secret');
    },
  );
  test('with a line break in it is refused without being shown', () => {
    expect(problems({ SENT_API_KEY: 'sk_a\nb' })).toEqual([
      expect.stringMatching(/^- SENT_API_KEY holds a space/),
    ]);
  });
});

test('every variable has a flag that wins', () => {
  const env = {
    ...KEY,
    SENT_BASE_URL: 'https://a.example',
    SENT_DEFAULT_COUNTRY: 'BR',
    SENT_TIMEOUT_MS: '1000',
  };
  const argv = [
    '--base-url',
    'https://b.example/',
    '--default-country=us',
    '--read-only',
    '--timeout-ms',
    '2000',
  ];
  expect(read(env, argv)).toMatchObject({
    baseUrl: 'https://b.example',
    defaultCountry: 'US',
    readOnly: true,
    timeoutMs: 2000,
  });
});

test.each(['true', '1', 'yes', 'ON'])('%s is a yes', (value) => {
  expect(read({ ...KEY, SENT_SANDBOX: value }).sandbox).toBe(true);
});
test.each(['false', '0', 'no', 'Off'])('%s is a no', (value) => {
  expect(read({ ...KEY, SENT_READ_ONLY: value }).readOnly).toBe(false);
});

test.each(['http://localhost:3000', 'http://127.0.0.1:1', 'http://[::1]:8080/', 'https://api.example/v'])(
  'the address %s is allowed',
  (url) => expect(read({ ...KEY, SENT_BASE_URL: url }).baseUrl).toBe(url.replace(/\/$/, '')),
);
test.each([
  'http://api.sent.dm',
  'http://localhost.evil.example',
  'http://127.0.0.1.evil.example',
  'ftp://x',
  'nonsense',
  'https://u:p@api.sent.dm',
  'https://api.sent.dm?x=1',
])('the address %s is refused', (url) => {
  expect(problems({ ...KEY, SENT_BASE_URL: url })).toEqual([expect.stringMatching(/^- SENT_BASE_URL /)]);
});

test('uk means GB', () => expect(read({ ...KEY, SENT_DEFAULT_COUNTRY: 'uk' }).defaultCountry).toBe('GB'));

test('tools may be chosen', () => {
  expect(read({ ...KEY, SENT_TOOLS: 'search_contacts, send_message' }).tools).toEqual([
    'search_contacts',
    'send_message',
  ]);
});

describe('a mistake in what only narrows or adds does not stop the server', () => {
  const WRONG = {
    SENT_CONFIRM: 'sometimes',
    SENT_READ_ONLY: 'maybe',
    SENT_SANDBOX: 'perhaps',
    SENT_DEMO: 'somewhat',
    SENT_TOOLS: 'search_contacts,drop_table',
    SENT_TIMEOUT_MS: '5 seconds',
    SENT_LOG: 'loud',
  };

  test('each is told, with what it counts as: the stricter of what it may have meant', () => {
    const settings = read({ ...KEY, ...WRONG });
    expect(settings).toMatchObject({
      confirm: 'always',
      readOnly: true,
      sandbox: true,
      demo: false,
      tools: ['search_contacts'],
      timeoutMs: 30_000,
      log: 'error',
    });
    expect(settings.mistakes).toMatchInlineSnapshot(`
      [
        "SENT_DEMO is not a yes or no: use true or false. It counts as false.",
        "SENT_READ_ONLY is not a yes or no: use true or false. It counts as true.",
        "SENT_CONFIRM is not one of: auto, always, never. It counts as always.",
        "SENT_TOOLS names a tool that does not exist: the tools are search_contacts, send_message.",
        "SENT_SANDBOX is not a yes or no: use true or false. It counts as true.",
        "SENT_TIMEOUT_MS is not a number of milliseconds from 100 to 86400000. It counts as 30000.",
        "SENT_LOG is not one of: silent, error, info, debug. It counts as error.",
      ]
    `);
  });

  test('tools of which none is left leave those that read, and it is said', () => {
    const settings = read({ ...KEY, SENT_TOOLS: 'send_message', SENT_READ_ONLY: 'true' });
    expect(settings.tools).toEqual([]);
    expect(settings.mistakes).toEqual([
      'SENT_TOOLS names only tools that SENT_READ_ONLY leaves out. Until it names one that reads, all of those are published.',
    ]);
    const some = read({ ...KEY, SENT_TOOLS: 'send_message search_contacts', SENT_READ_ONLY: 'true' });
    expect(some.mistakes).toEqual([]);
  });

  test('tools none of which exists leave those that read', () => {
    expect(read({ ...KEY, SENT_TOOLS: 'nothing' }).tools).toEqual([]);
  });

  test.each([
    ['yes', 'always'],
    ['TRUE', 'always'],
    ['no', 'never'],
    ['false', 'auto'],
    ['"auto"', 'auto'],
  ])('SENT_CONFIRM=%s is read as meant: %s', (value, meant) => {
    const { confirm, mistakes } = read({ ...KEY, SENT_CONFIRM: value });
    expect({ confirm, mistakes }).toEqual({ confirm: meant, mistakes: [] });
  });

  test.each(['Germany', '+49', 'XX'])(
    'SENT_DEFAULT_COUNTRY=%s is left to those who know countries',
    (value) => {
      expect(read({ ...KEY, SENT_DEFAULT_COUNTRY: value }).defaultCountry).toBe(value);
    },
  );
});

test('all that is wrong is said at once, each with its name and what is allowed', () => {
  const said = problems(
    {
      SENT_BASE_URL: 'http://evil.example',
      SENT_PROFILE_ID: 'two words',
      SENT_CONFIRM: 'sometimes',
      SENT_TOOLS: 'drop_table',
    },
    ['--nonsense', 'word'],
  );
  expect(said).toMatchInlineSnapshot(`
    [
      "- --nonsense is not a flag of this command: see --help.",
      "- There is a word on the command line that is no flag: see --help.",
      "- SENT_API_KEY is not set: give it the API key of your Sent account, or start with --demo.",
      "- SENT_BASE_URL must begin with https:// (http:// is allowed for this machine alone), to keep the key private.",
      "- SENT_PROFILE_ID is not a profile id.",
      "- SENT_CONFIRM is not one of: auto, always, never. It counts as always.",
      "- SENT_TOOLS names a tool that does not exist: the tools are search_contacts, send_message. Until it names one, only tools that read are published.",
    ]
  `);
});

test('a flag without its value is a mistake', () => {
  expect(problems(KEY, ['--log'])).toEqual(['- --log needs a value.']);
});

test('settings cannot be changed later', () => expect(Object.isFrozen(read(KEY))).toBe(true));

describe('where what lasts is kept', () => {
  test.each([
    '/var/lib/sent',
    '~/state',
    'C:\\state',
    'off',
    'postgres://h/db',
    'postgresql://u:p@h:1/db?sslmode=require',
  ])('SENT_STATE=%s', (state) => {
    expect(read({ ...KEY, SENT_STATE: state }).state).toBe(state);
  });
  test('is a folder of the user where nothing is said', () => {
    expect(read(KEY).state).toBeUndefined();
    expect(read({ ...KEY, SENT_STATE: ' OFF ' }).state).toBe('off');
    expect(read(KEY, ['--state', '/srv']).state).toBe('/srv');
  });
  test.each(['redis://h', 'https://h/x', 'file:///tmp/x'])('is not %s', (state) => {
    expect(problems({ ...KEY, SENT_STATE: state })).toEqual([
      '- SENT_STATE is neither a folder, nor an address such as postgres://host/database, nor off.',
    ]);
  });
  test('its password is never a flag', () => {
    const said = problems(KEY, ['--state=postgres://u:hunter2@h/db']);
    expect(said).toEqual([expect.stringContaining('set SENT_STATE instead')]);
    expect(said.join()).not.toContain('hunter2');
    expect(read(KEY, ['--state=postgres://u@h/db']).state).toBe('postgres://u@h/db');
  });
});

describe('over HTTP', () => {
  const http = (env: Record<string, string>, address = '8080') => read(env, ['--http', address]).http;

  test.each([
    ['8080', '127.0.0.1', 8080],
    ['0.0.0.0:80', '0.0.0.0', 80],
    ['localhost:0', 'localhost', 0],
    ['[::1]:8080', '::1', 8080],
  ])('%s', (address, host, port) => {
    expect(http({}, address)).toEqual({ host, port, names: [], tokens: undefined });
  });
  test.each(['', 'x', '65536', '1.2.3.4', '::1:80', 'a b:80', '-1', 'http://x:80'])(
    'not an address: %j',
    (address) => {
      expect(problems({}, [`--http=${address || ' x'}`])).toEqual([expect.stringContaining('[HOST:]PORT')]);
    },
  );
  test('each client brings its own key, or names stand over the key; nothing else', () => {
    expect(http({})?.tokens).toBeUndefined();
    expect(http({ ...KEY, SENT_HTTP_TOKENS: 'f' })?.tokens).toBe('f');
    expect(problems(KEY, ['--http', '1'])).toEqual([expect.stringContaining('SENT_HTTP_TOKENS is not')]);
    expect(problems({ SENT_HTTP_TOKENS: 'f' }, ['--http', '1'])).toEqual([
      expect.stringContaining('SENT_API_KEY is not'),
    ]);
    expect(http({ SENT_DEMO: 'true' })).toBeDefined();
  });
  test('names', () => {
    expect(http({ SENT_HTTP_HOSTS: 'MCP.example.com, b' })?.names).toEqual(['mcp.example.com', 'b']);
    expect(problems({ SENT_HTTP_HOSTS: 'https://a' }, ['--http', '1'])).toEqual([
      expect.stringContaining('SENT_HTTP_HOSTS is not'),
    ]);
  });
});
