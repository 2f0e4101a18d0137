import { posix, win32 } from 'node:path';

export type UserPlace = {
  env: Readonly<Record<string, string | undefined>>;
  /** As `process.platform`. */
  platform: string;
  /** The user's home folder. */
  home: string;
};

const NAME = 'sent-contacts-mcp';

/**
 * The folder for what lasts, as the platform has it: `%LOCALAPPDATA%` on Windows, `~/Library/Application Support` on
 * macOS, else `$XDG_STATE_HOME` where it is absolute, or `~/.local/state` (XDG Base Directory Specification 0.8).
 */
export function defaultFolder({ env, platform, home }: UserPlace): string {
  if (platform === 'win32') return win32.join(env.LOCALAPPDATA || win32.join(home, 'AppData', 'Local'), NAME);
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support', NAME);
  const { XDG_STATE_HOME: base = '' } = env;
  return posix.join(posix.isAbsolute(base) ? base : posix.join(home, '.local', 'state'), NAME);
}
