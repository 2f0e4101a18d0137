import { isRecord, type Shape, textsIn } from './shape.ts';

/** opencode's: the program and its arguments in one list, and `environment`. */
export const opencodeShape: Shape = {
  servers: 'mcp',
  toEntry: ({ command, args, env, rest }) => ({
    type: 'local',
    command: [command, ...args],
    ...(Object.keys(env).length > 0 ? { environment: { ...env } } : {}),
    enabled: true,
    ...rest,
  }),
  toLaunch({ command: words, environment, ...rest }) {
    const [command, ...args] = textsIn(words);
    if (command === undefined) return undefined;
    return { command, args, env: isRecord(environment) ? environment : {}, rest };
  },
};
