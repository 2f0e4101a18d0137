import { join } from 'node:path';
import { commandShape } from './command-shape.ts';
import { claudeDesktopFolder, configFolder, folderOf, settingsFolder, xdgConfigFolder } from './folders.ts';
import { geminiDollar } from './gemini-dollar.ts';
import type { Host } from './host.ts';
import { opencodeShape } from './opencode-shape.ts';

const command = commandShape();

/** The hosts that `install` knows, in the order in which they are listed. Paths and shapes are the hosts' own documents'. */
export const HOSTS: readonly Host[] = [
  {
    id: 'claude-desktop',
    title: 'Claude Desktop',
    format: 'json',
    shape: command,
    file: (machine) => join(claudeDesktopFolder(machine), 'claude_desktop_config.json'),
    next: 'quit Claude Desktop fully and open it again',
  },
  {
    id: 'claude-code',
    title: 'Claude Code',
    format: 'json',
    shape: command,
    file: (machine) => join(folderOf(machine, 'CLAUDE_CONFIG_DIR'), '.claude.json'),
    traces: (machine) => [folderOf(machine, 'CLAUDE_CONFIG_DIR', '.claude')],
    next: 'start a new Claude Code session',
  },
  {
    id: 'cursor',
    title: 'Cursor',
    format: 'json',
    shape: command,
    file: ({ home }) => join(home, '.cursor', 'mcp.json'),
    next: 'restart Cursor',
  },
  {
    id: 'vscode',
    title: 'VS Code',
    format: 'json',
    shape: commandShape({ servers: 'servers', before: { type: 'stdio' } }),
    file: (machine) => join(settingsFolder(machine), 'Code', 'User', 'mcp.json'),
    canPrompt: true,
    next: 'restart VS Code',
  },
  {
    id: 'copilot',
    title: 'Copilot CLI',
    format: 'json',
    shape: commandShape({ before: { type: 'local' }, after: { tools: ['*'] } }),
    file: (machine) => join(folderOf(machine, 'COPILOT_HOME', '.copilot'), 'mcp-config.json'),
    next: 'start Copilot CLI again',
  },
  {
    id: 'codex',
    title: 'Codex',
    format: 'toml',
    shape: commandShape({ servers: 'mcp_servers' }),
    file: (machine) => join(folderOf(machine, 'CODEX_HOME', '.codex'), 'config.toml'),
    next: 'start a new Codex session',
  },
  {
    id: 'gemini',
    title: 'Gemini CLI',
    format: 'json',
    shape: commandShape({ escaping: geminiDollar }),
    file: (machine) => join(folderOf(machine, 'GEMINI_CLI_HOME'), '.gemini', 'settings.json'),
    next: 'start Gemini CLI again, in a folder that it trusts (in others it leaves servers off)',
  },
  {
    id: 'qwen',
    title: 'Qwen Code',
    format: 'json',
    shape: command,
    file: (machine) => join(folderOf(machine, 'QWEN_HOME', '.qwen'), 'settings.json'),
    next: 'start Qwen Code again',
  },
  {
    id: 'opencode',
    title: 'opencode',
    format: 'json',
    shape: opencodeShape,
    file(machine) {
      const base = join(xdgConfigFolder(machine), 'opencode', 'opencode.json');
      return machine.exists(`${base}c`) ? `${base}c` : base;
    },
    next: 'start opencode again',
  },
  {
    id: 'amp',
    title: 'Amp',
    format: 'json',
    shape: commandShape({ servers: 'amp.mcpServers' }),
    file: (machine) => join(configFolder(machine), 'amp', 'settings.json'),
    next: 'start Amp again',
  },
  {
    id: 'continue',
    title: 'Continue',
    format: 'json',
    shape: command,
    // A file of its own: beside the YAML of the rest, Continue reads every file of this folder.
    file: (machine) => join(folderOf(machine, 'CONTINUE_GLOBAL_DIR', '.continue'), 'mcpServers', 'sent.json'),
    traces: (machine) => [folderOf(machine, 'CONTINUE_GLOBAL_DIR', '.continue')],
    next: 'reload Continue',
  },
  {
    id: 'zed',
    title: 'Zed',
    format: 'json',
    shape: commandShape({ servers: 'context_servers' }),
    file: (machine) =>
      machine.platform === 'win32'
        ? join(settingsFolder(machine), 'Zed', 'settings.json')
        : join(configFolder(machine), 'zed', 'settings.json'),
    next: 'restart Zed',
  },
  {
    id: 'devin',
    title: 'Devin Desktop',
    format: 'json',
    shape: command,
    file: (machine) =>
      machine.platform === 'win32'
        ? join(settingsFolder(machine), 'devin', 'mcp_config.json')
        : join(configFolder(machine), 'devin', 'mcp_config.json'),
    next: 'restart Devin Desktop',
  },
  {
    id: 'windsurf',
    title: 'Windsurf',
    format: 'json',
    shape: command,
    file: ({ home }) => join(home, '.codeium', 'windsurf', 'mcp_config.json'),
    next: 'restart Windsurf; since June 2026 it is Devin Desktop, whose name here is devin',
  },
];
