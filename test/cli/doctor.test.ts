import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runDoctor } from '../../src/cli/doctor/index.ts';
import { type SimulatorOptions, startSimulator } from '../../src/simulator/simulator.ts';

const KEY = 'sk_test_doctor';

/** The command with a clock that moves by `tookMs` whenever it is read. */
async function doctor(
  argv: string[],
  env: Record<string, string> = {},
  { nodeVersion = 'v20.1.0', tookMs = 7, home = emptyHome(), fetch = globalThis.fetch } = {},
) {
  let output = '';
  let at = 0;
  const write = (text: string) => (output += text);
  const code = await runDoctor(argv, {
    env: { PATH: process.env.PATH ?? '', SENT_STATE: 'off', ...env },
    platform: 'linux',
    home,
    nodeVersion,
    now: () => Date.UTC(2026, 10, 23),
    monotonic: () => {
      at += tookMs;
      return at;
    },
    fetch,
    stdout: { write },
    stderr: { write },
  });
  return { code, output };
}

function emptyHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'sent-doctor-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

async function account(options: SimulatorOptions = {}) {
  const simulator = await startSimulator({ key: KEY, ...options });
  onTestFinished(simulator.close);
  return { simulator, env: { SENT_API_KEY: KEY, SENT_BASE_URL: simulator.url, SENT_TIMEOUT_MS: '2000' } };
}

test('an account in order: a line for each thing, exit code 0, and two reads', async () => {
  const { simulator, env } = await account({ rateLimit: { perMinute: 200, burst: 50 } });
  const { code, output } = await doctor([], env);
  expect(output.replace(env.SENT_BASE_URL, 'ADDRESS')).toMatchInlineSnapshot(`
    "ok   Node: v20.1.0
    ok   configuration: fine
    ok   state: off: nothing is kept from one start to the next
    ok   key: accepted by ADDRESS
    ok   account: organization "Alder & Finch (simulated)", approved, profiles: 1
    ok   channels: sms, whatsapp
    ok   contacts: 60
    ok   rate limit: 48 of 200 requests left
    ok   response time: 7 ms
    ok   clients: none starts this server yet; install lists the clients that are known
    "
  `);
  expect(code).toBe(0);
  expect(simulator.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /v3/me',
    'GET /v3/contacts',
  ]);
});

test('the demo needs no key', async () => {
  const { code, output } = await doctor(['--demo']);
  expect(output).toContain(
    'ok   configuration: fine, demo mode\nok   state: the demo keeps nothing\nok   key: not needed\n',
  );
  expect(output).toContain('ok   contacts: 60\n');
  expect(code).toBe(0);
});

test('the address book is read, and what its columns were read as is said', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'people.csv');
  writeFileSync(path, 'Name;Geburtsdatum;Handy\nMia;12.03.1980;+491701234501\nOle;01.01.1990;12\n');
  const { output } = await doctor(['--demo'], { SENT_ADDRESS_BOOK: path });
  expect(output).toContain(
    'ok   address book: numbers: 1; read "Name" as name, "Handy" as phone number (mobile). rows without a usable number: 1; numbers that stand twice: 0\n',
  );
  const missing = await doctor(['--demo'], { SENT_ADDRESS_BOOK: join(folder, 'nowhere.csv') });
  expect(missing.output).toContain(
    'FAIL address book: The file "nowhere.csv" does not exist.\n     Next: Check the path',
  );
  expect(missing.code).toBe(1);
});

