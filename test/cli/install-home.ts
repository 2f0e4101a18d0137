import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { onTestFinished } from 'vitest';
import { type InstallIo, runInstall, runUninstall } from '../../src/cli/install/index.ts';

/** A key that no test may find on a screen. */
export const KEY = 'sk_live_q7WcU2xZ';
/** 2026-11-23T09:08:07.006Z, the fixed clock of these tests. */
export const NOW_MS = Date.UTC(2026, 10, 23, 9, 8, 7, 6);
export const STAMP = '20261123T090807006Z';

/** A terminal that shows what is typed on it unless it is in raw mode; types once someone reads in raw mode. */
export class FakeTerminal extends PassThrough {
  readonly isTTY = true;
  isRaw = false;
  screen = '';
  readonly modes: boolean[] = [];
  private readonly keystrokes: string[];

  constructor(...keystrokes: string[]) {
    super();
    this.keystrokes = keystrokes;
  }

  setRawMode(raw: boolean): this {
    this.isRaw = raw;
    this.modes.push(raw);
    if (raw) {
      for (const keys of this.keystrokes) process.nextTick(() => this.type(keys));
    }
    return this;
  }

  type(keys: string): void {
    if (!this.isRaw) this.screen += keys;
    this.write(keys);
  }
}

export type Home = Awaited<ReturnType<typeof makeHome>>;

/** An empty home folder, gone after the test, and the two commands run in it with everything recorded. */
export async function makeHome(overrides: Partial<Pick<InstallIo, 'env' | 'platform'>> = {}) {
  const home = await mkdtemp(join(tmpdir(), 'sent-install-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const path = (name: string): string => join(home, name);

  const run =
    (command: typeof runInstall) =>
    async (
      argv: string[],
      { env = {}, terminal }: { env?: InstallIo['env']; terminal?: FakeTerminal } = {},
    ) => {
      let stdout = '';
      let stderr = '';
      const stdin = terminal ?? Object.assign(new PassThrough(), { isTTY: false });
      const code = await command(argv, {
        env: { ...overrides.env, ...env },
        platform: overrides.platform ?? 'linux',
        home,
        now: () => NOW_MS,
        stdin: stdin as unknown as NodeJS.ReadStream,
        stdout: { write: (text) => (stdout += text) },
        stderr: { write: (text) => (stderr += text) },
      });
      return { code, stdout, stderr, screen: `${stdout}${stderr}${terminal?.screen ?? ''}` };
    };

  return {
    home,
    path,
    install: run(runInstall),
    uninstall: run(runUninstall),
    read: (name: string): Promise<string> => readFile(path(name), 'utf8'),
    put: async (name: string, content: string | Uint8Array, mode = 0o644): Promise<void> => {
      await mkdir(dirname(path(name)), { recursive: true });
      await writeFile(path(name), content, { mode });
    },
    /** Every file below the home, as sorted paths. */
    files: async (): Promise<string[]> => {
      const entries = await readdir(home, { recursive: true, withFileTypes: true });
      const names = entries
        .filter((entry) => !entry.isDirectory())
        .map((entry) => join(entry.parentPath, entry.name));
      return names.map((name) => name.slice(home.length + 1).replaceAll('\\', '/')).sort();
    },
  };
}
