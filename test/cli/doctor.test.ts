import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runDoctor } from '../../src/cli/doctor.ts';
import { type SimulatorOptions, startSimulator } from '../../src/simulator/simulator.ts';

const KEY = 'sk_test_doctor';

/** The command with a clock that moves by `tookMs` whenever it is read. */
async function doctor(argv: string[], env: Record<string, string> = {}, nodeVersion = 'v20.1.0', tookMs = 7) {
  let output = '';
  let at = 0;
  const now = () => {
    at += tookMs;
    return at;
  };
  const code = await runDoctor(argv, {
    env,
    nodeVersion,
    now,
    stdout: { write: (text) => (output += text) },
  });
  return { code, output };
}

async function account(options: SimulatorOptions = {}) {
  const simulator = await startSimulator({ key: KEY, ...options });
  onTestFinished(simulator.close);
  return { simulator, env: { SENT_API_KEY: KEY, SENT_BASE_URL: simulator.url, SENT_TIMEOUT_MS: '2000' } };
}

test('an account in order: a line for each thing, exit code 0, and two reads', async () => {
  const { simulator, env } = await account({ rateLimit: { perMinute: 200, burst: 50 } });
  const { code, output } = await doctor([], env);
  expect(output).toMatchInlineSnapshot(`
    "ok   Node: v20.1.0
    ok   configuration: fine
    ok   key: accepted by Sent
    ok   account: organization "Alder & Finch (simulated)", approved, profiles: 1
    ok   channels: sms, whatsapp
    ok   contacts: 60
    ok   rate limit: 48 of 200 requests left
    ok   response time: 7 ms
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
  expect(output).toContain('ok   configuration: fine, demo mode\nok   key: not needed\n');
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
      "
    `);
    expect(code).toBe(2);
  });

  test('an old Node', async () => {
    const { code, output } = await doctor(['--demo'], {}, 'v18.20.0');
    expect(output).toContain('FAIL Node: v18.20.0\n     Next: Install Node 20 or later');
    expect(code).toBe(1);
  });

  test('a wrong key', async () => {
    const { env } = await account();
    const { code, output } = await doctor([], { ...env, SENT_API_KEY: 'sk_wrong' });
    expect(output).toMatch(
      /FAIL key and connection: .*\[unauthorized, AUTH_\d+, \w+\]\n {5}Next: Set SENT_API_KEY/,
    );
    expect(output).not.toContain('sk_wrong');
    expect(code).toBe(1);
  });

  test('no connection', async () => {
    const { simulator, env } = await account();
    simulator.faults.add({ kind: 'lost-before' });
    const { code, output } = await doctor([], { ...env, SENT_TIMEOUT_MS: '300' });
    expect(output).toMatch(
      /FAIL key and connection: .*\[unavailable\]\n {5}Next: Try again in a minute; if it lasts, check the network/,
    );
    expect(code).toBe(1);
  });

  test('a slow API', async () => {
    const { env } = await account();
    const { code, output } = await doctor([], env, 'v20.1.0', 3000);
    expect(output).toMatch(/FAIL response time: 3000 ms\n {5}Next: /);
    expect(code).toBe(1);
  });

  test('contacts that cannot be read', async () => {
    const { simulator, env } = await account();
    simulator.faults.add({ path: /^\/v3\/contacts$/, kind: { status: 403, code: 'AUTH_004' } });
    const { code, output } = await doctor([], env);
    expect(output).toMatch(/ok {3}key: accepted by Sent\n(.*\n)*FAIL contacts: .*\[forbidden, AUTH_004/);
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
