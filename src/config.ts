import { type Given, readFlags, type Setting } from './config/flags.ts';
import { type HttpSettings, readHttp } from './config/http.ts';
import { readState } from './config/state.ts';

export type { HttpSettings } from './config/http.ts';

/** When to ask the person before an act that cannot be taken back. */
export type ConfirmMode = 'auto' | 'always' | 'never';
export type LogLevel = 'silent' | 'error' | 'info' | 'debug';

export type Settings = Readonly<{
  apiKey: string | undefined;
  /** The API's root, without a slash at the end. */
  baseUrl: string;
  profileId: string | undefined;
  /** ISO 3166-1 alpha-2, upper case. */
  defaultCountry: string | undefined;
  confirm: ConfirmMode;
  readOnly: boolean;
  /** Names of the tools to publish; undefined means all. */
  tools: readonly string[] | undefined;
  /** Make every mutation a dry run. */
  sandbox: boolean;
  /** Longest that one API call may take, its retries included, in milliseconds. */
  timeoutMs: number;
  /** Path of the user's own address book, CSV or vCard. */
  addressBook: string | undefined;
  /** Where what must last is kept: a folder, a `postgres://` address, or `off`; undefined means the user's own folder. */
  state: string | undefined;
  log: LogLevel;
  demo: boolean;
  /** Undefined over stdio. */
  http: HttpSettings | undefined;
}>;

/** Everything that is wrong with the configuration, said at once; `message` names each variable and what it allows. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.map((problem) => `- ${problem}`).join('\n'));
    this.problems = problems;
  }
}

/** The settings by name: the variables that give each, first wins, and its flag. A flag wins over a variable. */
export const SETTINGS = {
  apiKey: {
    variables: ['SENT_API_KEY', 'SENT_DM_API_KEY', 'SENTDM_API_KEY'],
    meaning: 'the key of your Sent account; never a flag, since flags show in process lists',
  },
  baseUrl: { variables: ['SENT_BASE_URL'], flag: 'base-url', meaning: 'API root (https://api.sent.dm)' },
  profileId: { variables: ['SENT_PROFILE_ID'], flag: 'profile-id', meaning: 'child profile to act as' },
  defaultCountry: {
    variables: ['SENT_DEFAULT_COUNTRY'],
    flag: 'default-country',
    meaning: 'country of numbers written without a calling code, such as US (none: they are refused)',
  },
  confirm: {
    variables: ['SENT_CONFIRM'],
    flag: 'confirm',
    meaning: 'auto, always or never: ask before an irreversible act (auto)',
  },
  readOnly: {
    variables: ['SENT_READ_ONLY'],
    flag: 'read-only',
    boolean: true,
    meaning: 'leave out every tool that changes anything',
  },
  tools: { variables: ['SENT_TOOLS'], flag: 'tools', meaning: 'comma list: publish only these tools' },
  sandbox: {
    variables: ['SENT_SANDBOX'],
    flag: 'sandbox',
    boolean: true,
    meaning: 'make every mutation a dry run',
  },
  timeoutMs: {
    variables: ['SENT_TIMEOUT_MS'],
    flag: 'timeout-ms',
    meaning: 'longest that one API call may take, retries included (30000)',
  },
  demo: {
    variables: ['SENT_DEMO'],
    flag: 'demo',
    boolean: true,
    meaning: 'serve a built-in simulator with a contact book, without an account',
  },
  addressBook: {
    variables: ['SENT_ADDRESS_BOOK'],
    flag: 'address-book',
    meaning: 'your own address book, a CSV or vCard file: names for numbers; it stays on this machine',
  },
  state: {
    variables: ['SENT_STATE'],
    flag: 'state',
    meaning: 'where what must last is kept: a folder, postgres://… or off (a folder of your own)',
  },
  log: { variables: ['SENT_LOG'], flag: 'log', meaning: 'silent, error, info or debug, to stderr (error)' },
  http: {
    variables: ['SENT_HTTP'],
    flag: 'http',
    team: true,
    meaning: '[HOST:]PORT: serve a team over HTTP at /mcp instead of stdio (HOST is 127.0.0.1)',
  },
  httpTokens: {
    variables: ['SENT_HTTP_TOKENS'],
    team: true,
    meaning:
      'file of access tokens, `name token` a line, over the key of SENT_API_KEY (none: each client brings its own key)',
  },
  httpHosts: {
    variables: ['SENT_HTTP_HOSTS'],
    flag: 'http-hosts',
    team: true,
    meaning: 'comma list: names under which clients reach it, beside those of this machine',
  },
} as const satisfies Record<string, Setting>;

const DEFAULT_BASE_URL = 'https://api.sent.dm';
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
/** Longest time limit accepted, a day; also keeps timers inside their 32 bits. */
const LONGEST_TIMEOUT_MS = 86_400_000;

/** The value as given, or undefined when it is empty or a host's unfilled placeholder (`${user_config.x}`). */
const given = (value: string | undefined): string | undefined => {
  const trimmed = value?.trim();
  return trimmed === undefined || trimmed === '' || trimmed.startsWith('${') ? undefined : trimmed;
};

