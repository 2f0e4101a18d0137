import { existsSync, readdirSync } from 'node:fs';
import {
  type Change,
  type ConfigData,
  type ConfigFile,
  checkWritable,
  FileProblem,
  FORMATS,
  maskedDiff,
  readConfig,
  removeConfig,
  writeConfig,
} from '../files/index.ts';
import type { Host, Machine } from '../hosts/index.ts';
import { Aborted } from './ask-secret.ts';
import { chooseHosts } from './choose.ts';
import {
  collectionsOf,
  describeChange,
  ENTRY,
  installChanges,
  keyOf,
  PUBLIC_WORDS,
  presentEntry,
  presentLaunch,
  uninstallChanges,
  wantedLaunch,
} from './entry.ts';
import { exposureOf } from './exposure.ts';
import { KeyProblem, keyOfEnvironment, obtainKey } from './key-source.ts';
import { type Command, helpOf, readOrder } from './order.ts';
import { originalOf } from './original.ts';

type Output = { write: (text: string) => unknown };

/** Everything that the two commands touch besides files. */
export type InstallIo = {
  env: Record<string, string | undefined>;
  platform: NodeJS.Platform;
  /** The person's home folder. */
  home: string;
  /** Milliseconds since 1970; names the backups. */
  now: () => number;
  stdin: NodeJS.ReadStream;
  stdout: Output;
  stderr: Output;
};

type Wish = { host: Host; demo: boolean; dryRun: boolean; prompt: boolean };
type Opened = { file: ConfigFile; data: ConfigData };

/** The machine as it is. */
export const machineOf = ({
  env,
  platform,
  home,
}: Pick<InstallIo, 'env' | 'platform' | 'home'>): Machine => ({
  env,
  platform,
  home,
  exists: existsSync,
  list(folder) {
    try {
      return readdirSync(folder);
    } catch {
      return [];
    }
  },
});

/**
 * Writes this server into a host's own configuration file and keeps the rest of it; a backup stays beside it. The key
 * comes from the environment, a terminal or the entry that is there, is never taken as an argument and never printed.
 * @param argv what follows the command: a client, `--demo`, `--prompt`, `--dry-run`, `--help`.
 * @returns the exit code: 0 done or nothing to do, 1 the file could not be edited and is as it was, 2 wrong usage or
 * no key, 130 broken off.
 */
export const runInstall = (argv: readonly string[], io: InstallIo): Promise<number> => {
  let asked: string | undefined; // Asked for once, however many hosts get it.
  return run('install', argv, io, async ({ host, demo, prompt, dryRun }) => {
    const machine = machineOf(io);
    const opened = await openFile(host, machine);
    const start = { platform: io.platform, demo, prompt, exists: machine.exists };
    const present = keyOf(presentLaunch(host, opened.data));
    const withKey = ({ data }: Opened, key: string | undefined) => {
      const launch = wantedLaunch(presentLaunch(host, data), { ...start, key });
      return { launch, changes: installChanges(host, data, launch) };
    };
    const needsKey = !demo && !prompt;
    if (!dryRun) await checkWritable(opened.file);
    if (needsKey) for (const text of exposureOf(opened.file, machine)) io.stderr.write(`Warning: ${text}\n`);
    if (dryRun) {
      const { changes } = withKey(opened, keyOfEnvironment(io.env) ?? present ?? 'asked for');
      showChange(host, io, opened, FORMATS[host.format].edit(opened.file.text, changes));
      return;
    }
    if (needsKey) asked ??= await obtainKey(present, io);
    // Read anew: the host may have written the file while the person was typing.
    const fresh = await openFile(host, machine);
    const { launch, changes } = withKey(fresh, asked);
    const text = edited(host, fresh, changes);
    if (text === fresh.file.text) {
      sayUnchanged(io, fresh, `already has this "${ENTRY}"`);
      return;
    }
    const backup = await writeConfig(fresh.file, text, io.now());
    const before = presentEntry(host, fresh.data);
    io.stdout.write(
      `${before === undefined ? 'Added' : 'Updated'} "${ENTRY}" ${before === undefined ? 'to' : 'in'} ${fresh.file.path}` +
        `${backup === undefined ? '' : ` (as it was: ${backup})`}.\n`,
    );
    const what = before === undefined ? '' : describeChange(host, presentLaunch(host, fresh.data), launch);
    if (what !== '') io.stdout.write(`${what}\n`);
    const later = prompt && !demo ? '; it asks for the key when the server first starts' : '';
    io.stdout.write(`Next: ${host.next}${later}.\n`);
  });
};

