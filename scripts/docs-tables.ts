import { SETTINGS } from '../src/config/index.ts';
import type { Effect } from '../src/mcp/tool.ts';
import { TOOLS } from '../src/mcp/tools/index.ts';

const EFFECTS: Record<Effect, string> = {
  read: 'reads',
  update: 'changes contacts',
  delete: 'deletes; you are asked',
  send: 'sends, billed; you are asked',
  paid: 'reads, billed',
};

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`)
    .join('');

/** Up to its first full stop. */
const firstSentence = (text: string): string => /^.*?\.(?=\s|$)/s.exec(text)?.[0] ?? text;

export const toolsTable = (): string =>
  table(
    ['tool', 'what it does', 'effect'],
    TOOLS.map(({ name, description, effect }) => [
      `\`${name}\``,
      firstSentence(description),
      EFFECTS[effect],
    ]),
  );

export const settingsTable = (): string =>
  table(
    ['variable', 'flag', 'meaning (default)'],
    Object.values(SETTINGS).map((setting) => [
      setting.variables.map((variable) => `\`${variable}\``).join(' or '),
      'flag' in setting ? `\`--${setting.flag}\`` : '',
      setting.meaning,
    ]),
  );
