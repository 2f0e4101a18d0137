import { isAbsolute, join } from 'node:path';

/** What decides where a host keeps its files. */
export type Place = {
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
  home: string;
};

/** A host that can start the server, and where it reads that from. */
export type Client = {
  id: string;
  title: string;
  format: 'json' | 'toml';
  /** Name of the collection that holds the servers, at the top of the file. */
  servers: string;
  /** True where the host asks for the key itself and keeps it out of the file. */
  asksForKey: boolean;
  /** The file that holds for all of the person's projects. */
  file: (place: Place) => string;
  /** What to do for a change to take effect. */
  next: string;
};

/** The folder that desktop programs keep their settings in; XDG says that a relative path counts for nothing. */
function settingsFolder({ env, platform, home }: Place): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support');
  if (platform === 'win32') return env.APPDATA || join(home, 'AppData', 'Roaming');
  return configFolder({ env, platform, home });
}

function configFolder({ env, platform, home }: Place): string {
  const folder = env.XDG_CONFIG_HOME;
  return platform !== 'darwin' && folder !== undefined && isAbsolute(folder) ? folder : join(home, '.config');
}

const jsonHost = (client: Pick<Client, 'id' | 'title' | 'file' | 'next'> & Partial<Client>): Client => ({
  format: 'json',
  servers: 'mcpServers',
  asksForKey: false,
  ...client,
});

/** The hosts that `install` knows, in the order in which they are listed. Paths and shapes are the hosts' own documents'. */
export const CLIENTS: readonly Client[] = [
  jsonHost({
    id: 'claude-desktop',
    title: 'Claude Desktop',
    file: (place) => join(settingsFolder(place), 'Claude', 'claude_desktop_config.json'),
    next: 'quit Claude Desktop fully and open it again',
  }),
  jsonHost({
    id: 'claude-code',
    title: 'Claude Code',
    file: ({ home }) => join(home, '.claude.json'),
    next: 'start a new Claude Code session',
  }),
  jsonHost({
    id: 'cursor',
    title: 'Cursor',
    file: ({ home }) => join(home, '.cursor', 'mcp.json'),
    next: 'restart Cursor',
  }),
  jsonHost({
    id: 'vscode',
    title: 'VS Code',
    servers: 'servers',
    asksForKey: true,
    file: (place) => join(settingsFolder(place), 'Code', 'User', 'mcp.json'),
    next: 'restart VS Code',
  }),
  jsonHost({
    id: 'windsurf',
    title: 'Windsurf',
    file: ({ home }) => join(home, '.codeium', 'windsurf', 'mcp_config.json'),
    next: 'restart Windsurf',
  }),
  jsonHost({
    id: 'zed',
    title: 'Zed',
    servers: 'context_servers',
    file: (place) =>
      place.platform === 'win32'
        ? join(settingsFolder(place), 'Zed', 'settings.json')
        : join(configFolder(place), 'zed', 'settings.json'),
    next: 'restart Zed',
  }),
  {
    id: 'codex',
    title: 'Codex',
    format: 'toml',
    servers: 'mcp_servers',
    asksForKey: false,
    file: ({ home }) => join(home, '.codex', 'config.toml'),
    next: 'start a new Codex session',
  },
  jsonHost({
    id: 'gemini',
    title: 'Gemini CLI',
    file: ({ home }) => join(home, '.gemini', 'settings.json'),
    next: 'start Gemini CLI again',
  }),
];

/** Ids of all hosts, those nearest to what was typed first: a shared word counts before the number of wrong letters. */
export function clientsNearest(typed: string): string[] {
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z]/g, '');
  const distance = ({ id, title }: Client): number => {
    const wanted = plain(typed);
    const names = [plain(id), plain(title)];
    const part = wanted.length > 2 && names.some((name) => name.includes(wanted) || wanted.includes(name));
    return Math.min(...names.map((name) => editDistance(wanted, name))) - (part ? 100 : 0);
  };
  const ranked = CLIENTS.map((client) => ({ id: client.id, distance: distance(client) }));
  return ranked.sort((a, b) => a.distance - b.distance).map(({ id }) => id);
}

/** Levenshtein's: letters to add, drop or change to turn one into the other. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [at, letter] of [...from].entries()) {
    const next = [at + 1];
    for (const [column, other] of [...to].entries()) {
      const changed = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(changed, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
