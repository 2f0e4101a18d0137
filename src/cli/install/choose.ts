import { createInterface } from 'node:readline';
import type { Host, Machine } from '../hosts/index.ts';
import { HOSTS, hostNamed, hostsOn } from '../hosts/index.ts';
import { PACKAGE } from './entry.ts';
import { type Command, helpOf } from './order.ts';

type Io = {
  stdin: NodeJS.ReadStream;
  stdout: { write: (text: string) => unknown };
  stderr: { write: (text: string) => unknown };
};

/** Lists the hosts found on the machine and, on a terminal, asks which of them; none elsewhere, with how to go on. */
export async function chooseHosts(command: Command, machine: Machine, io: Io): Promise<Host[]> {
  const found = hostsOn(machine);
  if (found.length === 0) {
    io.stdout.write(`None of the clients known was found on this machine.\n\n${helpOf(command)}`);
    return [];
  }
  const rows = found.map(
    (host, index) => `  ${index + 1}. ${host.title.padEnd(16)} ${PACKAGE} ${command} ${host.id}\n`,
  );
  io.stdout.write(`Found on this machine:\n${rows.join('')}`);
  const others = HOSTS.filter((host) => !found.includes(host)).map(({ id }) => id);
  if (others.length > 0) io.stdout.write(`Known too: ${others.join(', ')}\n`);
  if (!io.stdin.isTTY) return [];
  const answer = await ask(
    `Which of them? Numbers such as 1 3, names, or all; nothing leaves all as they are: `,
    io,
  );
  if (/^\s*all\s*$/i.test(answer)) return found;
  const chosen = hostsIn(answer, found);
  if (chosen.includes(undefined)) {
    io.stderr.write('That is none of them. Nothing was changed.\n');
    return [];
  }
  if (chosen.length === 0) io.stderr.write('Nothing was changed.\n');
  return [...new Set(chosen.filter((host) => host !== undefined))];
}

/** The hosts of an answer, by their place in the list or by name; undefined for a word that is neither. */
function hostsIn(answer: string, found: readonly Host[]): (Host | undefined)[] {
  const whole = /\d/.test(answer) ? undefined : hostNamed(answer); // `Claude Code` is one name.
  if (whole) return [whole];
  const words = answer.split(/[\s,;]+/).filter(Boolean);
  return words.map((word) => (/^\d+$/.test(word) ? found[Number(word) - 1] : hostNamed(word)));
}

/** A line typed on the terminal; empty at the end of input. */
function ask(question: string, { stdin, stderr }: Io): Promise<string> {
  stderr.write(question);
  const lines = createInterface({ input: stdin });
  return new Promise((resolve) => {
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
    lines.once('close', () => resolve(''));
  });
}
