import { homedir } from 'node:os';
import * as z from 'zod/v4';
import { version } from '../package.json';
import { serve } from './cli/serve.ts';
import { ConfigError, readSettings } from './config/index.ts';
import { TOOLS } from './mcp/index.ts';

// A checker compiled for each schema takes longer than the messages of a session win back (bench/start.ts).
z.config({ jitless: true });

/**
 * Exit codes: 0 done, 1 failed, 2 wrong usage or configuration.
 * Each command but `serve` is imported when it is asked for, so that it costs the server's start nothing.
 */
async function main(argv: readonly string[]): Promise<number | undefined> {
  const [command, ...rest] = argv;
  const { env, platform, stdin, stdout, stderr } = process;
  const io = { env, platform, home: homedir(), now: Date.now, stdin, stdout, stderr };
  switch (command) {
    case '--help':
    case '-h':
    case 'help':
      stdout.write((await import('./cli/help.ts')).helpText());
      return 0;
    case '--version':
    case '-v':
      stdout.write(`${version}\n`);
      return 0;
    case 'install':
      return (await import('./cli/install/index.ts')).runInstall(rest, io);
    case 'uninstall':
      return (await import('./cli/install/index.ts')).runUninstall(rest, io);
    case 'doctor':
      return (await import('./cli/doctor/index.ts')).runDoctor(rest, {
        ...io,
        monotonic: () => performance.now(),
        fetch: globalThis.fetch,
        nodeVersion: process.version,
      });
    case 'import':
      return (await import('./cli/import/index.ts')).runImportCommand(rest, io);
    case 'export':
      return (await import('./cli/export.ts')).runExport(rest, io);
    case 'history':
      return (await import('./cli/history.ts')).runHistory(rest, io);
    case 'forget':
      return (await import('./cli/forget.ts')).runForget(rest, io);
    case 'simulator':
      return (await import('./cli/simulator.ts')).runSimulator(rest, io);
    default: {
      const flags = command === 'serve' ? rest : argv;
      if (flags.includes('--help') || flags.includes('-h')) {
        stdout.write((await import('./cli/help.ts')).helpText());
        return 0;
      }
      if (command !== undefined && command !== 'serve' && !command.startsWith('-')) {
        stderr.write((await import('./cli/help.ts')).unknownCommand(command));
        return 2;
      }
      const settings = readSettings(flags, env, TOOLS);
      if (settings.http) return (await import('./cli/serve-http.ts')).serveHttp(settings, settings.http, io);
      await serve(settings, io);
      return undefined; // The process lives until the client leaves.
    }
  }
}

main(process.argv.slice(2)).then(
  (code) => {
    if (code !== undefined) process.exitCode = code;
  },
  (error: unknown) => {
    const told = error instanceof ConfigError;
    process.stderr.write(
      told
        ? `sent-contacts-mcp cannot start:\n${error.message}\n`
        : `sent-contacts-mcp failed (${kindOf(error)}).\nNext: look at the arguments and run it again; if it lasts, report it with this line.\n`,
    );
    process.exitCode = told ? 2 : 1;
  },
);

/** The kind of an error and the system's code, such as `Error EACCES`, without its words, which may hold anything. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { code } = error as NodeJS.ErrnoException;
  return [error.name, typeof code === 'string' && /^[A-Z_]+$/.test(code) && code].filter(Boolean).join(' ');
}
