import { demoApi, networkApi, openAccount, openStore } from '../app/index.ts';
import { readSettings, type Settings } from '../config/index.ts';
import { AppError, errorText } from '../errors.ts';
import { TOOLS } from '../mcp/index.ts';
import { createLog } from './log.ts';

export type CommandIo = {
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
  home: string;
  now(): number;
  stdout: { write(text: string): unknown; isTTY?: boolean; columns?: number };
  stderr: { write(text: string): unknown };
};

/**
 * The settings of a command that looks at what is kept on this machine.
 * @throws ConfigError as `readSettings` does.
 */
export const settingsOf = (argv: readonly string[], env: CommandIo['env']): Settings =>
  readSettings(argv, env, TOOLS);

/** Opens the account of the settings for one command, and closes it after. */
export async function withAccount<T>(
  settings: Settings,
  io: CommandIo,
  work: (account: ReturnType<typeof openAccount>) => Promise<T>,
): Promise<T> {
  const log = createLog(settings.log, (line) => io.stderr.write(line), io.now);
  const store = openStore(settings, io);
  const account = openAccount(settings, settings.demo ? await demoApi() : networkApi(settings), log, store);
  try {
    return await work(account);
  } finally {
    await account.close();
    await store.close();
  }
}

/** A step that is elsewhere told to a model, as the person on the terminal is told it. */
export const stepForPerson = (next: string): string =>
  next.replace(/ask the user to /gi, '').replace(/^./, (first) => first.toUpperCase());

/** Exit code of the work; an `AppError` is told in its two lines and is 1. */
export async function printingErrors(io: CommandIo, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    io.stderr.write(`${errorText(error.with({ next: stepForPerson(error.next) }))}\n`);
    return 1;
  }
}
