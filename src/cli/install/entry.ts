import type { Change, Collections, ConfigData } from '../files/index.ts';
import { type Host, isRecord, type Launch } from '../hosts/index.ts';

/** What the server is called in a host's file. */
export const ENTRY = 'sent';
export const PACKAGE = 'sent-contacts-mcp';
const KEY = 'SENT_API_KEY';
const KEYS = [KEY, 'SENT_DM_API_KEY', 'SENTDM_API_KEY'];
const DEMO = '--demo';
const INPUT = { type: 'promptString', id: 'sent_key', description: 'Sent API key', password: true };
const PROMPT = `\${input:${INPUT.id}}`;
/** The word of a launch that names this server: the package, perhaps of one version, or its file. */
const OWN = /(^|[\\/])sent-contacts-mcp(@[\w.^~-]+|\.cjs)?$/;

/** The strings of an entry that are no secret, whoever wrote them. */
export const PUBLIC_WORDS: ReadonlySet<string> = new Set([
  ...['npx', 'cmd', '/c', '-y', PACKAGE, DEMO, 'stdio', 'local', '*', PROMPT],
  ...[INPUT.type, INPUT.id, INPUT.description],
]);

/** How the host shall start the server. */
export type Start = {
  platform: NodeJS.Platform;
  demo: boolean;
  /** The key to hand over, `prompt` where the host asks for it, undefined for none. */
  key: string | undefined;
  prompt: boolean;
  /** Whether there is such a file on this machine. */
  exists: (path: string) => boolean;
};

/** What a host's file may hold under the names that an entry touches. */
export const collectionsOf = (host: Host): Collections => ({
  [host.shape.servers]: 'object',
  ...(host.canPrompt ? { inputs: 'array' } : {}),
});

/** The entry of our name, whatever it starts. */
export function presentEntry(host: Host, data: ConfigData): unknown {
  const servers = data[host.shape.servers];
  return isRecord(servers) ? servers[ENTRY] : undefined;
}

/** What the entry of our name starts, if that is a program. */
export function presentLaunch(host: Host, data: ConfigData): Launch | undefined {
  const entry = presentEntry(host, data);
  return isRecord(entry) ? host.shape.toLaunch(entry) : undefined;
}

/** The key that an entry hands over, undefined for none or one that the host fills in. */
export const keyOf = (launch: Launch | undefined): string | undefined =>
  KEYS.map((name) => launch?.env[name]).find(
    (value): value is string => typeof value === 'string' && value.trim() !== '' && !value.includes('${'),
  );

/** How many of its words start this server, before its own flags; 0 for another program. */
const ownWords = ({ command, args }: Launch): number =>
  [command, ...args].findIndex((word) => OWN.test(word)) + 1;

/**
 * What the host shall start. Of an entry that starts this server already, the flags and variables that the person added
 * stay, and so does a version that they fixed or a file that is there; any other entry of the name is replaced whole.
 */
export function wantedLaunch(present: Launch | undefined, start: Start): Launch {
  // Windows has npx as a script, which a host that spawns without a shell cannot start.
  const npx = start.platform === 'win32' ? ['cmd', '/c', 'npx', '-y', PACKAGE] : ['npx', '-y', PACKAGE];
  const own = present === undefined ? 0 : ownWords(present);
  const words = present === undefined ? [] : [present.command, ...present.args];
  const last = words[own - 1] ?? '';
  const stays = last.includes('@') || (/[\\/]/.test(last) && start.exists(last));
  const [command = '', ...before] = own > 0 && stays ? words.slice(0, own) : npx;
  const flags = words.slice(own).filter((word) => own > 0 && word.replace(/=.*/, '') !== DEMO);
  const kept = Object.entries(own > 0 ? (present?.env ?? {}) : {}).filter(([name]) => !KEYS.includes(name));
  const key = start.prompt ? PROMPT : start.key;
  return {
    command,
    args: [...before, ...(start.demo ? [DEMO] : []), ...flags],
    env: { ...(start.demo || key === undefined ? {} : { [KEY]: key }), ...Object.fromEntries(kept) },
    rest: own > 0 ? (present?.rest ?? {}) : {},
  };
}

