import { FORMATS } from '../src/cli/files/index.ts';
import { HOSTS, type Host } from '../src/cli/hosts/index.ts';
import { ENTRY, installChanges, wantedLaunch } from '../src/cli/install/index.ts';

/** Shown in README with words of their own. */
const EXPLAINED = ['claude-desktop'];
const SYSTEMS = { darwin: 'macOS', linux: 'Linux', win32: 'Windows' } as const;
const MACHINE = { env: {}, home: '~', exists: () => false, list: () => [] } as const;

/** The file as `install` would write it where there was none. */
function fileOf(host: Host): string {
  const launch = wantedLaunch(undefined, {
    platform: 'linux',
    demo: false,
    prompt: false,
    key: 'your key',
    exists: MACHINE.exists,
  });
  return FORMATS[host.format].edit('', installChanges(host, {}, launch)).trimEnd();
}

/** Where each system has it: one path where all agree. */
function placesOf(host: Host): string {
  const paths = Object.entries(SYSTEMS).map(([platform, system]) => {
    const env = { APPDATA: '%APPDATA%' };
    const path = host
      .file({ ...MACHINE, env, platform: platform as keyof typeof SYSTEMS })
      .replaceAll('\\', '/');
    return { system, path: path.startsWith('%') ? path.replaceAll('/', '\\') : path };
  });
  const [first] = paths;
  if (paths.every(({ path }) => path === first?.path)) return `\`${first?.path}\``;
  const same = paths.slice(0, 2).every(({ path }) => path === first?.path);
  if (same) return `\`${first?.path}\`, on Windows \`${paths[2]?.path}\``;
  return paths.map(({ system, path }) => `\`${path}\` (${system})`).join(', ');
}

/** Hosts that take the same text have one block. */
function blocks(): string {
  return [...hostsByFile().values()]
    .map((hosts) => {
      const [first] = hosts as [Host];
      const rows = hosts.map((host) => `| ${host.title} | \`install ${host.id}\` | ${placesOf(host)} |\n`);
      return `<details><summary>${hosts.map(({ title }) => title).join(', ')}</summary>

| client | command | or by hand in |
| --- | --- | --- |
${rows.join('')}
\`\`\`${first.format}
${fileOf(first)}
\`\`\`

</details>
`;
    })
    .join('\n');
}

function hostsByFile(): Map<string, Host[]> {
  const byFile = new Map<string, Host[]>();
  for (const host of HOSTS.filter(({ id }) => !EXPLAINED.includes(id))) {
    const text = fileOf(host);
    byFile.set(text, [...(byFile.get(text) ?? []), host]);
  }
  return byFile;
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

/** The hosts of `install`, those alike together, and buttons for those that have them. */
export const hostsSection = (): string => `${buttons()}\n\n${blocks()}`;
