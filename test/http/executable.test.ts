/** `serve --http` as it is started: what it says, how it ends, and when it does not start. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { startSimulator } from '../../src/simulator/index.ts';
import { connect } from './team.ts';

const EXECUTABLE = 'dist/sent-contacts-mcp.cjs';

function start(args: string[], env: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, [EXECUTABLE, 'serve', ...args], {
    env: { ...env, SENT_STATE: 'off' },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function ended(child: ChildProcess): Promise<{ code: number | null; said: string }> {
  let said = '';
  child.stderr?.on('data', (text) => {
    said += text;
  });
  const [code] = await once(child, 'close');
  return { code, said };
}

async function addressOf(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout as NonNullable<ChildProcess['stdout']> })) {
    const [url] = /http:\/\/\S+/.exec(line) ?? [];
    if (url) return url;
  }
  throw new Error('it said no address');
}

test('it says where it is, answers, and ends at SIGTERM with 0', async () => {
  const simulator = await startSimulator();
  onTestFinished(simulator.close);
  const child = start(['--http', '127.0.0.1:0'], { SENT_BASE_URL: simulator.url });
  const url = await addressOf(child);
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/mcp$/);
  for (const era of ['v1', 'modern'] as const) {
    const { call } = await connect(url, simulator.key, { era });
    expect((await call('search_contacts', { limit: 1 })).data).toMatchObject({ total: 60 });
  }
  child.kill('SIGTERM');
  expect(await ended(child)).toEqual({ code: 0, said: '' });
});

test('the demo asks for no key', async () => {
  const url = await addressOf(start(['--http', '0', '--demo']));
  const { call } = await connect(url, 'any');
  expect((await call('search_contacts', { limit: 1 })).data).toMatchObject({ total: 60 });
});

test.each([
  ['a key that would serve everybody', ['--http', '0'], { SENT_API_KEY: 'k' }, 'SENT_HTTP_TOKENS is not'],
  ['tokens for no key', ['--http', '0'], { SENT_HTTP_TOKENS: 'x' }, 'SENT_API_KEY is not'],
  [
    'tokens that are not there',
    ['--http', '0'],
    { SENT_API_KEY: 'k', SENT_HTTP_TOKENS: '/nowhere' },
    'cannot be read',
  ],
  ['an address that is not ours', ['--http', '192.0.2.1:8080'], {}, 'cannot listen at 192.0.2.1, port 8080'],
  ['no address', ['--http', 'x'], {}, '[HOST:]PORT'],
])('it does not start with %s', async (_, args, env: Record<string, string>, told) => {
  const { code, said } = await ended(start(args, env));
  expect(said).toContain(told);
  expect(code).toBe(2);
});
