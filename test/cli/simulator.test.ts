import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { runSimulator } from '../../src/cli/simulator.ts';

async function simulator(...argv: string[]) {
  let stdout = '';
  let stderr = '';
  const code = await runSimulator(argv, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
  });
  return { code, stdout, stderr };
}

test('a port in use is said, with what to do', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  onTestFinished(() => void taken.close());
  const { port } = taken.address() as AddressInfo;
  expect(await simulator('--port', String(port))).toEqual({
    code: 1,
    stdout: '',
    stderr: `The simulator cannot listen on port ${port}: another program uses it.\nNext: Choose another with --port, or leave it out for any free one.\n`,
  });
});

test('--help and wrong usage', async () => {
  expect(await simulator('--help')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Usage: /) });
  expect(await simulator('--port', 'x')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^Usage: /),
  });
});
