import type { Client } from './clients.ts';
import { type Change, type ConfigData, isObject, type Shape } from './file-problem.ts';

/** What the server is called in a host's file. */
export const ENTRY = 'sent';
const PACKAGE = 'sent-contacts-mcp';
const KEY = 'SENT_API_KEY';
const OLD_KEYS = ['SENT_DM_API_KEY', 'SENTDM_API_KEY'];
const INPUT = { type: 'promptString', id: 'sent_key', description: 'Sent API key', password: true };

/** The strings of an entry that are no secret, whoever wrote them. */
export const PUBLIC_WORDS: ReadonlySet<string> = new Set([
  ...['npx', 'cmd', '/c', '-y', PACKAGE, '--demo', 'stdio', `\${input:${INPUT.id}}`],
  ...[INPUT.type, INPUT.id, INPUT.description],
]);

/** How the host shall start the server: the key to hand over, or undefined for one that needs none. */
export type Start = { platform: NodeJS.Platform; demo: boolean; key: string | undefined };

/** What a host's file may hold under the names that an entry touches. */
export const shapeOf = (client: Client): Shape => ({
  [client.servers]: 'object',
  ...(client.asksForKey ? { inputs: 'array' } : {}),
});

/**
 * The changes that make the host start this server. Of an entry that already starts it, what the person added
 * (variables, flags, the host's own switches) stays; any other entry of the name is replaced whole.
 */
export function installChanges(client: Client, data: ConfigData, start: Start): Change[] {
  const path = [client.servers, ENTRY];
  const changes: Change[] = [{ path, value: entryFor(client, presentEntry(client, data), start) }];
  if (!client.asksForKey) return changes;
  if (start.demo) return [...changes, ...inputRemoval(data)];
  if (inputIndex(data) !== undefined) return changes;
  const inputs = Array.isArray(data.inputs) ? data.inputs.length : 0;
  return [...changes, { path: ['inputs', inputs], value: INPUT }];
}

/** The changes that take the entry out, none where there is none. */
export function uninstallChanges(client: Client, data: ConfigData): Change[] {
  const present = presentEntry(client, data) !== undefined;
  const entry: Change[] = present ? [{ path: [client.servers, ENTRY], value: undefined }] : [];
  return client.asksForKey ? [...entry, ...inputRemoval(data)] : entry;
}

/** The entry of our name, whatever it starts. */
export function presentEntry(client: Client, data: ConfigData): unknown {
  const servers = data[client.servers];
  return isObject(servers) ? servers[ENTRY] : undefined;
}

function entryFor(client: Client, present: unknown, { platform, demo, key }: Start): ConfigData {
  // Windows has npx as a script, which a host that spawns without a shell cannot start.
  const [command, ...before] = platform === 'win32' ? ['cmd', '/c', 'npx'] : ['npx'];
  const kept = keptOf(present);
  const env = {
    ...(demo ? {} : { [KEY]: client.asksForKey ? `\${input:${INPUT.id}}` : key }),
    ...kept.env,
  };
  return {
    ...(client.asksForKey ? { type: 'stdio' } : {}),
    command,
    args: [...before, '-y', PACKAGE, ...(demo ? ['--demo'] : []), ...kept.flags],
    ...(Object.keys(env).length > 0 ? { env } : {}),
    ...kept.rest,
  };
}

type Kept = { flags: unknown[]; env: ConfigData; rest: ConfigData };

function keptOf(present: unknown): Kept {
  if (!isObject(present) || !Array.isArray(present.args)) return { flags: [], env: {}, rest: {} };
  const args: unknown[] = present.args;
  const own = args.indexOf(PACKAGE);
  if (own < 0) return { flags: [], env: {}, rest: {} };
  const { command: _command, args: _args, env, ...rest } = present;
  const keys = [KEY, ...OLD_KEYS];
  const variables = Object.entries(isObject(env) ? env : {}).filter(([name]) => !keys.includes(name));
  return {
    flags: args.slice(own + 1).filter((flag) => flag !== '--demo'),
    env: Object.fromEntries(variables),
    rest,
  };
}

function inputIndex(data: ConfigData): number | undefined {
  const inputs: unknown[] = Array.isArray(data.inputs) ? data.inputs : [];
  const index = inputs.findIndex((input) => isObject(input) && input.id === INPUT.id);
  return index < 0 ? undefined : index;
}

function inputRemoval(data: ConfigData): Change[] {
  const index = inputIndex(data);
  return index === undefined ? [] : [{ path: ['inputs', index], value: undefined }];
}
