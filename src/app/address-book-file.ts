import { watchFile } from 'node:fs';
import { basename } from 'node:path';
import type { AddressBookSource } from '../contacts/index.ts';
import { quoted } from '../text/index.ts';
import { expandHome, readListFile } from './read-list-file.ts';

/** How often the file is looked at; a stat holds where a folder on a network or a file replaced by another does. */
const LOOK_EVERY_MS = 2_000;

/** The address book as a file of this machine. Watching it keeps no process alive. */
export const addressBookFile = (path: string): AddressBookSource => ({
  name: quoted(basename(path), 100),
  read: () => readListFile(path),
  watch(changed) {
    watchFile(expandHome(path), { persistent: false, interval: LOOK_EVERY_MS }, (now, before) => {
      if (now.mtimeMs !== before.mtimeMs || now.size !== before.size || now.ino !== before.ino) changed();
    });
  },
});