/**
 * Takes this server out of a host's configuration file. Where nothing else was changed since it was written in, the file
 * is to the byte what it was before; a backup stays beside it.
 * @param argv what follows the command: a client, `--dry-run`, `--help`.
 * @returns the exit code, as `runInstall`; 0 also where there was nothing to take out.
 */
export const runUninstall = (argv: readonly string[], io: InstallIo): Promise<number> =>
  run('uninstall', argv, io, async ({ host, dryRun }) => {
    const opened = await openFile(host, machineOf(io));
    const { file, data } = opened;
    const changes = uninstallChanges(host, data);
    const text = edited(host, opened, changes);
    if (text === file.text) {
      sayUnchanged(io, opened, `has no "${ENTRY}"`);
      return;
    }
    const original = await originalOf(host, file);
    const left = original === undefined ? text : (original.text ?? '');
    if (dryRun) {
      showChange(host, io, opened, left);
      return;
    }
    const gone = original !== undefined && original.text === undefined;
    const backup = gone ? await removeConfig(file, io.now()) : await writeConfig(file, left, io.now());
    const asItWas = backup === undefined ? '' : ` (as it was, any key included: ${backup})`;
    io.stdout.write(`Removed "${ENTRY}" from ${file.path}${asItWas}.\n`);
    if (gone) io.stdout.write('The file held nothing else and is gone, as before.\n');
    io.stdout.write(`Next: ${host.next}.\n`);
  });

async function openFile(host: Host, machine: Machine): Promise<Opened> {
  const file = await readConfig(host.file(machine));
  return { file, data: FORMATS[host.format].read(file.text, collectionsOf(host)) };
}

const edited = (host: Host, { file }: Opened, changes: readonly Change[]): string =>
  FORMATS[host.format].edit(file.text, changes);

function sayUnchanged(io: InstallIo, { file }: Opened, state: string): void {
  io.stdout.write(`Nothing to change: ${file.path} ${state}.\n`);
}

function showChange(host: Host, io: InstallIo, opened: Opened, text: string): void {
  const { path, text: before } = opened.file;
  const state =
    presentEntry(host, opened.data) === undefined ? `has no "${ENTRY}"` : `already has this "${ENTRY}"`;
  if (text === before) {
    sayUnchanged(io, opened, state);
    return;
  }
  const diff = maskedDiff(FORMATS[host.format], before, text, PUBLIC_WORDS);
  io.stdout.write(`--- ${path}\n+++ ${path}\n${diff}\nDry run: nothing was written.\n`);
}

async function run(
  command: Command,
  argv: readonly string[],
  io: InstallIo,
  act: (wish: Wish) => Promise<void>,
): Promise<number> {
  const order = readOrder(command, argv, io.env);
  if (order.kind === 'help') {
    io.stdout.write(helpOf(command));
    return 0;
  }
  if (order.kind === 'wrong') {
    io.stderr.write(`${order.message}\n`);
    return 2;
  }
  const hosts = order.kind === 'host' ? [order.host] : await chooseHosts(command, machineOf(io), io);
  let worst = 0;
  for (const host of hosts) {
    const code = await attempt(io, host, () =>
      act({ ...order, host, prompt: order.prompt && host.canPrompt === true }),
    );
    worst = Math.max(worst, code);
  }
  return worst;
}

async function attempt(io: InstallIo, host: Host, act: () => Promise<void>): Promise<number> {
  try {
    await act();
    return 0;
  } catch (error) {
    if (error instanceof FileProblem) {
      const { line, column } = error.position ?? {};
      const place = line === undefined ? '' : `:${line}:${column}`;
      io.stderr.write(`${host.file(machineOf(io))}${place}: ${error.message}. The file was left as it is.\n`);
      return 1;
    }
    if (error instanceof KeyProblem) {
      io.stderr.write(`${error.message} Nothing was changed.\n`);
      return 2;
    }
    if (!(error instanceof Aborted)) throw error;
    io.stderr.write('Broken off. Nothing was changed.\n');
    return 130;
  }
}
