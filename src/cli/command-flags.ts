import { parseArgs } from 'node:util';
import { SETTINGS } from '../config/index.ts';

type OwnFlags = Readonly<Record<string, { type: 'string' | 'boolean'; multiple?: boolean }>>;
export type CommandFlags = {
  /** The command's own flags by name, each with all values that were given; a switch has the value `true`. */
  own: ReadonlyMap<string, readonly string[]>;
  positionals: readonly string[];
  /** The flags of the settings, as they came. */
  settings: readonly string[];
  /** A flag of the command that has no value and needs one, or was given twice. */
  wrong: string | undefined;
};

/** Takes a command's own flags out of its arguments; the others belong to the settings. */
export function takeFlags(argv: readonly string[], own: OwnFlags): CommandFlags {
  const ofSettings = Object.values(SETTINGS).flatMap((setting) =>
    'flag' in setting
      ? [[setting.flag, { type: 'boolean' in setting ? 'boolean' : 'string' } as const] as const]
      : [],
  );
  const { positionals, tokens } = parseArgs({
    args: [...argv],
    options: { ...Object.fromEntries(ofSettings), ...own },
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const values = new Map<string, string[]>();
  const settings: string[] = [];
  let wrong: string | undefined;
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const flag = own[token.name];
    if (flag === undefined) {
      settings.push(token.value === undefined ? token.rawName : `${token.rawName}=${token.value}`);
      continue;
    }
    const before = values.get(token.name) ?? [];
    const isMissing = flag.type === 'string' && token.value === undefined;
    if (isMissing || (before.length > 0 && !flag.multiple)) wrong ??= token.rawName;
    values.set(token.name, [...before, token.value ?? 'true']);
  }
  return { own: values, positionals, settings, wrong };
}
