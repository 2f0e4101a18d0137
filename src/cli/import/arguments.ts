import { parseArgs } from 'node:util';
import { SETTINGS } from '../../config/index.ts';

export const IMPORT_USAGE =
  'Usage: sent-contacts-mcp import FILE [--country US] [--column NAME] [--doubtful] [--preview] [--report FILE], and the settings of --help.\n';

const OWN = {
  country: { type: 'string' },
  column: { type: 'string', multiple: true },
  doubtful: { type: 'boolean' },
  preview: { type: 'boolean' },
  report: { type: 'string' },
} as const;

export type ImportArguments = {
  file: string;
  country: string | undefined;
  /** The columns of the numbers, by header or by place from 1. */
  columns: readonly string[];
  doubtful: boolean;
  preview: boolean;
  report: string | undefined;
  /** The flags of the settings, as they came. */
  settings: string[];
};

/** Undefined where they are not what the usage says. */
export function readImportArguments(argv: readonly string[]): ImportArguments | undefined {
  const flags = Object.values(SETTINGS).flatMap((setting) =>
    'flag' in setting
      ? [[setting.flag, { type: 'boolean' in setting ? 'boolean' : 'string' } as const] as const]
      : [],
  );
  const { positionals, tokens, values } = parseArgs({
    args: [...argv],
    options: { ...Object.fromEntries(flags), demo: { type: 'boolean' }, ...OWN },
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const [file, ...others] = positionals;
  const { country, preview, report, doubtful } = values;
  const columns = [values.column ?? []].flat();
  const given = [country, report, ...columns].filter((value) => value !== undefined);
  if (file === undefined || others.length > 0 || given.some((value) => typeof value !== 'string'))
    return undefined;
  const settings = tokens.flatMap((token) => {
    if (token.kind !== 'option' || token.name in OWN) return [];
    return [token.value === undefined ? token.rawName : `${token.rawName}=${token.value}`];
  });
  return {
    file,
    country: text(country),
    columns: columns.filter((value) => typeof value === 'string'),
    doubtful: doubtful === true,
    preview: preview === true,
    report: text(report),
    settings,
  };
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