describe('what is not well says what to do', () => {
  test('a place where nothing can be kept', async () => {
    const { env } = await account();
    const file = join(emptyHome(), 'file');
    writeFileSync(file, '');
    for (const place of [file, join(file, 'below')]) {
      const { code, output } = await doctor([], { ...env, SENT_STATE: place });
      expect(output).toContain(
        `FAIL state: ${place}: ${file} is no folder, so nothing can be kept\n     Next: Make the place of SENT_STATE writable`,
      );
      expect(code).toBe(1);
    }
    expect((await doctor([], { ...env, SENT_STATE: join(emptyHome(), 'new', 'folder') })).code).toBe(0);
  });

  test('all mistakes of the configuration at once, exit code 2', async () => {
    const { code, output } = await doctor([], { SENT_CONFIRM: 'maybe', SENT_BASE_URL: 'http://example.com' });
    expect(output).toMatchInlineSnapshot(`
      "ok   Node: v20.1.0
      FAIL configuration: SENT_API_KEY is not set: give it the API key of your Sent account, or start with --demo.
           Next: Correct it and run this again.
      FAIL configuration: SENT_BASE_URL must begin with https:// (http:// is allowed for this machine alone), to keep the key private.
           Next: Correct it and run this again.
      FAIL configuration: SENT_CONFIRM is not one of: auto, always, never. It counts as always.
           Next: Correct it and run this again.
      ok   clients: none starts this server yet; install lists the clients that are known
      "
    `);
    expect(code).toBe(2);
  });

  test('an old Node', async () => {
    const { code, output } = await doctor(['--demo'], {}, { nodeVersion: 'v18.20.0' });
    expect(output).toContain('FAIL Node: v18.20.0\n     Next: Install Node 20 or later');
    expect(code).toBe(1);
  });

  test('a wrong key', async () => {
    const { env } = await account();
    const { code, output } = await doctor([], { ...env, SENT_API_KEY: 'sk_wrong' });
    expect(output).toMatch(
      /FAIL key: http:\/\/127\.0\.0\.1:\d+: .*\[unauthorized, AUTH_\d+, \w+\]\n {5}Next: Set SENT_API_KEY/,
    );
    expect(output).not.toContain('sk_wrong');
    expect(code).toBe(1);
  });

  test('no connection', async () => {
    const { simulator, env } = await account();
    simulator.faults.add({ kind: 'lost-before' });
    const { code, output } = await doctor([], { ...env, SENT_TIMEOUT_MS: '300' });
    expect(output).toMatch(
      /FAIL connection: http:\/\/127\.0\.0\.1:\d+: the connection was cut off\n {5}Next: Check the firewall/,
    );
    expect(code).toBe(1);
  });

  test('a slow API', async () => {
    const { env } = await account();
    const { code, output } = await doctor([], env, { tookMs: 3000 });
    expect(output).toMatch(/FAIL response time: 3000 ms\n {5}Next: /);
    expect(code).toBe(1);
  });

  test('contacts that cannot be read', async () => {
    const { simulator, env } = await account();
    simulator.faults.add({ path: /^\/v3\/contacts$/, kind: { status: 403, code: 'AUTH_004' } });
    const { code, output } = await doctor([], env);
    expect(output).toMatch(/ok {3}key: accepted by .*\n(.*\n)*FAIL contacts: .*\[forbidden, AUTH_004/);
    expect(code).toBe(1);
  });
});

test('--json gives the same as data', async () => {
  const { code, output } = await doctor(['--json', '--demo', '--timeout-ms', '1']);
  expect(JSON.parse(output)).toMatchObject({
    ok: false,
    findings: expect.arrayContaining([
      { name: 'Node', ok: true, found: 'v20.1.0' },
      {
        name: 'configuration',
        ok: false,
        found: expect.stringContaining('--timeout-ms'),
        next: expect.any(String),
      },
    ]),
  });
  expect(code).toBe(2);
});

describe('why the API cannot be reached, each in its own words with the address', () => {
  const failing = (cause: object) => async () => {
    throw Object.assign(new TypeError('fetch failed'), { cause });
  };
  test.each([
    ['ENOTFOUND', /the name cannot be resolved \(DNS\)/],
    ['ECONNREFUSED', /nothing listens there/],
    ['UND_ERR_CONNECT_TIMEOUT', /does not answer in time/],
    ['SELF_SIGNED_CERT_IN_CHAIN', /certificate is not trusted \(TLS\)[\s\S]*NODE_EXTRA_CA_CERTS/],
    ['ECONNRESET', /the connection was cut off/],
  ])('%s', async (code, words) => {
    const env = { SENT_API_KEY: KEY, SENT_BASE_URL: 'http://127.0.0.1:9', SENT_TIMEOUT_MS: '400' };
    const { code: exit, output } = await doctor([], env, { fetch: failing({ code }) });
    expect(output).toMatch(words);
    expect(output).toContain('FAIL connection: http://127.0.0.1:9: ');
    expect(exit).toBe(1);
  });

  test('a proxy that is set and not used, and one that asks for a password', async () => {
    const env = {
      SENT_API_KEY: KEY,
      SENT_BASE_URL: 'http://127.0.0.1:9',
      SENT_TIMEOUT_MS: '400',
      HTTPS_PROXY: 'http://proxy:3128',
    };
    const { output } = await doctor([], env, { fetch: failing({ code: 'ENOTFOUND' }) });
    expect(output).toContain('HTTPS_PROXY is set, and Node leaves it alone');
    const asks = await doctor([], env, { fetch: async () => new Response('', { status: 407 }) });
    expect(asks.output).toContain('the proxy asks for a name and password (407)');
  });

  test('an address that is no Sent API', async () => {
    const server = createServer((_, response) => response.end('<html>')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { output } = await doctor([], { SENT_API_KEY: KEY, SENT_BASE_URL: url });
    expect(output).toContain(`FAIL address: ${url}: What came back is no answer of the Sent API`);
  });
});

describe('the files of hosts', () => {
  const demo = { command: process.execPath, args: [resolve('dist/sent-contacts-mcp.cjs'), '--demo'] };
  const put = (home: string, file: string, text: string): void => {
    mkdirSync(dirname(join(home, file)), { recursive: true });
    writeFileSync(join(home, file), text);
  };

  test('each is read, and its server started as it is written there', async () => {
    const home = emptyHome();
    put(home, '.cursor/mcp.json', JSON.stringify({ mcpServers: { sent: demo } }));
    put(
      home,
      '.codex/config.toml',
      `[mcp_servers.sent]\ncommand = ${JSON.stringify(demo.command)}\nargs = ${JSON.stringify(demo.args)}\n`,
    );
    put(
      home,
      '.config/opencode/opencode.json',
      JSON.stringify({ mcp: { sent: { type: 'local', command: [demo.command, ...demo.args] } } }),
    );
    const { code, output } = await doctor([], {}, { home });
    for (const title of ['Cursor', 'Codex', 'opencode'])
      expect(output).toMatch(new RegExp(`ok   ${title}: ${home}.*: it starts, 10 tools in \\d+ ms`));
    expect(output).toContain('ok   configuration: fine, demo mode, as Cursor has it');
    expect(code).toBe(0);
  });

  test.each([
    [
      'a program that is not there',
      { ...demo, command: '/no/such/node' },
      ':4: the program "/no/such/node" is not found',
    ],
    [
      'a setting that is wrong',
      {
        ...demo,
        args: demo.args.slice(0, 1),
        env: { SENT_API_KEY: 'sk_test_doctor', SENT_BASE_URL: 'http://x.example' },
      },
      ':10: it ends at once (code 2): SENT_BASE_URL must begin with https',
    ],
    ['a file that is gone', { ...demo, args: ['/gone.cjs'] }, ':5: it ends at once (code 1): '],
    ['one that is switched off', { ...demo, disabled: true }, ': it is switched off there'],
  ])('%s: the line is said', async (_, entry, words) => {
    const home = emptyHome();
    put(home, '.cursor/mcp.json', JSON.stringify({ mcpServers: { sent: entry } }, null, 2));
    const { code, output } = await doctor(['Cursor'], { SENT_API_KEY: 'k', SENT_DEMO: '1' }, { home });
    expect(output).toContain(`FAIL Cursor: ${join(home, '.cursor/mcp.json')}`);
    expect(output).toContain(words);
    expect(code).not.toBe(0);
  });

  test('a file that the host cannot read', async () => {
    const home = emptyHome();
    put(home, '.cursor/mcp.json', '{\n  "mcpServers": {,}\n}');
    const { output } = await doctor(['--demo'], {}, { home });
    expect(output).toMatch(/FAIL Cursor: .*mcp\.json:2:18: it is not valid JSON/);
  });

  test('a named one without an entry, and a name that is none', async () => {
    const home = emptyHome();
    const { output } = await doctor(['--demo', 'zed'], {}, { home });
    expect(output).toContain('has no "sent"\n     Next: Run install zed.');
    expect((await doctor(['curser'])).output).toContain('Known, nearest first: cursor');
  });

  test('the key is found there, and never printed', async () => {
    const { env } = await account();
    const home = emptyHome();
    const entry = { ...demo, args: demo.args.slice(0, 1), env };
    put(home, '.cursor/mcp.json', JSON.stringify({ mcpServers: { sent: entry } }));
    const { output } = await doctor([], {}, { home });
    expect(output).toContain(`ok   key: accepted by ${env.SENT_BASE_URL}`);
    expect(output).not.toContain(KEY);
  });
});

describe('--probe', () => {
  test('reads and dry runs alone; the report holds no number, name or key', async () => {
    const { simulator, env } = await account();
    const { code, output } = await doctor(['--probe'], env);
    expect(code).toBe(0);
    expect(output).toContain('- page and page_size: 200, 2 rows, page_size 2');
    expect(output).toMatch(/- dry run of a creation: 20[01], confirmed/);
    const changed = simulator.requests.filter(({ method }) => method !== 'GET');
    expect(changed.length).toBeGreaterThan(2);
    for (const { body } of changed) expect(body).toMatchObject({ sandbox: true });
    const contacts = simulator.book.page(1, 100, {}).contacts;
    for (const { phone_number, id } of contacts) {
      expect(output).not.toContain(phone_number);
      expect(output).not.toContain(id);
    }
    expect(output).not.toMatch(/\+\d{6}|sk_test/);
  });

  test('with a key that is refused there is no report, and it says why', async () => {
    const { env } = await account();
    const { code, output } = await doctor(['--probe'], { ...env, SENT_API_KEY: 'sk_test_other' });
    expect(code).toBe(1);
    expect(output).toMatch(/^FAIL key: .*unauthorized, AUTH_002.*\n {5}Next: /);
    expect(output).not.toContain('page_size');
  });
});

test('--help', async () => {
  const { code, output } = await doctor(['--help']);
  expect(code).toBe(0);
  expect(output).toMatch(/^Usage: sent-contacts-mcp doctor \[client\]/);
});
