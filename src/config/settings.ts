import { type RawSetting, readFlags, type Setting } from './flags.ts';
import { type HttpSettings, readHttp } from './http.ts';
import { readState } from './state.ts';
import {
  type Findings,
  presentValue,
  readBaseUrl,
  readChoice,
  readCountry,
  readProfile,
  readTimeout,
  readTools,
  readYesNo,
} from './values.ts';

/** When to ask the person before an act that cannot be taken back. */
export type ConfirmMode = 'auto' | 'always' | 'never';
export type LogLevel = 'silent' | 'error' | 'info' | 'debug';

export type Settings = Readonly<{
  apiKey: string | undefined;
  /** The API's root, without a slash at the end. */
  baseUrl: string;
  profileId: string | undefined;
  /** ISO 3166-1 alpha-2 in upper case, or as the user wrote it: a name or a calling code. */
  defaultCountry: string | undefined;
  confirm: ConfirmMode;
  readOnly: boolean;
  /** Names of the tools to publish; undefined means all, none those that read. */
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
  /** What is wrong and does not keep it from serving, each as a sentence that names the setting: for tools and `doctor` to say. */
  mistakes: readonly string[];
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
    meaning: 'country of numbers written without a calling code: US, Germany or +49 (none: they are refused)',
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

/** Words that people write for how they want to be asked. */
const CONFIRM_SYNONYMS: Readonly<Record<string, ConfirmMode>> = {
  ...{ yes: 'always', true: 'always', on: 'always', '1': 'always', ask: 'always' },
  ...{ no: 'never', off: 'never', default: 'auto', automatic: 'auto' },
  // A box that is not ticked: it asked for nothing beyond the usual.
  ...{ false: 'auto', '0': 'auto' },
};
const LOG_SYNONYMS: Readonly<Record<string, LogLevel>> = { none: 'silent', off: 'silent', warn: 'error' };

/**
 * Settings of the server from its flags and environment, and from nothing else.
 * A mistake in what only narrows or adds is in `mistakes`, and counts as the stricter of what it may have meant.
 * @throws ConfigError where the server must not start; it names everything that is wrong, not only the first.
 */
export function readSettings(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  allTools: readonly { name: string; readOnly: boolean }[],
): Settings {
  const findings: Findings = { problems: [], mistakes: [] };
  const { problems, mistakes } = findings;
  const flags = readFlags(Object.values(SETTINGS), argv, problems);

  /** The setting's value and the name to blame for it. */
  const read = (setting: Setting): RawSetting => {
    const flag = setting.flag === undefined ? undefined : presentValue(flags.get(setting.flag));
    if (flag !== undefined) return { value: flag, name: `--${setting.flag}` };
    for (const variable of setting.variables) {
      const value = presentValue(env[variable]);
      if (value !== undefined) return { value, name: variable };
    }
    return { value: undefined, name: setting.variables[0] ?? '' };
  };

  const demo = readYesNo(read(SETTINGS.demo), false, findings);
  const key = read(SETTINGS.apiKey);
  const http = readHttp(
    { address: read(SETTINGS.http), tokens: read(SETTINGS.httpTokens), names: read(SETTINGS.httpHosts) },
    { demo, hasKey: key.value !== undefined },
    problems,
  );
  if (key.value === undefined && !demo && http === undefined) {
    problems.push(`${key.name} is not set: give it the API key of your Sent account, or start with --demo.`);
  } else if (key.value !== undefined && !demo && !/^[\x21-\x7e]+$/.test(key.value)) {
    problems.push(`${key.name} holds a space or a character that no key has: copy the key again.`);
  }

  const readOnly = readYesNo(read(SETTINGS.readOnly), true, findings);
  const settings: Settings = {
    apiKey: key.value,
    baseUrl: readBaseUrl(read(SETTINGS.baseUrl), findings),
    profileId: readProfile(read(SETTINGS.profileId), findings),
    defaultCountry: readCountry(read(SETTINGS.defaultCountry)),
    // A word that is none of these counts as the strictest: somebody wanted to be asked.
    confirm: readChoice<ConfirmMode>(
      read(SETTINGS.confirm),
      ['auto', 'always', 'never'],
      { unset: 'auto', otherwise: 'always' },
      findings,
      CONFIRM_SYNONYMS,
    ),
    readOnly,
    tools: readTools(read(SETTINGS.tools), allTools, readOnly, findings),
    sandbox: readYesNo(read(SETTINGS.sandbox), true, findings),
    timeoutMs: readTimeout(read(SETTINGS.timeoutMs), findings),
    addressBook: read(SETTINGS.addressBook).value,
    state: readState(read(SETTINGS.state), problems),
    log: readChoice<LogLevel>(
      read(SETTINGS.log),
      ['silent', 'error', 'info', 'debug'],
      { unset: 'error', otherwise: 'error' },
      findings,
      LOG_SYNONYMS,
    ),
    demo,
    http,
    mistakes,
  };
  if (problems.length > 0) throw new ConfigError([...problems, ...mistakes]);
  return Object.freeze(settings);
}
