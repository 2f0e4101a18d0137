import { accessSync, constants, statSync } from 'node:fs';
import { dirname, isAbsolute } from 'node:path';
import { openStore } from '../../app/index.ts';
import type { Settings } from '../../config/index.ts';
import { AppError } from '../../errors.ts';
import type { DoctorIo } from './doctor-io.ts';
import type { Finding } from './finding.ts';

/** What is kept and where, and which lines of it cannot be read. */
export async function stateFindings(settings: Settings, io: DoctorIo): Promise<Finding[]> {
  const name = 'state';
  if (settings.demo) return [{ name, ok: true, found: 'the demo keeps nothing' }];
  if (settings.state === 'off')
    return [{ name, ok: true, found: 'off: nothing is kept from one start to the next' }];
  const store = openStore(settings, io);
  const next = 'Make the place of SENT_STATE writable, name another, or set it to off.';
  const obstacle = isAbsolute(store.place) ? obstacleTo(store.place) : undefined;
  try {
    if (obstacle !== undefined)
      return [{ name, ok: false, found: `${store.place}: ${obstacle}, so nothing can be kept`, next }];
    const { accounts, entries, bytes, damaged } = await store.report();
    const count = Object.values(entries).reduce((sum, number) => sum + number, 0);
    const found = `${store.place}: ${accounts} accounts, ${count} entries, ${Math.ceil(bytes / 1000)} kB`;
    const broken = damaged.map(({ where, lines }) => ({
      name,
      ok: false,
      found: `${where}: ${lines} damaged or foreign ${lines === 1 ? 'line' : 'lines'}, which cost nothing but themselves`,
      next: 'Look at them with a text editor, and take them out if they are none of yours.',
    }));
    return [{ name, ok: true, found }, ...broken];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [
      {
        name,
        ok: false,
        found: `${store.place}: ${error.message}`,
        next,
      },
    ];
  } finally {
    await store.close();
  }
}

/** Why a folder, or the nearest one above it that is there, cannot be written to. */
function obstacleTo(folder: string): string | undefined {
  try {
    if (!statSync(folder).isDirectory()) return `${folder} is no folder`;
    accessSync(folder, constants.W_OK);
    return undefined;
  } catch (error) {
    const isMissing = /^(ENOENT|ENOTDIR)$/.test(String((error as NodeJS.ErrnoException).code));
    return isMissing && dirname(folder) !== folder
      ? obstacleTo(dirname(folder))
      : `${folder} cannot be written to`;
  }
}
