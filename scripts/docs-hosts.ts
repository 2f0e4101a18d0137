import { CLIENTS, type Client } from '../src/cli/clients.ts';
import { jsonFormat } from '../src/cli/edit-json.ts';
import { tomlFormat } from '../src/cli/edit-toml.ts';
import { ENTRY, installChanges } from '../src/cli/host-entry.ts';

/** Shown in README with words of their own. */
const EXPLAINED = ['claude-desktop', 'vscode'];
const SYSTEMS = { darwin: 'macOS', linux: 'Linux', win32: 'Windows' } as const;
const START = { platform: 'linux', demo: false, key: 'your key' } as const;

/** The file as `install` would write it where there was none. */
function fileOf(client: Client): string {
  const format = client.format === 'toml' ? tomlFormat : jsonFormat;
  return format.edit('', installChanges(client, {}, START)).trimEnd();
}

/** Where each system has it: one path where all agree. */
function placesOf(client: Client): string {
  const paths = Object.entries(SYSTEMS).map(([platform, system]) => {
    const place = { env: { APPDATA: '%APPDATA%' }, platform: platform as keyof typeof SYSTEMS, home: '~' };
    const path = client.file(place).replaceAll('\\', '/');
    return { system, path: path.startsWith('%') ? path.replaceAll('/', '\\') : path };
  });
  const [first] = paths;
  if (paths.every(({ path }) => path === first?.path)) return `\`${first?.path}\``;
  return paths.map(({ system, path }) => `\`${path}\` (${system})`).join(', ');
}

function block(client: Client): string {
  return `<details><summary>${client.title}</summary>

\`npx -y sent-contacts-mcp install ${client.id}\`, or by hand in ${placesOf(client)}:

\`\`\`${client.format}
${fileOf(client)}
\`\`\`

</details>
`;
}

/** Links that open the host with the entry filled in. */
function buttons(): string {
  const entry = { command: 'npx', args: ['-y', 'sent-contacts-mcp'] };
  const cursor = Buffer.from(JSON.stringify({ ...entry, env: { SENT_API_KEY: 'your key' } })).toString(
    'base64',
  );
  const input = { type: 'promptString', id: 'sent_key', description: 'Sent API key', password: true };
  const code = { name: ENTRY, ...entry, env: { SENT_API_KEY: `\${input:${input.id}}` }, inputs: [input] };
  const link = `vscode:mcp/install?${encodeURIComponent(JSON.stringify(code))}`;
  return [
    `[Add to Cursor](https://cursor.com/en/install-mcp?name=${ENTRY}&config=${encodeURIComponent(cursor)})`,
    `[Add to VS Code](https://insiders.vscode.dev/redirect?url=${encodeURIComponent(link)})`,
  ].join(' · ');
}

/** The hosts of `install`, one after the other, and buttons for those that have them. */
export const hostsSection = (): string =>
  `${buttons()}\n\n${CLIENTS.filter(({ id }) => !EXPLAINED.includes(id))
    .map(block)
    .join('\n')}`;
