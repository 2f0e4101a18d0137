import { isRecord, type Shape, textsIn } from './shape.ts';

type Options = {
  servers?: string;
  /** What every entry of a program holds beside it, in front and behind. */
  before?: Readonly<Record<string, unknown>>;
  after?: Readonly<Record<string, unknown>>;
  /** For hosts that read variables and the like into values: the value as it must be written, and back. */
  escaping?: { write: (value: string) => string; read: (value: string) => string };
};

/** `{ command, args, env }` under `mcpServers`, as Claude Desktop began it, with what some hosts want beside it. */
export function commandShape({
  servers = 'mcpServers',
  before = {},
  after = {},
  escaping,
}: Options = {}): Shape {
  const mapped = (values: Readonly<Record<string, unknown>>, change?: (value: string) => string) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        change && typeof value === 'string' ? change(value) : value,
      ]),
    );
  return {
    servers,
    toEntry: ({ command, args, env, rest }) => ({
      ...before,
      command,
      args: [...args],
      ...(Object.keys(env).length > 0 ? { env: mapped(env, escaping?.write) } : {}),
      ...after,
      ...rest,
    }),
    toLaunch(entry) {
      const { command, args, env, ...rest } = entry;
      if (typeof command !== 'string') return undefined;
      return { command, args: textsIn(args), env: mapped(isRecord(env) ? env : {}, escaping?.read), rest };
    },
  };
}