/**
 * Settings of the server from its flags and environment, and from nothing else.
 * @throws ConfigError naming every mistake, not only the first.
 */
export function readSettings(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  toolNames: readonly string[],
): Settings {
  const problems: string[] = [];
  const flags = readFlags(Object.values(SETTINGS), argv, problems);

  /** The setting's value and the name to blame for it. */
  const read = (setting: Setting): { value: string | undefined; name: string } => {
    const flag = setting.flag === undefined ? undefined : given(flags.get(setting.flag));
    if (flag !== undefined) return { value: flag, name: `--${setting.flag}` };
    for (const variable of setting.variables) {
      const value = given(env[variable]);
      if (value !== undefined) return { value, name: variable };
    }
    return { value: undefined, name: setting.variables[0] ?? '' };
  };
  const oneOf = <T extends string>(setting: Setting, allowed: readonly T[], fallback: T): T => {
    const { value, name } = read(setting);
    if (value === undefined) return fallback;
    const found = allowed.find((option) => option === value.toLowerCase());
    if (found === undefined) problems.push(`${name} is not one of: ${allowed.join(', ')}.`);
    return found ?? fallback;
  };
  const yesNo = (setting: Setting): boolean => {
    const { value, name } = read(setting);
    if (value === undefined || /^(false|0|no|off)$/i.test(value)) return false;
    if (!/^(true|1|yes|on)$/i.test(value)) problems.push(`${name} is not a yes or no: use true or false.`);
    return true;
  };

  const demo = yesNo(SETTINGS.demo);
  const key = read(SETTINGS.apiKey);
  const http = readHttp(
    { address: read(SETTINGS.http), tokens: read(SETTINGS.httpTokens), names: read(SETTINGS.httpHosts) },
    { demo, hasKey: key.value !== undefined },
    problems,
  );
  if (key.value === undefined && !demo && http === undefined) {
    problems.push(`${key.name} is not set: give it the API key of your Sent account, or start with --demo.`);
  } else if (key.value !== undefined && !/^[\x21-\x7e]+$/.test(key.value)) {
    problems.push(`${key.name} holds a space or a character that no key has: copy the key again.`);
  }

  const settings: Settings = {
    apiKey: key.value,
    baseUrl: readBaseUrl(read(SETTINGS.baseUrl), problems),
    profileId: readProfile(read(SETTINGS.profileId), problems),
    defaultCountry: readCountry(read(SETTINGS.defaultCountry), problems),
    confirm: oneOf<ConfirmMode>(SETTINGS.confirm, ['auto', 'always', 'never'], 'auto'),
    readOnly: yesNo(SETTINGS.readOnly),
    tools: readTools(read(SETTINGS.tools), toolNames, problems),
    sandbox: yesNo(SETTINGS.sandbox),
    timeoutMs: readTimeout(read(SETTINGS.timeoutMs), problems),
    addressBook: read(SETTINGS.addressBook).value,
    state: readState(read(SETTINGS.state), problems),
    log: oneOf<LogLevel>(SETTINGS.log, ['silent', 'error', 'info', 'debug'], 'error'),
    demo,
    http,
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(settings);
}

function readBaseUrl({ value, name }: Given, problems: string[]): string {
  if (value === undefined) return DEFAULT_BASE_URL;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const plain = url && !url.username && !url.password && !url.search && !url.hash;
  if (!plain) problems.push(`${name} is not a web address such as ${DEFAULT_BASE_URL}.`);
  else if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.test(url.hostname))) {
    problems.push(
      `${name} must begin with https:// (http:// is allowed for this machine alone), to keep the key private.`,
    );
  }
  return value.replace(/\/+$/, '');
}

function readProfile({ value, name }: Given, problems: string[]): string | undefined {
  if (value !== undefined && !/^[\x21-\x7e]{1,200}$/.test(value))
    problems.push(`${name} is not a profile id.`);
  return value;
}

/** Upper-case ISO code; `UK` is read as `GB`. */
function readCountry({ value, name }: Given, problems: string[]): string | undefined {
  if (value === undefined) return undefined;
  const code = /^[A-Za-z]{2}$/.test(value) ? new Intl.Locale(`und-${value}`).region : undefined;
  const known = code && new Intl.DisplayNames('en', { type: 'region', fallback: 'none' }).of(code);
  if (!known) problems.push(`${name} is not a country code: use two letters (ISO 3166-1), such as US or BR.`);
  return code;
}

function readTools(
  { value, name }: Given,
  toolNames: readonly string[],
  problems: string[],
): string[] | undefined {
  const tools = value
    ?.split(',')
    .map((tool) => tool.trim())
    .filter(Boolean);
  if (tools?.some((tool) => !toolNames.includes(tool))) {
    problems.push(`${name} names a tool that does not exist: the tools are ${toolNames.join(', ')}.`);
  }
  return tools;
}

function readTimeout({ value, name }: Given, problems: string[]): number {
  if (value === undefined) return 30_000;
  const timeoutMs = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!(timeoutMs >= 100 && timeoutMs <= LONGEST_TIMEOUT_MS)) {
    problems.push(`${name} is not a number of milliseconds from 100 to ${LONGEST_TIMEOUT_MS}.`);
  }
  return timeoutMs;
}
