import { parseArgs } from 'node:util';

export type Setting = {
  variables: readonly string[];
  flag?: string;
  boolean?: true;
  /** Means something to `serve --http` alone. */
  team?: true;
  meaning: string;
};

/** The value of a setting, if it has one, and the name to blame for it. */
export type RawSetting = { value: string | undefined; name: string };

/** The flags of a command line by name; every word that is none becomes a problem. */
export function readFlags(
  entries: readonly Setting[],
  argv: readonly string[],
  problems: string[],
): Map<string, string> {
  if (argv.length === 0) return new Map(); // As hosts start it: nothing to parse, and no parser to load.
  const known = entries.flatMap((setting) => (setting.flag ? [{ ...setting, flag: setting.flag }] : []));
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries([
      ...known.map(({ flag, boolean }) => [flag, { type: boolean ? 'boolean' : 'string' } as const]),
    ]),
    strict: false,
    tokens: true,
  });
  const flags = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind === 'positional')
      problems.push('There is a word on the command line that is no flag: see --help.');
    if (token.kind !== 'option') continue;
    const setting = known.find(({ flag }) => flag === token.name);
    if (/key|token|secret/i.test(token.name)) {
      problems.push('The key is never a flag, since flags show in process lists: set SENT_API_KEY instead.');
    } else if (setting === undefined)
      problems.push(`${token.rawName} is not a flag of this command: see --help.`);
    else if (setting.boolean) flags.set(setting.flag, token.value ?? 'true');
    else if (token.value === undefined) problems.push(`${token.rawName} needs a value.`);
    else flags.set(setting.flag, token.value);
  }
  return flags;
}
