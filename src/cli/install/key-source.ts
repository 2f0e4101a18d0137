import { SETTINGS } from '../../config/index.ts';
import { askSecret } from './ask-secret.ts';

/** Why there is no usable key; says what to do and nothing of the key. */
export class KeyProblem extends Error {
  override readonly name = 'KeyProblem';
}

type Environment = Readonly<Record<string, string | undefined>>;
type Source = { env: Environment; stdin: NodeJS.ReadStream; stderr: { write: (text: string) => unknown } };

/** The key of the environment; undefined where it is unset, empty or a host's unfilled placeholder. */
export const keyOfEnvironment = (env: Environment): string | undefined =>
  SETTINGS.apiKey.variables
    .map((name) => env[name]?.trim())
    .find((value) => value !== undefined && value !== '' && !value.startsWith('${'));

/**
 * The Sent API key: the environment's, else typed on a terminal without being shown, else the one that is there already.
 * @throws KeyProblem where there is none, or it cannot be one. @throws Aborted where the person breaks off.
 */
export async function obtainKey(
  present: string | undefined,
  { env, stdin, stderr }: Source,
): Promise<string> {
  const given = keyOfEnvironment(env);
  if (given === undefined && !stdin.isTTY) {
    if (present !== undefined) return present;
    throw new KeyProblem(
      'There is no key: set SENT_API_KEY, run this on a terminal to be asked, or use --demo.',
    );
  }
  const question = `Sent API key (not shown${present === undefined ? '' : '; empty keeps the one there'}): `;
  const key = given ?? ((await askSecret(question, stdin, stderr)).trim() || (present ?? ''));
  if (key === '') throw new KeyProblem('No key was typed.');
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new KeyProblem('The key holds a space or a character that no key has: copy it again.');
  }
  return key;
}

/**
 * Whether an argument looks like a key or like an attempt to pass one, so that it can be refused without being
 * repeated. Sent's keys have no fixed shape (UUID, `sk_live_…`), so anything long and dense counts.
 */
export function looksLikeKey(argument: string, env: Environment): boolean {
  const words = /(^|[-_])(key|token|secret|password)(=|$)/i;
  const shapes = [words, /^(sk|pk|rk)[-_]/i, /[a-z0-9_.-]{24}/i, /(?=.*\d)[a-z0-9_.-]{16}/i];
  return argument === keyOfEnvironment(env) || shapes.some((shape) => shape.test(argument));
}
