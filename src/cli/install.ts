import { parseArgs } from 'node:util';
import { Aborted } from './ask-secret.ts';
import { CLIENTS, type Client, clientsNearest } from './clients.ts';
import { type ConfigFile, checkWritable, readConfig, writeConfig } from './config-file.ts';
import { jsonFormat } from './edit-json.ts';
import { tomlFormat } from './edit-toml.ts';
import { type Change, type ConfigData, FileProblem } from './file-problem.ts';
import {
  ENTRY,
  installChanges,
  PUBLIC_WORDS,
  presentEntry,
  shapeOf,
  uninstallChanges,
} from './host-entry.ts';
import { KeyProblem, keyOfEnvironment, looksLikeKey, obtainKey } from './key-source.ts';
import { maskedDiff } from './masked-diff.ts';

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

type Order = { client: Client; demo: boolean; dryRun: boolean };
type Opened = { file: ConfigFile; data: ConfigData };

/**
 * Writes this server into a host's own configuration file and keeps the rest of it; a backup stays beside it. The key
 * comes from the environment or a terminal, is never taken as an argument and never printed.
 * @param argv what follows the command: a client, `--demo`, `--dry-run`.
 * @returns the exit code: 0 done or nothing to do, 1 the file could not be edited and is as it was, 2 wrong usage or
 * no key, 130 broken off.
 */
export const runInstall = (argv: readonly string[], io: InstallIo): Promise<number> =>
  run('install', argv, io, async (order) => {
    const { client, demo, dryRun } = order;
    const start = { platform: io.platform, demo };
    const opened = await openFile(client, io);
    if (dryRun) {
      const key = keyOfEnvironment(io.env) ?? 'asked for';
      return finish(order, io, opened, installChanges(client, opened.data, { ...start, key }));
    }
    await checkWritable(opened.file);
    if (demo || client.asksForKey) {
      return finish(order, io, opened, installChanges(client, opened.data, { ...start, key: undefined }));
    }
    const key = await obtainKey(io);
    // Read anew: the host may have written the file while the person was typing.
    const fresh = await openFile(client, io);
    return finish(order, io, fresh, installChanges(client, fresh.data, { ...start, key }));
  });

/**
 * Takes this server out of a host's configuration file and leaves the rest; a backup stays beside it.
 * @param argv what follows the command: a client, `--dry-run`.
 * @returns the exit code, as `runInstall`; 0 also where there was nothing to take out.
 */
export const runUninstall = (argv: readonly string[], io: InstallIo): Promise<number> =>
  run('uninstall', argv, io, async (order) => {
    const opened = await openFile(order.client, io);
    return finish(order, io, opened, uninstallChanges(order.client, opened.data));
  });

const formatOf = (client: Client) => (client.format === 'toml' ? tomlFormat : jsonFormat);

async function openFile(client: Client, io: InstallIo): Promise<Opened> {
  const file = await readConfig(client.file(io));
  return { file, data: formatOf(client).read(file.text, shapeOf(client)) };
}

/** Makes the changes, or shows them, and says what was done. */
async function finish(
  order: Order,
  io: InstallIo,
  opened: Opened,
  changes: readonly Change[],
): Promise<void> {
  const { client, dryRun } = order;
  const { file, data } = opened;
  const format = formatOf(client);
  const text = format.edit(file.text, changes);
  const after = format.read(text, shapeOf(client));
  const [before, now] = [presentEntry(client, data), presentEntry(client, after)];
  if (text === file.text) {
    const state = now === undefined ? `has no "${ENTRY}"` : `already has this "${ENTRY}"`;
    io.stdout.write(`Nothing to change: ${file.path} ${state}.\n`);
    return;
  }
  if (dryRun) {
    const diff = maskedDiff(format, data, after, PUBLIC_WORDS);
    io.stdout.write(`--- ${file.path}\n+++ ${file.path}\n${diff}\nDry run: nothing was written.\n`);
    return;
  }
  const backup = await writeConfig(file, text, io.now());
  const [deed, where] =
    now === undefined ? ['Removed', 'from'] : before === undefined ? ['Added', 'to'] : ['Updated', 'in'];
  const asItWas = now === undefined ? 'as it was, any key included' : 'as it was';
  const kept = backup === undefined ? '' : ` (${asItWas}: ${backup})`;
  const asks = client.asksForKey && now !== undefined && !order.demo;
  const later = asks ? '; it asks for the key when the server first starts' : '';
  io.stdout.write(`${deed} "${ENTRY}" ${where} ${file.path}${kept}.\nNext: ${client.next}${later}.\n`);
}

type Command = 'install' | 'uninstall';

async function run(
  command: Command,
  argv: readonly string[],
  io: InstallIo,
  act: (order: Order) => Promise<void>,
): Promise<number> {
  const order = readOrder(command, argv, io.env);
  if (typeof order === 'string') {
    io.stderr.write(`${order}\n`);
    return 2;
  }
  try {
    await act(order);
    return 0;
  } catch (error) {
    if (error instanceof FileProblem) {
      const { line, column } = error.position ?? {};
      const place = line === undefined ? '' : `:${line}:${column}`;
      io.stderr.write(`${order.client.file(io)}${place}: ${error.message}. The file was left as it is.\n`);
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

/** What the arguments ask for, or what is wrong with them. Arguments are never repeated: one may be a key. */
function readOrder(command: Command, argv: readonly string[], env: InstallIo['env']): Order | string {
  const demoFlag = command === 'install' ? ' [--demo]' : '';
  const usage = `Usage: sent-contacts-mcp ${command} <client>${demoFlag} [--dry-run]`;
  if (argv.some((argument) => looksLikeKey(argument, env))) {
    return (
      'A key is not accepted on the command line, where process lists and the shell history show it. ' +
      `Set SENT_API_KEY, or leave it out and be asked; a key given here should be replaced.\n${usage}`
    );
  }
  const parsed = parseFlags(command, argv);
  if (parsed === undefined) return `An option is unknown or has a value it does not take.\n${usage}`;
  const [id, ...more] = parsed.clients;
  if (id === undefined) return `${usage}\nClients: ${CLIENTS.map((client) => client.id).join(', ')}`;
  if (more.length > 0) return `One client at a time.\n${usage}`;
  const client = CLIENTS.find((known) => known.id === id);
  if (client === undefined)
    return `That client is not known. Known, nearest first: ${clientsNearest(id).join(', ')}.`;
  return { client, demo: parsed.demo, dryRun: parsed.dryRun };
}

function parseFlags(command: Command, argv: readonly string[]) {
  const demo = command === 'install' ? { demo: { type: 'boolean' } as const } : {};
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { ...demo, 'dry-run': { type: 'boolean' } },
    });
    return { clients: positionals, demo: values.demo === true, dryRun: values['dry-run'] === true };
  } catch {
    return undefined;
  }
}
