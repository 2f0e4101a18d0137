import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { EXECUTABLE } from '../../scripts/build.ts';

test('npm run team plays a session over two instances, PostgreSQL and a balancer', async () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(scripts.team).toBe('npm run build && tsx scripts/team.ts');
  expect(EXECUTABLE).toBe('dist/sent-contacts-mcp.cjs'); // Built before this test.
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    '--import',
    'tsx',
    'scripts/team.ts',
  ]);
  expect(stderr).toBe('');
  expect(stdout).toContain('Messages that went out: 1.');
  expect(stdout.match(/segment: vip$/gm)).toHaveLength(3);
}, 60_000);