/** The changes to the file that make the host start it. */
export function installChanges(host: Host, data: ConfigData, launch: Launch): Change[] {
  const entry = host.shape.toEntry(launch);
  const present = presentEntry(host, data);
  // In the order that the person has them, so that the same stays the same.
  const value =
    isRecord(present) && host.shape.toLaunch(present)
      ? Object.fromEntries(
          [...Object.keys(present), ...Object.keys(entry)].flatMap((name) =>
            name in entry ? [[name, entry[name]]] : [],
          ),
        )
      : entry;
  const changes: Change[] = [{ path: [host.shape.servers, ENTRY], value }];
  if (!host.canPrompt) return changes;
  if (launch.env[KEY] !== PROMPT) return [...changes, ...inputRemoval(data)];
  if (inputIndex(data) !== undefined) return changes;
  const inputs = Array.isArray(data.inputs) ? data.inputs.length : 0;
  return [...changes, { path: ['inputs', inputs], value: INPUT }];
}

/** The changes that take the entry out, none where there is none. */
export function uninstallChanges(host: Host, data: ConfigData): Change[] {
  const present = presentEntry(host, data) !== undefined;
  const entry: Change[] = present ? [{ path: [host.shape.servers, ENTRY], value: undefined }] : [];
  return host.canPrompt ? [...entry, ...inputRemoval(data)] : entry;
}

function inputIndex(data: ConfigData): number | undefined {
  const inputs: unknown[] = Array.isArray(data.inputs) ? data.inputs : [];
  const index = inputs.findIndex((input) => isRecord(input) && input.id === INPUT.id);
  return index < 0 ? undefined : index;
}

function inputRemoval(data: ConfigData): Change[] {
  const index = inputIndex(data);
  return index === undefined ? [] : [{ path: ['inputs', index], value: undefined }];
}

/** What changes between two launches and what stays, in words that hold no value: one may be a secret. */
export function describeChange({ shape }: Host, before: Launch | undefined, after: Launch): string {
  if (before === undefined || ownWords(before) === 0)
    return 'It took the place of another server of that name.';
  const [old, fresh] = [before, after].map(({ command, args }) => [command, ...args]);
  const launcher = (words: readonly string[] = []) =>
    words.slice(0, words.findIndex((word) => OWN.test(word)) + 1).join(' ');
  const keys = (launch: Launch) => KEYS.filter((name) => launch.env[name] !== undefined);
  const key = keys(after)[0];
  const changed = [
    launcher(old) !== launcher(fresh) && `it starts ${launcher(fresh)}`,
    key !== undefined && keys(before).length === 0 && 'the key was added',
    key !== undefined &&
      keys(before).length > 0 &&
      before.env[key] !== after.env[key] &&
      'the key was replaced',
    key === undefined && keys(before).length > 0 && 'the key was taken out',
    !old?.includes(DEMO) && fresh?.includes(DEMO) && `${DEMO} was added`,
    old?.includes(DEMO) && !fresh?.includes(DEMO) && `${DEMO} was taken out`,
  ].filter((text) => text !== false);
  const ofEvery = new Set(Object.keys(shape.toEntry({ command: '', args: [], env: {}, rest: {} })));
  const kept = [
    ...after.args
      .filter((word) => /^--[a-z]/.test(word) && word !== DEMO)
      .map((word) => word.replace(/=.*/s, '')),
    ...Object.keys(after.env).filter((name) => !KEYS.includes(name)),
    ...Object.keys(after.rest).filter((name) => !ofEvery.has(name)),
  ];
  const sentences = [
    changed.length > 0 && `Changed: ${changed.join(', ')}.`,
    kept.length > 0 && `Kept: ${kept.join(', ')}.`,
  ];
  return sentences.filter((text) => text !== false).join(' ');
}
