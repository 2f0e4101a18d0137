/** What builds and runs the containers, checked as far as it goes without an engine. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readSettings, SETTINGS } from '../../src/config/index.ts';

const dockerfile = readFileSync('Dockerfile', 'utf8');
const compose = readFileSync('compose.yaml', 'utf8');
const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
  (match) => match[1]?.split(' ') ?? [],
);

test('what the Dockerfile copies is let through, and is enough to build what it starts', () => {
  const let_through = readFileSync('.dockerignore', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  expect(copied.sort()).toEqual(let_through.sort());
  const folder = mkdtempSync(join(tmpdir(), 'sent-container-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const path of copied) cpSync(path, join(folder, path), { recursive: true });
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  const [, build = ''] = /^RUN npm run (\S+)$/m.exec(dockerfile) ?? [];
  const { scripts, version } = JSON.parse(readFileSync('package.json', 'utf8'));
  const [program, ...args] = scripts[build].split(' ');
  execFileSync(join('node_modules', '.bin', program), args, {
    cwd: folder,
    shell: process.platform === 'win32',
  });
  const [, built = '', started = ''] = /^COPY --from=build \/build\/(\S+) (\S+)$/m.exec(dockerfile) ?? [];
  expect(dockerfile).toContain(`ENTRYPOINT ["node", "${started}"]`);
  expect(execFileSync(process.execPath, [join(folder, built), '--version']).toString()).toBe(`${version}\n`);
});

test('it is started at the port that is exposed and asked whether it lives, and not as root', () => {
  const [, command = ''] = /^CMD (\[.*\])$/m.exec(dockerfile) ?? [];
  const [serve, ...argv] = JSON.parse(command);
  expect(serve).toBe('serve');
  const port = readSettings(argv, {}, []).http?.port;
  expect(dockerfile).toContain(`EXPOSE ${port}\n`);
  expect(dockerfile).toContain(`http://127.0.0.1:${port}/healthz`);
  expect(compose).toContain(`--to instance-1:${port} --to instance-2:${port}`);
  expect(dockerfile).toMatch(/^USER node$/m);
});

test('the settings that it is given are settings of ours', () => {
  const known = Object.values(SETTINGS).flatMap(({ variables }) => variables as readonly string[]);
  const given = [...compose.matchAll(/^ {4}(SENT_\w+):/gm)].map(([, name]) => name);
  expect(given.length).toBeGreaterThan(0);
  expect(known).toEqual(expect.arrayContaining(given));
});
