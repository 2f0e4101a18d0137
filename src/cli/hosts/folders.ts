import { isAbsolute, join } from 'node:path';
import type { Machine } from './host.ts';

/** The folder that desktop programs keep their settings in. */
export function settingsFolder(machine: Machine): string {
  const { env, platform, home } = machine;
  if (platform === 'darwin') return join(home, 'Library', 'Application Support');
  if (platform === 'win32') return env.APPDATA || join(home, 'AppData', 'Roaming');
  return xdgConfigFolder(machine);
}

/** XDG's folder for settings, which says that a relative path counts for nothing. */
export function xdgConfigFolder({ env, home }: Machine): string {
  const folder = env.XDG_CONFIG_HOME;
  return folder !== undefined && isAbsolute(folder) ? folder : join(home, '.config');
}

/** `.config` of the home folder, where macOS knows no XDG. */
export const configFolder = (machine: Machine): string =>
  machine.platform === 'darwin' ? join(machine.home, '.config') : xdgConfigFolder(machine);

/** The folder that a variable of the host names, or else the usual one. */
export const folderOf = ({ env, home }: Machine, variable: string, ...usual: string[]): string =>
  env[variable]?.trim() || join(home, ...usual);

/**
 * Where Claude Desktop keeps its settings. Installed as MSIX, the default of Windows since February 2026, it sees a
 * folder of its own in the place of the usual one.
 */
export function claudeDesktopFolder(machine: Machine): string {
  if (machine.platform === 'win32') {
    const packages = join(machine.env.LOCALAPPDATA || join(machine.home, 'AppData', 'Local'), 'Packages');
    const own = machine.list(packages).find((name) => /^Claude_/i.test(name));
    if (own !== undefined) return join(packages, own, 'LocalCache', 'Roaming', 'Claude');
  }
  return join(settingsFolder(machine), 'Claude');
}
