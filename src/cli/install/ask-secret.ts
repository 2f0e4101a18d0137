import { StringDecoder } from 'node:string_decoder';

const [CTRL_C, CTRL_D, CTRL_U, ESCAPE, DELETE] = ['\x03', '\x04', '\x15', '\x1b', '\x7f'] as const;

/** The person, or the end of their input, broke off the question. */
export class Aborted extends Error {
  override readonly name = 'Aborted';
}

/** A terminal's input, as far as a question needs it. */
export type Terminal = Pick<
  NodeJS.ReadStream,
  'isTTY' | 'isRaw' | 'setRawMode' | 'on' | 'off' | 'pause' | 'resume'
>;

/**
 * One line typed on a terminal and shown nowhere, not even as dots. Backspace takes the last character back, Ctrl-U
 * all; arrow keys and the marks around pasted text are dropped. The terminal is left as it was found, in every case.
 * @throws Aborted on Ctrl-C, Ctrl-D or the end of input.
 */
export async function askSecret(
  question: string,
  terminal: Terminal,
  out: { write: (text: string) => unknown },
): Promise<string> {
  const wasRaw = terminal.isRaw;
  const decoder = new StringDecoder('utf8');
  let typed: string[] = [];
  let sequence = '';

  return await new Promise<string>((resolve, reject) => {
    const finish = (settle: () => void): void => {
      terminal.off('data', onData);
      terminal.off('end', onEnd);
      terminal.off('error', onEnd);
      terminal.setRawMode(wasRaw);
      terminal.pause();
      out.write('\n');
      settle();
    };
    const onEnd = (): void => finish(() => reject(new Aborted()));
    const onData = (chunk: Buffer | string): void => {
      for (const character of typeof chunk === 'string' ? chunk : decoder.write(chunk)) {
        if (character < ' ') sequence = '';
        if (character === '\r' || character === '\n') {
          finish(() => resolve(typed.join('')));
          return;
        }
        if (character === CTRL_C || character === CTRL_D) {
          onEnd();
          return;
        }
        if (sequence !== '' || character === ESCAPE)
          sequence = isWhole(sequence + character) ? '' : sequence + character;
        else if (character === DELETE || character === '\b') typed.pop();
        else if (character === CTRL_U) typed = [];
        else if (character >= ' ') typed.push(character);
      }
    };
    terminal.on('data', onData);
    terminal.on('end', onEnd);
    terminal.on('error', onEnd);
    terminal.setRawMode(true);
    out.write(question);
    terminal.resume();
  });
}

/** Whether an escape sequence has ended: ESC and a character, or ESC `[`, parameters and a final one (ECMA-48). */
const isWhole = (sequence: string): boolean =>
  /^([^[O]|O[\s\S]|\[[ -?]*[@-~])/.test(sequence.slice(ESCAPE.length));
